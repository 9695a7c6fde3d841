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
 * waker:   signal()       a ticket: somebody may sleep, ring, then signalDone     NO_RING: nothing
 *          signalDone()   LAST: free the descriptors
 * closer:  close()        FIRST: interrupt all waiters, then signalDone(NO_RING, false)
 * }</pre>
 *
 * <p>Why nothing is lost: a wake-up sets {@code NOTIFIED} before it looks for waiters, and a waiter
 * announces itself and takes {@code NOTIFIED} in the same step; so either the waiter sees the flag
 * or the waker sees the waiter. Why nothing is needless: while {@code NOTIFIED} stands and was rung
 * for, further wake-ups do nothing, without a waiter nobody rings, and a token that comes after its
 * wake-up was taken by {@link #leave} is no wake-up: the wait goes on.
 *
 * <p>Why a ring that fails loses nobody else's wake-up: others rely on it only once {@code RUNG}
 * says that it was made; until then each rings by itself. {@code RUNG} belongs to the one {@code
 * NOTIFIED} that the ring was for, which the ticket tells by its epoch.
 *
 * <p>Why nothing is freed under a caller: waiters and ringers are counted in the same word; the
 * last one out after close, and only that one, is told so.
 *
 * <p>Limits: Linux has at most 2^22 threads, {@code PID_MAX_LIMIT} of linux/threads.h, so neither
 * count can overflow.
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

  /** {@link #signal}: there is nothing to do. */
  static final int NO_RING = -1;

  private static final int COUNT_BITS = 23; // one more than there can be threads
  private static final long ONE_WAITER = 1;
  private static final long WAITERS = (1L << COUNT_BITS) - 1;
  private static final long ONE_RINGER = 1L << COUNT_BITS;
  private static final long RINGERS = WAITERS << COUNT_BITS;
  private static final long CLOSING = 1L << 46;
  private static final long NOTIFIED = 1L << 47;
  private static final long RUNG = 1L << 48;
  private static final int EPOCH_SHIFT = 49; // 15 bits, which wrap
  private static final long ONE_EPOCH = 1L << EPOCH_SHIFT;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(WakeState.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings({"unused", "FieldMayBeFinal"}) // by WORD
  private volatile long word;

  /** A waiter comes: counted in unless closed, and takes a wake-up that stands. */
  int enter() {
    for (; ; ) {
      long old = word;
      if ((old & CLOSING) != 0) {
        return CLOSED;
      }
      if (WORD.compareAndSet(this, old, (old & ~(NOTIFIED | RUNG)) + ONE_WAITER)) {
        return (old & NOTIFIED) != 0 ? WOKEN : SLEEP;
      }
    }
  }

  /** A waiter goes, and takes a wake-up that stands. Bits: {@code WOKEN, CLOSED, LAST}. */
  int leave() {
    for (; ; ) {
      long old = word;
      long now = (old & ~(NOTIFIED | RUNG)) - ONE_WAITER;
      if (WORD.compareAndSet(this, old, now)) {
        return ((old & NOTIFIED) != 0 ? WOKEN : 0)
            | ((old & CLOSING) != 0 ? CLOSED : 0)
            | lastOut(now);
      }
    }
  }

  /** A wake-up. A ticket: ring, then call {@link #signalDone}, whatever came of it. */
  int signal() {
    for (; ; ) {
      long old = word;
      boolean ring = (old & WAITERS) != 0;
      boolean stands = (old & NOTIFIED) != 0;
      if ((old & CLOSING) != 0 || (stands && (!ring || (old & RUNG) != 0))) {
        return NO_RING;
      }
      long now = stands ? old : (old | NOTIFIED) + ONE_EPOCH;
      now += ring ? ONE_RINGER : 0;
      if (WORD.compareAndSet(this, old, now)) {
        return ring ? epoch(now) : NO_RING;
      }
    }
  }

  /**
   * A ringer or the closer is done. The bit {@code LAST} or 0.
   *
   * @param ticket what {@link #signal} gave
   * @param rung whether the ring was made: others may rely on it from now on
   */
  int signalDone(int ticket, boolean rung) {
    for (; ; ) {
      long old = word;
      long now = old - ONE_RINGER;
      if (rung && (old & NOTIFIED) != 0 && epoch(old) == ticket) {
        now |= RUNG;
      }
      if (WORD.compareAndSet(this, old, now)) {
        return lastOut(now);
      }
    }
  }

  /** Closes; true for the first call, which is counted in as a ringer. */
  boolean close() {
    for (; ; ) {
      long old = word;
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

  private static int epoch(long word) {
    return (int) (word >>> EPOCH_SHIFT);
  }

  private static int lastOut(long now) {
    return (now & CLOSING) != 0 && (now & (WAITERS | RINGERS)) == 0 ? LAST : 0;
  }
}
