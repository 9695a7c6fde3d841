package dev.pollux.model;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several model kernels under one virtual time, each a host with addresses of its own, and a {@link
 * Wire} between them.
 *
 * <pre>{@code
 * ModelNetwork network =
 *     new ModelNetwork((packet, on) -> on.schedule(1_000_000, packet::arrive)); // 1 ms
 * ModelSys server = network.host(HostOptions.at(InetAddress.ofLiteral("10.0.0.1")));
 * ModelSys client = network.host(HostOptions.at(InetAddress.ofLiteral("10.0.0.2")));
 * // ... loops on both, turned by runOnce(0); when none has anything to do:
 * boolean more = network.runNext(Long.MAX_VALUE);
 * }</pre>
 *
 * <p>Nothing blocks: a call of a host that would is an {@link IllegalStateException}, so loops are
 * turned with a timeout of 0, and time passes by {@link #runNext} alone. Loopback addresses and
 * Unix sockets are each host's own. Between hosts there are TCP, which sends again what the wire
 * loses ({@code TcpPath}), and UDP, which does not.
 *
 * <p>Threads: one.
 */
public final class ModelNetwork {

  /** Two days: clocks that are behind by less than one are not negative. */
  private static final long START_NANOS = 2 * 86_400 * Kernel.NANOS_PER_SECOND;

  final World world;

  /** A network without hosts. */
  public ModelNetwork(Wire wire) {
    this.world = new World(packet -> wire.carry(packet, this));
    world.clock.moveTo(START_NANOS);
  }

  /**
   * Switches a host on.
   *
   * @throws IllegalArgumentException if another one that is on has one of its addresses
   */
  public ModelSys host(HostOptions options) {
    return ModelSys.host(world, options);
  }

  /**
   * Switches a host off at once, as a power cut does: its descriptors are gone, and nobody is told.
   * Peers hear nothing of it until they ask; a host of the same address that is switched on later
   * knows none of its connections, and says so.
   */
  public void powerOff(ModelSys host) {
    try (Kernel.Inside _ = host.kernel.enter()) {
      host.kernel.powerOff();
    }
  }

  /** Starts another process on a host: its descriptors are its own, the kernel is the same. */
  public ModelSys process(ModelSys host) {
    return host.process();
  }

  /**
   * Kills a process: the kernel closes its descriptors, in their order, and gives it none any more.
   */
  public void kill(ModelSys process) {
    process.kill();
  }

  /** The network's time, by which hosts' clocks may be wrong; nanoseconds. */
  public long nanoTime() {
    return world.clock.now();
  }

  /** Runs an action when so much time has passed. It makes no call that blocks. */
  public void schedule(long delayNanos, Runnable action) {
    world.lock.lock();
    try {
      Timer _ = world.timers.add(world.clock.now() + delayNanos, null, action);
    } finally {
      world.lock.unlock();
    }
  }

  /**
   * Lets time pass to what happens next, and lets that happen: one timer, arrival or scheduled
   * action. False if nothing is to happen by then, and it is that time now.
   *
   * @param untilNanos a time of {@link #nanoTime}; {@link Long#MAX_VALUE} for whatever comes, and
   *     time stays where it is if nothing does
   */
  public boolean runNext(long untilNanos) {
    world.lock.lock();
    try {
      @Nullable Timer next = world.timers.first();
      if (next != null && next.atNanos <= untilNanos) {
        world.clock.moveTo(next.atNanos);
        return world.timers.runDue(world.clock.now());
      }
      if (untilNanos != Long.MAX_VALUE) {
        world.clock.moveTo(untilNanos);
      }
      return false;
    } finally {
      world.lock.unlock();
    }
  }

  /** Whether nothing is to happen: no timer of a host, no arrival, no scheduled action. */
  public boolean isQuiet() {
    return world.timers.first() == null;
  }

  /** The moment at which a host's clock says so; for its loops' timers. */
  public long timeOf(ModelSys host, long hostNanos) {
    return host.kernel.clock.timerTime(hostNanos);
  }

  /** Whether something has come to any host since this was last asked. */
  public boolean takeNews() {
    boolean had = world.hasNews;
    world.hasNews = false;
    return had;
  }

  /**
   * Whether something has come to a host since this was last asked: then its loops have to be
   * turned.
   */
  public boolean takeNews(ModelSys host) {
    return host.kernel.takeNews();
  }

  /**
   * What was read of TCP connections and is not what was sent, in order: a mistake of this network,
   * since whoever misses bytes is told so. In words; empty, as long as all is well. What comes
   * later is seen in the same list.
   */
  public List<String> brokenStreams() {
    return world.brokenStreams();
  }

  /** Whether a host that is on has this address. */
  public boolean isUp(InetAddress address) {
    return world.at(address) != null;
  }
}
