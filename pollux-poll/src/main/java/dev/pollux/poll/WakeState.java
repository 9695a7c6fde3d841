package dev.pollux.poll;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The protocol between the threads that wait on a poller, wake it and close it: one word, changed
 * by one atomic step a method.
 *
 * <pre>{@code
 * waiter:  enter()        SLEEP: wait in the kernel   WOKEN: look without blocking   CLOSED: leave
 *            … system call; if the waker's token was seen, drain the waker …
 *          leave()        WOKEN: a wakeup was meant for this wait     LAST: free the descriptors
 * waker:   signal()       RING: somebody may sleep, write to the waker, then signalDone()
 *          signalDone()   LAST: free the descriptors
 * closer:  close()        FIRST: interrupt all waiters, then signalDone()
 * }</pre>
 *
 * <p>Why nothing is lost: a wake-up sets {@code NOTIFIED} before it looks for waiters, and a waiter
 * announces itself and takes {@code NOTIFIED} in the same step; so either the waiter sees the flag
 * or the waker sees the waiter. Why nothing is needless: while {@code NOTIFIED} stands, further
 * wake-ups do nothing, without a waiter nobody rings, and a token that comes after its wake-up was
 * taken by {@link #leave} is no wake-up: the wait goes on.
 *
 * <p>Why nothing is freed under a caller: waiters and ringers are counted in the same word; the
 * last one out after close, and only that one, is told so.
 *
 * <p>All interleavings of these steps are explored by {@code WakeStateTest}.
 */
final class WakeState {

  /** {@link #enter}: block. {@link #leave}: nothing to report. */
  static final int SLEEP = 0;

  /** A wake-up was taken. */
  static final int WOKEN = 1;

  /** {@link #enter}: closed, and not counted in. {@link #leave}: the bit, closed meanwhile. */
  static final int CLOSED = 2;

  /** The bit: this was the last one out after close, and must free the descriptors. */
  static final int LAST = 4;

  private static final int ONE_WAITER = 1;
  private static final int WAITERS = (1 << 15) - 1;
  private static final int ONE_RINGER = 1 << 15;
  private static final int RINGERS = ((1 << 14) - 1) << 15;
  private static final int CLOSING = 1 << 29;
  private static final int NOTIFIED = 1 << 30;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(WakeState.class, "word", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings({"unused", "FieldMayBeFinal"}) // by WORD
  private volatile int word;

  /** A waiter comes: counted in unless closed, and takes a wake-up that stands. */
  int enter() {
    for (; ; ) {
      int old = word;
      if ((old & CLOSING) != 0) {
        return CLOSED;
      }
      if (WORD.compareAndSet(this, old, (old & ~NOTIFIED) + ONE_WAITER)) {
        return (old & NOTIFIED) != 0 ? WOKEN : SLEEP;
      }
    }
  }

  /** A waiter goes, and takes a wake-up that stands. Bits: {@code WOKEN, CLOSED, LAST}. */
  int leave() {
    for (; ; ) {
      int old = word;
      int now = (old & ~NOTIFIED) - ONE_WAITER;
      if (WORD.compareAndSet(this, old, now)) {
        return ((old & NOTIFIED) != 0 ? WOKEN : 0)
            | ((old & CLOSING) != 0 ? CLOSED : 0)
            | lastOut(now);
      }
    }
  }

  /** A wake-up. True: ring, then call {@link #signalDone}. False: nothing is left to do. */
  boolean signal() {
    for (; ; ) {
      int old = word;
      if ((old & (CLOSING | NOTIFIED)) != 0) {
        return false;
      }
      boolean ring = (old & WAITERS) != 0;
      int now = (old | NOTIFIED) + (ring ? ONE_RINGER : 0);
      if (WORD.compareAndSet(this, old, now)) {
        return ring;
      }
    }
  }

  /** A ringer or the closer is done. The bit {@code LAST} or 0. */
  int signalDone() {
    int now = (int) WORD.getAndAdd(this, -ONE_RINGER) - ONE_RINGER;
    return lastOut(now);
  }

  /** Closes; true for the first call, which is counted in as a ringer. */
  boolean close() {
    for (; ; ) {
      int old = word;
      if ((old & CLOSING) != 0) {
        return false;
      }
      if (WORD.compareAndSet(this, old, (old | CLOSING) + ONE_RINGER)) {
        return true;
      }
    }
  }

  boolean isClosed() {
    return (word & CLOSING) != 0;
  }

  /** Whether anybody waits. */
  boolean hasWaiters() {
    return (word & WAITERS) != 0;
  }

  private static int lastOut(int now) {
    return (now & CLOSING) != 0 && (now & (WAITERS | RINGERS)) == 0 ? LAST : 0;
  }
}
