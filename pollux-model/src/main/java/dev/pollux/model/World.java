package dev.pollux.model;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the kernels of a {@link ModelNetwork} share: the lock, time, what is to happen, the wire,
 * and who has which address.
 */
final class World {

  final ReentrantLock lock = new ReentrantLock();
  final Timers timers = new Timers();
  final VirtualClock clock = new VirtualClock(timers);
  final Wire wire;

  private final Map<InetAddress, Kernel> hosts = new HashMap<>();

  World(Wire wire) {
    this.wire = wire;
  }

  /** The kernel that runs at an address; null if nobody has it, or its machine is down. */
  @Nullable Kernel at(InetAddress address) {
    return hosts.get(address);
  }

  void join(InetAddress address, Kernel kernel) {
    if (hosts.putIfAbsent(address, kernel) != null) {
      throw new IllegalArgumentException(address.getHostAddress() + " is another host's");
    }
  }

  void leave(Kernel kernel) {
    boolean _ = hosts.values().removeIf(each -> each == kernel);
  }
}
