package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event queue: {@code kqueue(2)} in Java. It is the system's where there is one, and else made
 * of epoll and its like.
 *
 * <pre>{@code
 * try (Kqueue queue = Kqueue.open(sys)) {
 *   Kevents list = Kevents.allocate(64);
 *   list.add(fd, Kevent.EVFILT_READ, Kevent.EV_ADD, 0, 0, 7);
 *   int count = queue.kevent(list, list, -1);
 *   ...
 * }
 * }</pre>
 *
 * <p>Ownership: the descriptors of the queue until {@link #close}; never those that it watches.
 *
 * <p>Threads: any, several at once, each with lists of its own. An event of a knote that is cleared
 * by it, dispatched or forgotten goes to one of those who wait. {@code close} wakes all, and waits
 * for them to be gone.
 *
 * <p>Errors: of a change, an event with {@link Kevent#EV_ERROR}, or, where there is no room for it,
 * a {@link SysException}, and what follows in the list is not done. An interrupted wait is no error
 * and returns {@link #INTERRUPTED}; the changes were made.
 *
 * <p>Memory: a wait, and an event, take none; but for the end of a process, and files that are read
 * more than 2 GiB before their end.
 *
 * <p>Source: kqueue(2).
 */
public abstract sealed class Kqueue implements AutoCloseable permits EmulatedKqueue, NativeKqueue {

  /** What a wait returns, and nothing else negative, when a signal interrupted it. */
  public static final int INTERRUPTED = -Errno.EINTR;

  /** An identifier that no knote has. */
  private static final long NOBODY = 1L << 62;

  private static final int RESERVED_FRAMES = 60; // of 48 bytes and more
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** A monitor: a thread at the end of its stack takes it or does not. */
  final Object lock = new Object();

  // By the lock:
  private int inside; // threads in a call
  private boolean isClosed;
  private boolean isFreed;

  Kqueue() {}

  /**
   * {@code kqueue1(2)} with {@code O_CLOEXEC}.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM; then nothing is left open
   */
  public static Kqueue open(Sys sys) throws SysException {
    Kqueue queue = openNative(sys);
    return queue == null ? new EmulatedKqueue(sys, true) : queue;
  }

  /**
   * As {@link #open}, for who looks after more than kqueue(2) asks for. The error of a socket is
   * left to it, to be asked for by {@code SO_ERROR}: Linux tells it once, and an event that has it
   * in its flags has taken it. Nor is it looked at each event whether a number is still the file's
   * that was added, and not another's, while a duplicate of the old one lives on: who gives each
   * addition user data of its own knows. Nor is it asked whether a stream that could be written to
   * was shut down. It saves a call or two for each event. A queue of the system's is the same by
   * both.
   */
  public static Kqueue openLeavingErrors(Sys sys) throws SysException {
    Kqueue queue = openNative(sys);
    return queue == null ? new EmulatedKqueue(sys, false) : queue;
  }

  /** As {@link #open}, a queue of the system's own; null if it has none. */
  public static @Nullable Kqueue openNative(Sys sys) throws SysException {
    return NativeKqueue.openIfThere(sys);
  }

  /** Whether it is made of other facilities, as the system has no kqueue. */
  public abstract boolean isEmulated();

  /** Whether there is such a filter, one of {@code EVFILT_…}: systems differ. */
  public boolean hasFilter(int filter) {
    if (filter == Kevent.EVFILT_SIGNAL) {
      return true; // everywhere; and no number that is none may be asked for
    }
    Kevents asked = Kevents.allocate(1);
    var _ = asked.add(NOBODY, filter, Kevent.EV_RECEIPT, 0, 0, 0);
    try {
      return kevent(asked, asked, 0) < 1 || asked.data(0) != Errno.EINVAL;
    } catch (SysException e) {
      return e.errno() != Errno.EINVAL;
    }
  }

  /** Whether timeouts are exact to the nanosecond; else they are rounded up to a millisecond. */
  public abstract boolean isExact();

  /**
   * The descriptor: it can itself be watched, and is readable when there is an event.
   *
   * @throws IllegalStateException if this is closed
   */
  public abstract int fd();

  /**
   * All knotes now, in no order; for who explains or looks for a fault.
   *
   * @throws UnsupportedOperationException if it is the system's, which does not say
   */
  public abstract List<KnoteView> knotes();

  /**
   * {@code kevent(2)} for one change and no event.
   *
   * @throws SysException if it cannot be made
   */
  public void change(long ident, int filter, int flags, int fflags, long data, long udata)
      throws SysException {
    Kevents one = Kevents.allocate(1).add(ident, filter, flags, fflags, data, udata);
    int _ = kevent(one, null, 0);
  }

  /**
   * Triggers a knote of {@code EVFILT_USER}, as a change with {@code NOTE_TRIGGER} does, whose user
   * data is the knote's from then on; if there is none, or the queue is closed, nothing. Takes no
   * memory.
   */
  public abstract void trigger(long ident, long udata);

  /**
   * {@code kevent(2)} with the timeout as a {@code struct timespec}.
   *
   * @throws SysException EINVAL if that is none: negative, or with a second of nanoseconds
   */
  public int kevent(
      @Nullable Kevents changes, @Nullable Kevents events, long seconds, long nanoseconds)
      throws SysException {
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NANOS_PER_SECOND) {
      throw SysException.of(
          "kevent(timeout=" + seconds + " s " + nanoseconds + " ns)",
          -Errno.EINVAL,
          "the timeout is no time");
    }
    boolean isLong = seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1;
    return kevent(
        changes, events, isLong ? Long.MAX_VALUE : seconds * NANOS_PER_SECOND + nanoseconds);
  }

  /**
   * {@code kevent(2)}: makes changes, and waits for events.
   *
   * @param changes null for none
   * @param events what is filled, from its beginning, up to its capacity; it may be the list of
   *     changes. Null, or of capacity 0: this returns when the changes are made
   * @param timeoutNanos > 0: waits at most so long; 0: does not block; < 0: for ever
   * @return how many events there are, 0 after the timeout, or {@link #INTERRUPTED}
   * @throws SysException if a change failed that there is no room to say of; EBADF if the queue was
   *     closed meanwhile
   */
  public int kevent(@Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos)
      throws SysException {
    return kevent(changes, events, timeoutNanos, false);
  }

  /**
   * As {@link #kevent(Kevents, Kevents, long)} without changes, for who looks at the clock by
   * itself: it may return 0 before the time is over, when it was woken for nothing, and does not
   * read the clock.
   */
  public int keventOnce(Kevents events, long timeoutNanos) throws SysException {
    return kevent(null, events, timeoutNanos, true);
  }

  abstract int kevent(
      @Nullable Kevents changes, @Nullable Kevents events, long timeoutNanos, boolean isOnce)
      throws SysException;

  /** Fails where there is too little stack for who is inside to come out. */
  static void requireStack() {
    long _ = reserve(RESERVED_FRAMES, 1, 2, 3, 4);
  }

  private static long reserve(int frames, long a, long b, long c, long d) {
    return frames == 0 ? a : reserve(frames - 1, b, c, d, a) + a + b + c + d;
  }

  static SysException failed(Kevents changes, int index, int errno) {
    int filter = changes.filterAt(index);
    long ident = changes.identAt(index);
    String flags = Kevent.flagNames(changes.flagsAt(index));
    String call = "kevent(" + Kevent.filterName(filter) + " " + ident + ", " + flags + ")";
    String reason = Refusal.of(filter, ident, changes.fflagsAt(index));
    return errno == Errno.EOPNOTSUPP && reason != null
        ? SysException.of(call, -errno, reason)
        : SysException.of(call, -errno);
  }

  // ---- who is inside, by the lock

  final boolean isClosed() {
    return isClosed;
  }

  final void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("this kqueue is closed");
    }
  }

  /** A thread has entered a call that may wait, and is to {@link #leave}. */
  final void enter() {
    inside++;
  }

  final void leave() {
    inside--;
    if (inside == 0 && isClosed) {
      lock.notifyAll();
    }
  }

  /** How many are inside, but for the caller. */
  final int others() {
    return inside - 1;
  }

  /** Wakes all who wait, and who will: this is closed. */
  abstract void wakeAll();

  /** Gives the descriptors back; goes on when it is called again after it threw. */
  abstract void free();

  /**
   * Gives the descriptors back, when all who wait have been woken and are gone. Idempotent; one
   * that threw goes on when it is called again.
   */
  @Override
  public void close() {
    synchronized (lock) {
      isClosed = true;
      if (inside > 0) {
        wakeAll();
      }
      awaitLeft();
      if (!isFreed) { // by another one who closed it meanwhile
        free();
        isFreed = true;
      }
    }
  }

  /** All who were inside have left; an interrupt is kept for later. */
  @SuppressWarnings("WaitNotInLoop") // it is
  private void awaitLeft() {
    boolean isInterrupted = false;
    while (inside > 0) {
      try {
        lock.wait();
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
