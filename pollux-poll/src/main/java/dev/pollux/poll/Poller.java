package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Waits until descriptors are ready: one contract over epoll, poll, select and kqueue.
 *
 * <p>A descriptor is {@linkplain #add added} with an {@link Interest}, a {@link Trigger} and an
 * attachment; {@link #await(Events, long)} blocks until something is ready and fills {@link
 * Events}. Any descriptor will do: sockets, pipes, terminals, eventfd, timerfd, another poller. The
 * poller never reads, writes or closes a descriptor of the caller's.
 *
 * <pre>{@code
 * poller.add(fd, Interest.READABLE, Trigger.LEVEL, "a name, or whatever reads it");
 * Events events = new Events();
 * poller.await(events, -1);
 * while (events.next()) {
 *   System.out.println(events.attachment() + " is readable: " + events.isReadable());
 * }
 * }</pre>
 *
 * <h2>Spurious events</h2>
 *
 * <p>An event says that a call would have succeeded at some moment since the last wait; it does not
 * promise that the call will. Use non-blocking descriptors, and expect {@code EAGAIN}. A wait
 * returns 0 only after its timeout, a {@link #wakeup} or, for a timeout of 0, when nothing is
 * ready; signals and internal wake-ups do not show, and {@link Thread#interrupt} ends no wait.
 *
 * <h2>Draining</h2>
 *
 * <p>With an edge trigger, read (or write, or accept) until {@code EAGAIN}, and then say so by
 * {@link Registration#drained}, also when {@code connect} said {@code EINPROGRESS}: on epoll that
 * costs nothing, and on poll and select, where an edge is emulated, it is what listens for the next
 * edge. A read of 0 bytes, the end of the stream, is final: do not call {@code drained} after it.
 * (Of a FIFO it is not: another writer may come. Open it for reading and writing, or use a level
 * trigger.)
 *
 * <h2>Triggers</h2>
 *
 * <ul>
 *   <li>{@link Trigger#LEVEL}: reported by every wait while ready. When more is ready than a batch
 *       holds, the batches take turns: while nothing is added or removed, no ready descriptor is
 *       passed over twice before all others had theirs.
 *   <li>{@link Trigger#EDGE}: reported when it becomes ready, and once after {@code add} or {@code
 *       modify} if it is ready then. After it was drained, new readiness is a new event; so are, as
 *       far as the backend tells them apart, the end of the stream, a hang-up and an error, drained
 *       or not. Not guaranteed: whether data that arrives while older data is unread is an event of
 *       its own ({@link Capability#EDGE_PER_ARRIVAL}).
 *   <li>{@link Trigger#ONESHOT} and {@link Trigger#EDGE_ONESHOT}: one event, whatever the
 *       direction, then nothing, errors and hang-ups included, until {@link Registration#modify}.
 *       What became ready in between is reported after the {@code modify}: re-arming loses nothing.
 *   <li>{@code modify} re-arms every trigger, even with the same arguments.
 *   <li>{@link Interest#NONE} mutes a registration entirely, errors and hang-ups included.
 * </ul>
 *
 * <h2>Half-close and errors</h2>
 *
 * <p>A peer that shuts down its writing half makes the descriptor readable and read-closed; what it
 * sent before is still there to read, and writing still works. With both halves down it is also
 * hung up. An error makes it readable and writable, as far as these were asked for, so that a
 * handler which knows no more than reading and writing meets the error in its next call. Backends
 * without {@link Capability#READ_CLOSED} and {@link Capability#HANGUP_AND_ERROR} report readable
 * and writable only. With these capabilities, hang-up and error are reported whatever the interest,
 * unless it is {@code NONE}. The order for a handler: writable (finish a connect, learn its
 * refusal), then readable (drain), then closed.
 *
 * <p>Regular files, directories and some devices are always ready, as poll and select have it;
 * epoll refuses them and the poller stands in for it.
 *
 * <h2>Removal and reuse</h2>
 *
 * <p>Remove a registration before closing its descriptor. After {@link Registration#remove}
 * returns, no wait that starts later reports it, and {@link Events#next} passes over it in the
 * batch at hand; another thread may still be handling an event it took before. A number that is
 * closed and opened again is a new descriptor and never receives its predecessor's events. A
 * descriptor number can be registered once: a second {@code add} fails with {@code EEXIST}, also
 * when the first descriptor was closed without {@code remove}. A duplicate made by {@code dup} is a
 * descriptor of its own.
 *
 * <p>Not guaranteed: what becomes of a registration whose descriptor is closed first. On epoll it
 * falls silent when the last duplicate is closed; poll and select report an error once.
 *
 * <h2>Threads</h2>
 *
 * <p>{@code add}, {@code modify}, {@code remove}, {@code drained}, {@code wakeup} and {@code close}
 * may be called from any thread, while others wait, and take effect on a wait in progress. With
 * {@link Capability#MULTIPLE_WAITERS} several threads may wait, each with its own {@code Events}: a
 * level-triggered event may wake several of them, an edge exactly one, a one-shot exactly one.
 * Without it a second waiter fails at once. {@code wakeup} makes one wait return: the one in
 * progress, or else the next. Wake-ups coalesce, none is lost, and {@code close} ends all waits.
 *
 * <h2>Timeouts</h2>
 *
 * <p>In nanoseconds, by sign: positive, at most so long; 0, do not block; negative, for ever. A
 * wait never returns 0 before its time. Signals do not shorten or lengthen it. It is rounded up to
 * what the kernel measures, see {@link Capability#NANOSECOND_TIMEOUT}.
 *
 * <h2>Limits</h2>
 *
 * <p>The events of a wait: the capacity of its {@code Events}. The registrations: the descriptors
 * of the process, and for epoll {@code /proc/sys/fs/epoll/max_user_watches} ({@code ENOSPC}). A
 * poller itself takes two descriptors on epoll, one or two on poll and select, two to five on
 * kqueue, where the first edge of each direction takes one; it fails to open with {@code EMFILE}
 * without leaving any behind. Slots are reused with a new generation of 32 bits.
 */
public final class Poller implements AutoCloseable {

  private static final List<Backend> BEST_FIRST = List.of(Backend.EPOLL, Backend.KQUEUE);

  private final Sys sys;
  private final Backend backend;
  private final Mechanism mechanism;
  private final SlotTable slots = new SlotTable();
  private final WaitLoop waiting;

  /**
   * Guards the slots, the mechanism's tables and the descriptors against close. A monitor: a thread
   * at the end of its stack takes it or does not, where a lock of Java code could be left locked.
   */
  private final Object lock = new Object();

  private Poller(Sys sys, Backend backend, boolean strict) throws SysException {
    this.sys = sys;
    this.backend = backend;
    this.mechanism = backend.open(sys, slots, lock, strict);
    this.waiting = new WaitLoop(sys, mechanism, lock);
  }

  /** A poller on the best backend of this kernel: epoll where it is, else kqueue, else poll. */
  public static Poller open() throws SysException {
    return open(NativeSys.open());
  }

  /** A poller on a backend of one's choice. */
  public static Poller open(Backend backend) throws SysException {
    return open(NativeSys.open(), backend);
  }

  /** A poller on the best backend of the kernel given. */
  public static Poller open(Sys sys) throws SysException {
    return openBest(sys, false);
  }

  private static Poller openBest(Sys sys, boolean strict) throws SysException {
    for (Backend backend : BEST_FIRST) {
      try {
        return new Poller(sys, backend, strict);
      } catch (SysException e) {
        if (e.errno() != Errno.ENOSYS) {
          throw e;
        }
      }
    }
    return new Poller(sys, Backend.POLL, strict);
  }

  /**
   * A poller on a backend and a kernel of one's choice.
   *
   * @throws SysException if the kernel lacks the backend (ENOSYS) or is out of descriptors or
   *     memory
   */
  public static Poller open(Sys sys, Backend backend) throws SysException {
    return new Poller(sys, backend, false);
  }

  /**
   * As {@link #open(Sys, Backend)}, for tests: edges are emulated on epoll as well, so that a
   * forgotten {@link Registration#drained} shows there too. What was reported and not drained since
   * is withheld, and {@link #undrained} names it. Each {@code drained} is a system call.
   */
  public static Poller openStrict(Sys sys, Backend backend) throws SysException {
    return new Poller(sys, backend, true);
  }

  /** As {@link #openStrict(Sys, Backend)}, on the best backend of the kernel given. */
  public static Poller openStrict(Sys sys) throws SysException {
    return openBest(sys, true);
  }

  /** The backend in use. */
  public Backend backend() {
    return backend;
  }

  /** Whether this poller has a capability, to be asked before relying on it. */
  public boolean supports(Capability capability) {
    return mechanism.capabilities().contains(capability);
  }

  /** All its capabilities. */
  public Set<Capability> capabilities() {
    return mechanism.capabilities();
  }

  /**
   * Starts watching a descriptor.
   *
   * @param fd an open descriptor, preferably non-blocking; it stays the caller's
   * @param attachment whatever the events for it should lead to
   * @throws SysException EEXIST if the number is registered already, EBADF if it is not open,
   *     ENOSPC or ENOMEM at the kernel's limits; then nothing is registered
   * @throws ClosedPollerException if the poller is closed
   */
  public Registration add(int fd, Interest interest, Trigger trigger, @Nullable Object attachment)
      throws SysException {
    return add(fd, interest, trigger, attachment, false);
  }

  /** Watches a source, by its descriptor; remove the registration before closing the source. */
  public Registration add(
      EventSource source, Interest interest, Trigger trigger, @Nullable Object attachment)
      throws SysException {
    return add(source.fd(), interest, trigger, attachment, false);
  }

  /**
   * As {@link #add}, for a descriptor that several pollers watch, such as a shared listener: an
   * event wakes about one of them rather than all. Level or edge only; such a registration does not
   * report read-closed apart from readable.
   *
   * @throws UnsupportedOperationException without {@link Capability#EXCLUSIVE}
   * @throws IllegalArgumentException for a one-shot trigger or an interest in priority, which the
   *     kernel excludes
   */
  public Registration addExclusive(
      int fd, Interest interest, Trigger trigger, @Nullable Object attachment) throws SysException {
    if (!supports(Capability.EXCLUSIVE)) {
      throw new UnsupportedOperationException(
          "exclusive wake-ups are not to be had on " + backend.label() + "; use epoll");
    }
    requireExclusive(interest, trigger);
    return add(fd, interest, trigger, attachment, true);
  }

  /** Watches a source that several pollers watch, by its descriptor. */
  public Registration addExclusive(
      EventSource source, Interest interest, Trigger trigger, @Nullable Object attachment)
      throws SysException {
    return addExclusive(source.fd(), interest, trigger, attachment);
  }

  /** What {@link Registration#modify(Interest, Trigger)} does. */
  void modify(Registration registration, Interest interest, Trigger trigger) throws SysException {
    Objects.requireNonNull(interest, "interest");
    Objects.requireNonNull(trigger, "trigger");
    if (registration.isExclusive()) {
      requireExclusive(interest, trigger);
    }
    synchronized (lock) {
      requireOpen();
      if (!registration.isActive()) {
        throw new IllegalStateException(registration + " was removed");
      }
      Interest oldInterest = registration.interest();
      Trigger oldTrigger = registration.trigger();
      boolean oldDisarmed = registration.disarmed;
      int oldDelivered = registration.delivered;
      long oldState = registration.state();
      boolean isModified = false;
      try {
        registration.arm(interest, trigger);
        int result = mechanism.modify(registration);
        if (result < 0) {
          throw SysException.of("modify(" + registration + ")", result);
        }
        interruptIfNeeded();
        isModified = true;
      } finally {
        if (!isModified) {
          registration.restore(oldInterest, oldTrigger, oldDisarmed, oldDelivered, oldState);
        }
      }
    }
  }

  /** What {@link Registration#remove} does. */
  void remove(Registration registration) {
    synchronized (lock) {
      if (!registration.isActive()) {
        return;
      }
      if (waiting.isClosed()) {
        registration.deactivate();
        return; // all of it goes
      }
      mechanism.remove(registration);
      registration.deactivate();
      slots.release(registration);
      interruptIfNeeded();
    }
  }

  /** What {@link Registration#drained} does. */
  void drained(Registration registration, Interest directions) {
    if (!mechanism.emulatesEdges() || !registration.trigger().isEdge()) {
      return;
    }
    synchronized (lock) {
      if (registration.isActive() && !waiting.isClosed()) {
        mechanism.drained(registration, directions);
        interruptIfNeeded();
      }
    }
  }

  /**
   * Waits until something is ready, the time is over, or {@link #wakeup}.
   *
   * <p>Events that the batch still holds unread are given again first, at once. Otherwise the batch
   * is filled anew. Allocates nothing.
   *
   * @param timeoutNanos positive: at most so long; 0: does not block; negative: for ever
   * @return how many events there are to read; 0 after the timeout or a wake-up
   * @throws SysException if the kernel refuses to wait, which no use of this class leads to
   * @throws ClosedPollerException if the poller is closed, before or meanwhile
   * @throws IllegalStateException if another thread waits and the backend serves one only
   */
  public int await(Events events, long timeoutNanos) throws SysException {
    if (timeoutNanos <= 0) {
      return waiting.await(events, timeoutNanos, 0);
    }
    return waiting.await(events, timeoutNanos, sys.nanoTime() + timeoutNanos);
  }

  /**
   * As {@link #await(Events, long)}, until a moment of {@link Sys#nanoTime}; a moment in the past
   * does not block. Moments are compared by their difference, as those of {@link System#nanoTime}.
   */
  public int awaitUntil(Events events, long deadlineNanos) throws SysException {
    return awaitUntil(events, deadlineNanos, sys.nanoTime());
  }

  /** Waits as {@link #awaitUntil(Events, long)}, for a caller who has just read the clock. */
  public int awaitUntil(Events events, long deadlineNanos, long nowNanos) throws SysException {
    return waiting.await(events, Math.max(0, deadlineNanos - nowNanos), deadlineNanos);
  }

  /**
   * Makes one wait return: one in progress, or else the next. Any thread; does nothing on a closed
   * poller. A system call only if somebody waits and no wake-up is under way.
   */
  public void wakeup() {
    waiting.wakeup();
  }

  /**
   * The descriptor of the poller itself, readable while something is ready: to be watched by
   * another poller. It stays this poller's; do not close it. A {@link #wakeup} while nobody waits
   * here is not readiness.
   *
   * <p>Not guaranteed: that the other poller goes on hearing it after a descriptor watched here was
   * closed before its removal while a duplicate of it lives on. To lose that one, this poller moves
   * to a new epoll instance under the same number; remove and add it in the other poller then.
   *
   * @throws UnsupportedOperationException without {@link Capability#NESTING}
   */
  public int fd() {
    requireOpen();
    int fd = mechanism.fd();
    if (fd < 0) {
      throw new UnsupportedOperationException(
          "a poller on " + backend.label() + " has no descriptor of its own; use epoll");
    }
    return fd;
  }

  /** How many registrations there are. */
  public int size() {
    synchronized (lock) {
      return waiting.isClosed() ? 0 : slots.size();
    }
  }

  /** All registrations, or those that there were when it was closed: a snapshot. */
  public List<Registration> registrations() {
    synchronized (lock) {
      return slots.all();
    }
  }

  /**
   * The edge-triggered registrations that were reported and not said to be {@linkplain
   * Registration#drained drained} since, so that their next edge will not be heard. In a test that
   * has read everything to {@code EAGAIN}, whoever forgot to say so is here.
   *
   * @throws UnsupportedOperationException on epoll, unless by {@link #openStrict}: the kernel does
   *     not tell
   */
  public List<Registration> undrained() {
    if (!mechanism.emulatesEdges()) {
      throw new UnsupportedOperationException(
          backend.label() + " has edges of its own: open the poller by openStrict");
    }
    synchronized (lock) {
      return slots.all().stream().filter(each -> each.isActive() && Edges.owesDrain(each)).toList();
    }
  }

  /** How many events were dropped since the start because their registration was gone. */
  public long staleEvents() {
    return slots.staleCount();
  }

  /** False from the first {@link #close} on. */
  public boolean isOpen() {
    return !waiting.isClosed();
  }

  /**
   * Ends all waits with {@link ClosedPollerException} and gives the poller's own descriptors back,
   * when the last wait has returned. The registered descriptors stay open. Idempotent; any thread.
   */
  @Override
  public void close() {
    waiting.close();
    synchronized (lock) {
      slots.deactivateAll();
    }
  }

  private Registration add(
      int fd, Interest interest, Trigger trigger, @Nullable Object attachment, boolean exclusive)
      throws SysException {
    Objects.requireNonNull(interest, "interest");
    Objects.requireNonNull(trigger, "trigger");
    synchronized (lock) {
      requireOpen();
      requireOpenDescriptor(fd);
      Registration registration = slots.create(this, fd, attachment, exclusive, interest, trigger);
      slots.put(registration); // first: an event may come before the backend's call returns
      boolean isAdded = false;
      try {
        int result = mechanism.add(registration);
        if (result < 0) {
          throw SysException.of("add(fd=" + fd + ")", result);
        }
        interruptIfNeeded();
        isAdded = true;
      } finally {
        if (!isAdded) {
          registration.deactivate();
          slots.release(registration);
          mechanism.remove(registration);
        }
      }
      return registration;
    }
  }

  /** Refuses what cannot be registered, before any memory is taken for a number that is garbage. */
  private void requireOpenDescriptor(int fd) throws SysException {
    int result = fd < 0 ? -Errno.EBADF : slots.mustGrowFor(fd) ? Descriptors.check(sys, fd) : 0;
    if (result < 0) {
      throw SysException.of("add(fd=" + fd + ")", result);
    }
    if (slots.ofFd(fd) != null) {
      throw SysException.of(
          "add(fd=" + fd + ")",
          -Errno.EEXIST,
          "this number is registered already; remove a registration before closing its"
              + " descriptor");
    }
  }

  private void interruptIfNeeded() {
    if (mechanism.needsInterrupt()) {
      waiting.interrupt();
    }
  }

  private void requireOpen() {
    if (waiting.isClosed()) {
      throw new ClosedPollerException();
    }
  }

  private static void requireExclusive(Interest interest, Trigger trigger) {
    if (trigger.isOneshot() || interest.isPriority()) {
      throw new IllegalArgumentException(
          "exclusive goes with level or edge, readable and writable only, not with "
              + interest
              + ", "
              + trigger);
    }
  }
}
