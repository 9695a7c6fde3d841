package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * The threads that wait on a poller: takes each through its system calls until there is something
 * to report; wakes, interrupts and ends their waits; and gives the poller's descriptors back when
 * the last of them has left.
 *
 * <p>A wait is {@link WakeState#enter}, the mechanism's system call, {@link WakeState#leave}; and
 * once more after a signal or an internal wake-up, until the deadline.
 *
 * <p>Errors: a thread may run out of memory or stack anywhere in here. Whoever was counted in is
 * counted out again, and a wake-up that was not rung is rung by the next that comes.
 *
 * <p>Threads: all methods from any thread; {@link #interrupt} under the poller's lock.
 */
final class WaitLoop {

  private final Sys sys;
  private final Mechanism mechanism;
  private final Waker waker;
  private final int frames; // more than keeping what was found takes, or giving back descriptors
  private final Object lock;
  private final WakeState state = new WakeState();

  // Under the lock.
  private boolean interruptedAll;
  private boolean lastIsOut;

  WaitLoop(Sys sys, Mechanism mechanism, Object lock) {
    this.sys = sys;
    this.mechanism = mechanism;
    this.waker = mechanism.waker();
    this.frames = mechanism.frames();
    this.lock = lock;
  }

  /** What {@link Poller#await(Events, long)} does; the deadline counts for a positive timeout. */
  int await(Events events, long timeoutNanos, long deadlineNanos) throws SysException {
    long _ = reserveStack();
    if (events.unread() > 0) {
      return again(events);
    }
    events.clear(this);
    long timeout = timeoutNanos;
    while (true) {
      int entered = state.enter();
      if (entered == WakeState.CLOSED) {
        throw new ClosedPollerException();
      }
      boolean isWoken = entered == WakeState.WOKEN;
      int left = 0;
      int result = 0;
      boolean hasWaited = false;
      try {
        result = mechanism.await(events, isWoken ? 0 : timeout);
        if (events.token && !state.isClosed()) { // after close it stays up, for those still to come
          waker.drain();
        }
        hasWaited = true;
      } finally {
        left = leave(isWoken, hasWaited);
      }
      if ((left & WakeState.CLOSED) != 0) {
        events.clear(this);
        throw new ClosedPollerException();
      }
      if (result < 0 && result != -Errno.EINTR) {
        events.clear(this);
        throw SysException.of("wait for readiness", result);
      }
      boolean isOver = events.count() > 0 || isWoken || (left & WakeState.WOKEN) != 0;
      if (isOver || (timeout == 0 && !events.token)) {
        return events.count(); // with a token, the batch may have had no room for what is ready
      }
      events.token = false;
      if (timeout > 0) {
        timeout = deadlineNanos - sys.nanoTime();
        if (timeout <= 0) {
          return 0;
        }
      }
    }
  }

  /**
   * Counts this wait out.
   *
   * @param isWoken it took a wake-up when it came
   * @param hasWaited it will report it; else it failed, and another wait has to
   */
  private int leave(boolean isWoken, boolean hasWaited) {
    int left = state.leave();
    try {
      if (!hasWaited && (isWoken || (left & WakeState.WOKEN) != 0)) {
        signal(); // it was meant for a wait: the one that was in this one's way
      }
    } finally {
      if ((left & WakeState.LAST) != 0) {
        free();
      }
    }
    return left;
  }

  /** Gives the unread rest of a batch again. */
  private int again(Events events) {
    if (state.isClosed()) {
      throw new ClosedPollerException();
    }
    if (!events.isFilledBy(this)) {
      throw new IllegalStateException(
          "the batch holds unread events of another poller: read them first");
    }
    return events.unread();
  }

  /** Makes one wait return, see {@link Poller#wakeup}. */
  void wakeup() {
    long _ = reserveStack();
    signal();
  }

  private void signal() {
    int ticket = state.signal();
    if (ticket == WakeState.NO_RING) {
      return;
    }
    boolean isRung = false;
    try {
      waker.ring();
      isRung = true;
    } finally {
      signalDone(ticket, isRung);
    }
  }

  /** Makes waits in progress look again, without returning. */
  void interrupt() {
    if (state.hasWaiters()) {
      waker.ring(); // it is open: free() takes the lock
    }
  }

  /** Ends all waits, see {@link Poller#close}. One that failed half-way can be called again. */
  void close() {
    long _ = reserveStack();
    boolean isFirst = state.close();
    try {
      synchronized (lock) {
        if (!interruptedAll && !lastIsOut) {
          mechanism.interruptAll();
          interruptedAll = true;
        }
      }
    } finally {
      if (isFirst) {
        signalDone(WakeState.NO_RING, false);
      } else {
        freeAgain();
      }
    }
  }

  boolean isClosed() {
    return state.isClosed();
  }

  /**
   * Fails where there is too little stack for what must not fail: to keep events, to be counted.
   */
  private long reserveStack() {
    return reserve(frames, 1, 2, 3, 4);
  }

  /** Few frames, wide by what they keep: the processor foresees where so many calls return to. */
  private static long reserve(int frames, long a, long b, long c, long d) {
    return frames == 0 ? a : reserve(frames - 1, b, c, d, a) + a + b + c + d;
  }

  private void signalDone(int ticket, boolean isRung) {
    if (state.signalDone(ticket, isRung) == WakeState.LAST) {
      free();
    }
  }

  /** Goes on where giving the descriptors back has failed, if it has. */
  private void freeAgain() {
    synchronized (lock) {
      if (lastIsOut) {
        free();
      }
    }
  }

  /** Gives the descriptors back: nobody is inside any more. Each is closed once. */
  private void free() {
    synchronized (lock) {
      lastIsOut = true;
      try {
        mechanism.close();
      } finally {
        waker.close();
      }
    }
  }
}
