package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that wait on a poller: takes each through its system calls until there is something
 * to report, and wakes, interrupts and ends their waits.
 *
 * <p>A wait is one turn of {@link WakeState#enter}, the mechanism's system call, {@link
 * WakeState#leave}; and another turn after a signal or an internal wake-up, until the deadline.
 *
 * <p>Threads: all methods from any thread; {@link #interrupt} under the poller's lock.
 */
final class WaitLoop {

  private final Poller poller;
  private final Sys sys;
  private final Mechanism mechanism;
  private final Waker waker;
  private final ReentrantLock lock;
  private final WakeState state = new WakeState();

  /** For one poller, whose {@link Poller#free} is called when the last thread left after close. */
  WaitLoop(Poller poller, Sys sys, Mechanism mechanism, Waker waker, ReentrantLock lock) {
    this.poller = poller;
    this.sys = sys;
    this.mechanism = mechanism;
    this.waker = waker;
    this.lock = lock;
  }

  /** What {@link Poller#await(Events, long)} does; the deadline counts for a positive timeout. */
  int await(Events events, long timeoutNanos, long deadlineNanos) throws SysException {
    if (events.unread() > 0) {
      return again(events);
    }
    events.clear();
    long timeout = timeoutNanos;
    while (!turn(events, timeout)) {
      if (timeout == 0 && !events.token) {
        break; // with a token, the batch may have had no room for what is ready: look again
      }
      if (timeout > 0) {
        timeout = deadlineNanos - sys.nanoTime();
        if (timeout <= 0) {
          break;
        }
      }
    }
    return events.count();
  }

  /** One system call. True if there is something to report: events, or a wake-up. */
  private boolean turn(Events events, long timeoutNanos) throws SysException {
    events.token = false;
    int entered = state.enter();
    if (entered == WakeState.CLOSED) {
      throw new ClosedPollerException();
    }
    boolean woken = entered == WakeState.WOKEN;
    int result = 0;
    int left;
    boolean waited = false;
    try {
      result = mechanism.wait(events, woken ? 0 : timeoutNanos);
      if (events.token && !state.isClosed()) { // after close it stays up, for those still to come
        waker.drain();
        if (events.count() > 0 && mechanism.needsInterrupt()) {
          waker.ring(); // this wait has something to report: another one is to look
        }
      }
      waited = true;
    } finally {
      left = state.leave();
      if (!waited && (woken || (left & WakeState.WOKEN) != 0)) {
        wakeup(); // it was meant for a wait: the one that was in this one's way
      }
      if ((left & WakeState.LAST) != 0) {
        poller.free();
      }
    }
    if ((left & WakeState.CLOSED) != 0) {
      events.clear();
      throw new ClosedPollerException();
    }
    if (result < 0 && result != -Errno.EINTR) {
      events.clear();
      throw SysException.of("wait for readiness", result);
    }
    return events.count() > 0 || woken || (left & WakeState.WOKEN) != 0;
  }

  /** Gives the unread rest of a batch again. */
  private int again(Events events) {
    if (state.isClosed()) {
      throw new ClosedPollerException();
    }
    if (!events.belongTo(poller)) {
      throw new IllegalStateException(
          "the batch holds unread events of another poller: read them first");
    }
    return events.unread();
  }

  /** Makes one wait return, see {@link Poller#wakeup}. */
  void wakeup() {
    if (state.signal()) {
      waker.ring();
      signalDone();
    }
  }

  /** Makes waits in progress look again, without returning. */
  void interrupt() {
    assert lock.isHeldByCurrentThread(); // which free() takes, so the waker is open
    if (state.hasWaiters()) {
      waker.ring();
    }
  }

  /** Ends all waits, see {@link Poller#close}. */
  void close() {
    if (!state.close()) {
      return;
    }
    lock.lock();
    try {
      mechanism.interruptAll();
    } finally {
      lock.unlock();
    }
    signalDone();
  }

  boolean isClosed() {
    return state.isClosed();
  }

  private void signalDone() {
    if (state.signalDone() == WakeState.LAST) {
      poller.free();
    }
  }
}
