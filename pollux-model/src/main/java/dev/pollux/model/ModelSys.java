package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sys;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in plain Java that behaves like Linux 6.18 as far as readiness goes.
 *
 * <p>It runs in one of two ways. {@linkplain #threads With threads}, a call that blocks blocks its
 * thread, and time is what the given clock says. {@linkplain #virtual Under virtual time}, nothing
 * ever blocks: a call that waits moves the clock to the next timer, delivery, scheduled action or
 * its own timeout; chance comes from a seed, and one seed is one run, on every machine.
 *
 * <pre>{@code
 * ModelSys sys = ModelSys.virtual(1, Faults.none().with(Fault.SHORT_READ, 0.3));
 * try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT)) {
 *   // ... a server, and clients; then turn by turn, until they are done:
 *   loop.runOnce(-1);
 * }
 * }</pre>
 *
 * <p>Modelled: descriptors and open file descriptions; pipes; TCP and UDP on the loopback
 * interface; Unix sockets of streams, packets and datagrams; eventfd; timerfd; epoll, poll and
 * select; the resource limits of {@link Limits}. A disk with folders, regular files, the paths of
 * Unix sockets and {@code /dev/null}, which is open as 0, 1 and 2; inotify, which tells what
 * happens there. signalfd, of signals that are blocked; pidfd, of processes that {@link
 * #startProcess} starts. Listeners that share an address (SO_REUSEPORT) share its connections by a
 * hash of the seed and the ports.
 *
 * <p>Not modelled, and -ENOSYS: {@code open} and the like of what is not on this disk below {@code
 * /proc}, {@code /sys} and {@code /dev}, but for {@code /proc/self/fd/N}; O_PATH, and O_DIRECT of a
 * pipe; signals that would strike, because there are no handlers; raw sockets, clocks that wake a
 * machine up, other resources than RLIMIT_NOFILE. {@link #unsupported} names what a program asked
 * for. Signal masks of the waiting calls are accepted and mean nothing. A lingering close does not
 * wait. The disk has no links, and its files no owners or permissions that anybody asks. The
 * process is number 1,000, the working directory is "/", the machine is never suspended, and its
 * real-time clock begins with 2026 and is never set.
 *
 * <p>Of sockets: an option that Linux knows and this model does not, multicast among them, is
 * -ENOPROTOOPT and in {@link #unsupported}; so are other families, -EAFNOSUPPORT, MSG_OOB of a Unix
 * stream, -EOPNOTSUPP, and flags with an effect, -ENOSYS: MSG_ERRQUEUE, MSG_FASTOPEN, and MSG_MORE
 * of UDP. Kept without an effect, and in {@link #ignored} once they ask for something else than
 * what is done: SO_BROADCAST, SO_KEEPALIVE, SO_INCOMING_CPU, TCP_NODELAY off, TCP_MAXSEG, TCP_CORK,
 * TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_DEFER_ACCEPT, TCP_QUICKACK off, TCP_USER_TIMEOUT,
 * TCP_FASTOPEN, TCP_NOTSENT_LOWAT, IP_TOS, IP_TTL, IPV6_UNICAST_HOPS, IPV6_TCLASS, and MSG_MORE of
 * TCP. Messages carry descriptors and credentials over Unix sockets, and IP_PKTINFO and
 * IPV6_PKTINFO over UDP. The one process is privileged as far as ports go, and may name nobody but
 * itself. Sockets that were sent over each other and are held by nobody else are never collected,
 * and files on their way are not counted (ETOOMANYREFS). A blocked sendto to a path looks it up
 * again when it is woken. What TCP lacks stands in the description of the package.
 *
 * <p>Ownership: nothing outside the heap. Threads: any, one call at a time under one lock. Under
 * virtual time all calls should come from one thread, or the run is not repeatable.
 *
 * <p>Errors: as {@link Sys}. An address that is not mapped crashes the process, unless a {@link
 * RangeCheck} is in place. Under virtual time a wait that nothing can end is a {@link
 * DeadlockException}, and a scheduled action that blocks an {@link IllegalStateException}.
 */
public final class ModelSys
    implements Sys, LockedFileCalls, LockedSocketCalls, LockedReadinessCalls, LockedSourceCalls {

  private static final int STANDARD_STREAMS = 3;

  // Each part of this class has the calls of one interface, and makes them by these.
  final Kernel kernel;
  final FileOps files;
  final PathOps paths;
  final SocketOps sockets;
  final MessageOps messages;
  final EpollOps epolls;
  final PollOps polls;
  final SourceOps sources;

  private final FileTable table;

  private ModelSys(Kernel kernel) {
    this.kernel = kernel;
    this.table = new FileTable(kernel);
    Transfers transfers = new Transfers(kernel);
    this.files = new FileOps(kernel, table, transfers);
    this.paths = new PathOps(kernel, table);
    this.sockets = new SocketOps(kernel, table, transfers);
    this.messages = new MessageOps(kernel, table, sockets);
    this.epolls = new EpollOps(kernel, table);
    this.polls = new PollOps(kernel, table);
    this.sources = new SourceOps(kernel, table);
    for (int fd = 0; fd < STANDARD_STREAMS; fd++) {
      int _ = paths.openNull();
    }
  }

  /** A kernel for real threads; the clock counts monotonic nanoseconds. */
  public static ModelSys threads(LongSupplier nanoClock) {
    return threads(nanoClock, Limits.defaults(), null);
  }

  /** A kernel for real threads, with limits and, if not null, a check of every address. */
  public static ModelSys threads(
      LongSupplier nanoClock, Limits limits, @Nullable RangeCheck check) {
    return new ModelSys(new Kernel(nanoClock, limits, check));
  }

  /** A host of a network. */
  static ModelSys host(World world, HostOptions options) {
    Kernel kernel = new Kernel(world, options);
    world.join(options.addresses(), kernel);
    return new ModelSys(kernel);
  }

  /** Another process on this kernel, with descriptors of its own. */
  ModelSys process() {
    return locked(() -> new ModelSys(kernel));
  }

  /** The process is killed: the kernel closes its descriptors, and gives it none any more. */
  void kill() {
    table.limit(0, 0);
    for (int fd : openDescriptors().keySet()) {
      int _ = close(fd);
    }
  }

  /** A kernel under virtual time, with the chance of a seed and these faults. */
  public static ModelSys virtual(long seed, Faults faults) {
    return virtual(seed, faults, Limits.defaults(), null);
  }

  /** A kernel under virtual time, with limits and, if not null, a check of every address. */
  public static ModelSys virtual(
      long seed, Faults faults, Limits limits, @Nullable RangeCheck check) {
    return new ModelSys(new Kernel(seed, faults, limits, check));
  }

  // ---- beside the system calls

  /** What an epoll instance looks like now; a descriptor that is none is an error. */
  public EpollSnapshot epollSnapshot(int epfd) {
    return locked(() -> {
      Description description = table.get(epfd);
      if (description == null || !(description.file instanceof EventPoll epoll)) {
        throw new IllegalArgumentException(epfd + " is not an epoll descriptor");
      }
      return EpollSnapshot.of(epoll);
    });
  }

  /** Tells a listener every step of every epoll registration from now on; null ends it. */
  public void listenToEpoll(@Nullable EpollListener listener) {
    try (Kernel.Inside _ = kernel.enter()) {
      kernel.listener = listener;
    }
  }

  /**
   * Runs an action after each event that a wait copies out, in the middle of the copying: what
   * changes there goes over the overflow list. The action may read and write, but not touch the
   * epoll instance itself. Null ends it.
   */
  public void betweenCopies(@Nullable Runnable action) {
    try (Kernel.Inside _ = kernel.enter()) {
      kernel.betweenCopies = action;
    }
  }

  /** The identity number of the open file description behind a descriptor; -EBADF if none is. */
  public long descriptionId(int fd) {
    return locked(() -> {
      Description description = table.get(fd);
      return description == null ? (long) -Errno.EBADF : (Long) description.id;
    });
  }

  /** The open descriptors, the three standard ones included, each with the kind of its file. */
  public SortedMap<Integer, String> openDescriptors() {
    return locked(table::kinds);
  }

  /**
   * The descriptors of sockets in which bytes, datagrams or connections wait that nobody has taken,
   * each with the kind of its socket.
   */
  public SortedMap<Integer, String> unread() {
    return locked(table::unread);
  }

  /** The calls made so far that this model does not know. */
  public Set<String> unsupported() {
    return locked(kernel::unsupported);
  }

  /**
   * What was asked for so far and taken without an effect: options, by their names, set to a value
   * that asks for something else than what this model does, and flags.
   */
  public Set<String> ignored() {
    return locked(kernel::ignored);
  }

  /**
   * Says who the process is from now on: what Unix sockets tell of their peer, and who may be named
   * by SCM_CREDENTIALS. By default process 1,000 of root, so that a run is the same on every
   * machine.
   */
  public void identity(PeerCredentials self) {
    locked(() -> kernel.self = self);
  }

  /** From now on other faults happen. */
  public void faults(Faults next) {
    change(() -> kernel.faults(next));
  }

  /** How often each fault has happened. */
  public Map<Fault, Integer> faultCounts() {
    return locked(kernel::hits);
  }

  /**
   * Sends a thread a signal: the call it is blocked in returns -EINTR. False if it is not blocked.
   * Under virtual time whatever call waits is meant, and only a scheduled action can be the sender.
   */
  public boolean interrupt(Thread thread) {
    return locked(() -> kernel.clock.interrupt(thread));
  }

  /** Whether a thread is blocked in a call, and nothing has come yet that ends it. */
  public boolean isBlocked(Thread thread) {
    return locked(() -> kernel.clock.isAsleep(thread));
  }

  /** Under virtual time: lets time pass, and everything happen that is due. */
  public void advance(long nanos) {
    change(() -> virtualClock().advance(nanos));
  }

  /**
   * Under virtual time: runs an action when the clock has come so far, in the middle of a call that
   * waits for it, or at the beginning of one that comes later. It may make calls that do not block.
   */
  public void schedule(long delayNanos, Runnable action) {
    change(() -> {
      if (kernel.clock instanceof ThreadClock) {
        throw new IllegalStateException("this kernel runs on real time");
      }
      Timer _ = kernel.after(delayNanos, action);
    });
  }

  /**
   * Puts a regular file on the disk, with the folders that it is in. One that is there already gets
   * this content.
   *
   * @throws IllegalArgumentException if no regular file can have this path
   */
  public void putFile(String path, byte[] content) {
    change(() -> kernel.disk.put(FileTree.path(path), content));
  }

  /** The content of a regular file on the disk now; null if there is none of this path. */
  public byte @Nullable [] file(String path) {
    return locked(() -> kernel.disk.get(FileTree.path(path)));
  }

  /**
   * Sends the process a signal, as {@code kill} from outside does: it is pending, as if every
   * thread blocked it, until a signalfd takes it.
   */
  public void signal(int signal) {
    if (signal < 1 || signal > SignalSet.MAX_SIGNAL) {
      throw new IllegalArgumentException("no signal: " + signal);
    }
    change(() -> kernel.signals.send(signal));
  }

  /** Starts another process, which does nothing; its number. */
  public int startProcess() {
    return locked(kernel.processes::start);
  }

  /** Ends a process that {@link #startProcess} started, well; it stays until it is reaped. */
  public void endProcess(int pid) {
    endProcess(pid, 0);
  }

  /** Ends a process with a status, as wait(2) has it: 256 times what it exits with, or a signal. */
  public void endProcess(int pid, int status) {
    change(() -> kernel.processes.end(pid, status));
  }

  /** Does what a parent does that waits for its child: nothing is left of the ended process. */
  public void reapProcess(int pid) {
    change(() -> kernel.processes.reap(pid));
  }

  private <T extends @Nullable Object> T locked(Supplier<T> look) {
    try (Kernel.Inside _ = kernel.enter()) {
      return look.get();
    }
  }

  private void change(Runnable change) {
    try (Kernel.Inside _ = kernel.enter()) {
      change.run();
    }
  }

  private VirtualClock virtualClock() {
    if (kernel.clock instanceof VirtualClock clock) {
      return clock;
    }
    throw new IllegalStateException("this kernel runs on real time");
  }

  @Override
  public long nanoTime() {
    return kernel.clock.now();
  }
}
