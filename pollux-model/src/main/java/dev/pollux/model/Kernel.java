package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.PeerCredentials;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all files share: the lock, the clock, the timers, chance, counts of what is limited.
 *
 * <p>Threads: there is one lock, {@link #lock}. A call holds it from entry to return, except while
 * it sleeps; everything in this package but the entry points of {@link ModelSys} is called under
 * it. Being the only one, it has no order to keep. Listeners and the hook between two copied events
 * are called under it too.
 */
final class Kernel {

  static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** What the real-time clock of every kernel begins at: 2026-01-01, in UTC. */
  private static final long FIRST_DAY = 1_767_225_600L * NANOS_PER_SECOND;

  /** A deadline that never comes. */
  static final long FOREVER = Long.MAX_VALUE;

  /** How much later a fault that withheld readiness announces it. */
  private static final long SECOND_THOUGHT_NANOS = 1_000; // 1 µs

  final ReentrantLock lock;
  private final Inside inside = new Inside(); // there is one at a time
  final Memory memory;
  final Limits limits;
  final Timers timers;
  final Clock clock;
  final Network network;

  /** Open file descriptions, and epoll registrations, against {@link #limits}. */
  int files;

  int watches;

  /** Inotify instances, and what they watch. */
  int inotifyInstances;

  int inotifyWatches;

  final FileTree disk;
  final UnixNames unixNames;
  final Signals signals = new Signals();
  final Processes processes = new Processes();

  @Nullable EpollListener listener;
  @Nullable Runnable betweenCopies;

  /** Who the process is: what a Unix socket tells about its peer. */
  PeerCredentials self = new PeerCredentials(1_000, 0, 0);

  /** Files that nobody received, to be closed. */
  private final ArrayDeque<Description> dropped = new ArrayDeque<>();

  private boolean isDropping;

  private final EnumMap<Fault, Integer> hits = new EnumMap<>(Fault.class);
  private Faults faults;

  /** The other hosts; null if this is the only one. */
  final @Nullable World world;

  /** The machine is off: nothing happens here any more. */
  private boolean isDown;

  /** Something has happened to this host, that no call of its own did. */
  private boolean hasNews;

  /** Segments that a fault keeps from leaving, and when the last of them will; in order. */
  private int late;

  private long lastLeaves;

  private final Dice dice;
  private final Set<String> unsupported = new TreeSet<>();
  private final Set<String> ignored = new TreeSet<>();
  private long lastId;

  /** What the real-time clock is ahead of the monotonic one. */
  private final long realTimeOffset;

  /** With real threads: the time comes from outside. */
  Kernel(LongSupplier nanos, Limits limits, @Nullable RangeCheck check) {
    this.lock = new ReentrantLock();
    this.timers = new Timers();
    this.world = null;
    this.memory = new Memory(check);
    this.limits = limits;
    this.clock = new ThreadClock(lock, nanos, timers);
    this.network = new Network(0, clock::now, Set.of(), null);
    this.faults = Faults.none();
    this.dice = new Dice(0);
    this.realTimeOffset = FIRST_DAY - clock.now();
    this.disk = new FileTree(this::realTime);
    this.unixNames = new UnixNames(disk);
  }

  /** With virtual time. */
  Kernel(long seed, Faults faults, Limits limits, @Nullable RangeCheck check) {
    this.lock = new ReentrantLock();
    this.timers = new Timers();
    this.world = null;
    this.memory = new Memory(check);
    this.limits = limits;
    this.clock = new VirtualClock(timers);
    this.network = new Network(seed, clock::now, Set.of(), null);
    this.faults = faults;
    this.dice = new Dice(seed);
    this.realTimeOffset = FIRST_DAY - clock.now();
    this.disk = new FileTree(this::realTime);
    this.unixNames = new UnixNames(disk);
  }

  /** A host among others. */
  Kernel(World world, HostOptions host) {
    this.lock = world.lock;
    this.timers = world.timers;
    this.world = world;
    this.memory = new Memory(null);
    this.limits = host.limits();
    this.clock = new HostClock(world.clock, host.skew().toNanos(), host.driftPpm());
    this.network = new Network(host.seed(), clock::now, host.addresses(), world);
    this.faults = host.faults();
    this.dice = new Dice(host.seed());
    this.realTimeOffset = FIRST_DAY;
    this.disk = new FileTree(this::realTime);
    this.unixNames = new UnixNames(disk);
  }

  /** A call that has begun, and is to be closed at its end, however that comes. */
  final class Inside implements AutoCloseable {
    @Override
    public void close() {
      lock.unlock();
    }
  }

  /** Begins a call: takes the lock, and lets happen what is due. */
  Inside enter() {
    lock.lock();
    if (!timers.isEmpty() && !timers.isRunning()) {
      long now = clock.timerNow();
      while (timers.runDue(now)) {
        // Until nothing is due.
      }
    }
    return inside;
  }

  /** The real-time clock: nanoseconds since 1970. */
  long realTime() {
    return clock.now() + realTimeOffset;
  }

  /** The identity number of a new open file description: they count up, and are never reused. */
  long newId() {
    return ++lastId;
  }

  /**
   * Whether a fault happens at this opportunity. Faults that are off take nothing from the dice.
   */
  boolean hits(Fault fault) {
    double p = faults.probability(fault);
    if (p == 0 || dice.unit() >= p) {
      return false;
    }
    hits.merge(fault, 1, Integer::sum);
    return true;
  }

  EnumMap<Fault, Integer> hits() {
    return hits.clone();
  }

  /** A number from 1 to {@code count}. */
  int someOf(int count) {
    return 1 + (int) dice.below(count);
  }

  /** How long a segment takes to arrive: 0 is at once, without a timer. */
  long delay() {
    return hits(Fault.DELAY) ? 1 + dice.below(Math.max(1, faults.maxDelayNanos())) : 0;
  }

  /** Announces a file's readiness once more, right after the call that withheld it. */
  void announceLater(WaitQueue queue, int key) {
    Timer _ = after(SECOND_THOUGHT_NANOS, () -> queue.wake(key));
  }

  Timer after(long nanos, Runnable action) {
    return at(clock.now() + nanos, action);
  }

  Timer at(long atNanos, Runnable action) {
    Timer timer = timers.add(clock.timerTime(atNanos), world == null ? null : this, action);
    if (timers.first() == timer) {
      clock.timersChanged();
    }
    return timer;
  }

  /** Done here, if the machine is on by then. */
  Runnable here(Runnable action) {
    return () -> {
      if (happens()) {
        action.run();
      }
    };
  }

  /** Whether something happens here now: if the machine is on, to which that is news. */
  boolean happens() {
    if (isDown) {
      return false;
    }
    hasNews = true;
    if (world != null) {
      world.hasNews = true;
    }
    return true;
  }

  /** Gives a packet to the wire; what it does where it arrives, it does at that host. */
  void carry(
      Packet.Kind kind,
      InetSocketAddress from,
      InetSocketAddress to,
      long sequence,
      byte[] bytes,
      Runnable arrival) {
    if (isDown) {
      return;
    }
    Packet packet = new Packet(kind, from, to, sequence, bytes, arrival);
    Consumer<Packet> wire = Objects.requireNonNull(world).wire;
    long delay = packet.isTcp() ? delay() : 0;
    if (!packet.isTcp() || (delay == 0 && late == 0)) {
      wire.accept(packet);
      return;
    }
    late++;
    lastLeaves = Math.max(lastLeaves, clock.now() + delay);
    Timer _ =
        at(
            lastLeaves,
            () -> {
              late--;
              wire.accept(packet);
            });
  }

  /** Who runs at an address now. */
  @Nullable Kernel worldAt(InetSocketAddress address) {
    return Objects.requireNonNull(world).at(address.getAddress());
  }

  /** Ends everything here at once: nobody is told. */
  void powerOff() {
    isDown = true;
    Objects.requireNonNull(world).leave(this);
  }

  boolean isDown() {
    return isDown;
  }

  boolean takeNews() {
    boolean had = hasNews;
    hasNews = false;
    return had;
  }

  void faults(Faults next) {
    faults = next;
  }

  /** The deadline of a relative timeout; negative is for ever. */
  long deadline(long timeoutNanos) {
    if (timeoutNanos < 0 || timeoutNanos == FOREVER) {
      return FOREVER;
    }
    long at = clock.now() + timeoutNanos;
    return at < 0 ? FOREVER : at;
  }

  /**
   * Blocks on one file until its queue wakes this call; the caller then tries again.
   *
   * @param deadline a time of the clock, or {@link #FOREVER}
   * @return 0, -EINTR, -EAGAIN once the deadline has passed, or -EPIPE after {@link WaitQueue#cut}
   */
  int await(WaitQueue queue, Standing standing, long deadline, String call, int fd) {
    if (deadline != FOREVER && deadline <= clock.now()) {
      return -Errno.EAGAIN;
    }
    if (hits(Fault.EINTR)) {
      return -Errno.EINTR;
    }
    Sleeper sleeper = clock.sleeper();
    sleeper.prepare(call, fd);
    sleeper.listenTo(standing.hints);
    int cuts = queue.cuts();
    standing.join(queue, sleeper.entry);
    try {
      clock.sleep(sleeper, deadline);
    } finally {
      sleeper.entry.leave();
    }
    if (queue.cuts() != cuts) {
      return -Errno.EPIPE;
    }
    if (sleeper.isWoken()) {
      return 0;
    }
    return sleeper.takeInterrupt() ? -Errno.EINTR : -Errno.EAGAIN;
  }

  /**
   * Gives back references on files that were sent and not received. A socket that is closed by this
   * drops what it holds in its turn: one after the other, however deep they are nested.
   */
  void drop(List<Description> files) {
    dropped.addAll(files);
    if (isDropping) {
      return;
    }
    isDropping = true;
    while (!dropped.isEmpty()) {
      dropped.remove().release();
    }
    isDropping = false;
  }

  /** Notes that a call was made which the model does not know; the result is -ENOSYS. */
  int unsupported(String call) {
    unsupported.add(call);
    return -Errno.ENOSYS;
  }

  Set<String> unsupported() {
    return Set.copyOf(unsupported);
  }

  /** Notes that something was asked for which is taken and has no effect. */
  void ignored(String what) {
    ignored.add(what);
  }

  Set<String> ignored() {
    return Set.copyOf(ignored);
  }
}
