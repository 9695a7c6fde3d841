package dev.pollux.loop;

/** Keeps timers by their deadline: a hierarchical timing wheel. */
public final class TimerWheel {

  /** The default tick. */
  public static final long DEFAULT_TICK_NANOS = 1_000_000; // 1 ms

  /** The deadline of an empty wheel. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A wheel that stands at a moment of the caller's clock. */
  public TimerWheel(long tickNanos, long nowNanos) {}

  /** Schedules, or schedules anew. Takes O(1) and allocates nothing. */
  public void schedule(LoopTimer timer, long deadlineNanos) {
    throw new UnsupportedOperationException();
  }

  /** Takes a timer out; false if it was not in. O(1). */
  public boolean cancel(LoopTimer timer) {
    throw new UnsupportedOperationException();
  }

  /**
   * Moves the wheel to a moment and runs what is due, in the order of the ticks, at most so many.
   *
   * @return how many ran; if it equals the limit, more may be due: call again
   */
  public int expire(long nowNanos, int limit) {
    throw new UnsupportedOperationException();
  }

  /**
   * A moment before which {@link #expire} will find nothing to run; {@link #NEVER} when empty. It
   * may be earlier than the first deadline.
   */
  public long nextDeadlineNanos() {
    throw new UnsupportedOperationException();
  }

  /** How many timers are pending. */
  public int size() {
    throw new UnsupportedOperationException();
  }
}
