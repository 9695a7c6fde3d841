package dev.pollux.http;

import dev.pollux.http.wire.Deadline;

/**
 * Whether a body comes fast enough: each byte buys time, and the beginning is given some.
 *
 * <p>Passive; the time in which nobody waits for the body does not count.
 */
final class BodyRate {

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long AHEAD_NANOS = 30 * SECOND_NANOS;
  private static final long FOR_EVER = Long.MAX_VALUE / 4;

  private final long graceNanos;
  private final int bytesPerSecond;
  private boolean isRunning;
  private long leftNanos;
  private long since;

  BodyRate(HttpLimits limits) {
    this.graceNanos = limits.bodyGraceNanos();
    this.bytesPerSecond = limits.bodyBytesPerSecond();
  }

  /** Begins with another body, which is not waited for yet. */
  void clear() {
    isRunning = false;
    leftNanos = graceNanos;
  }

  /** It is waited for from now on, until the deadline that this sets, or it is not. */
  void watch(boolean waits, long now, Deadline deadline) {
    if (isRunning) {
      leftNanos -= now - since;
    }
    isRunning = waits;
    since = now;
    if (!waits) {
      deadline.clear();
    } else {
      deadline.in(bytesPerSecond == 0 ? FOR_EVER : Math.max(0, leftNanos));
    }
  }

  /** So much of it came. */
  void add(int sizeBytes) {
    if (bytesPerSecond > 0) {
      long more = leftNanos + sizeBytes * SECOND_NANOS / bytesPerSecond;
      leftNanos = Math.min(graceNanos + AHEAD_NANOS, more);
    }
  }
}
