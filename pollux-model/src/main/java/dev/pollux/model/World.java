package dev.pollux.model;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the kernels of a {@link ModelNetwork} share: the lock, time, what is to happen, the wire,
 * and who has which address.
 */
final class World {

  final ReentrantLock lock = new ReentrantLock();
  final Timers timers = new Timers();
  final VirtualClock clock = new VirtualClock(timers);
  final Consumer<Packet> wire;

  /** Something has come to one of the hosts since somebody looked which. */
  boolean hasNews;

  private final Map<InetAddress, Kernel> hosts = new HashMap<>();
  private final List<String> brokenStreams = new ArrayList<>();
  private final List<String> brokenStreamsSeen = Collections.unmodifiableList(brokenStreams);

  World(Consumer<Packet> wire) {
    this.wire = wire;
  }

  /** The kernel that runs at an address; null if nobody has it, or its machine is down. */
  @Nullable Kernel at(InetAddress address) {
    return hosts.get(address);
  }

  /** All or none. */
  void join(Set<InetAddress> addresses, Kernel kernel) {
    for (InetAddress address : addresses) {
      if (hosts.containsKey(address)) {
        throw new IllegalArgumentException(address.getHostAddress() + " is another host's");
      }
    }
    addresses.forEach(address -> hosts.put(address, kernel));
  }

  void leave(Kernel kernel) {
    boolean _ = hosts.values().removeIf(each -> each == kernel);
  }

  /** What is read of a stream is not what was sent. */
  void brokenStream(String what) {
    boolean _ = brokenStreams.add(what);
  }

  List<String> brokenStreams() {
    return brokenStreamsSeen;
  }
}
