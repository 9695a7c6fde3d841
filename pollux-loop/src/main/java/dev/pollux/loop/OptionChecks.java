package dev.pollux.loop;

import java.time.Duration;

/** What values of options have to be. */
final class OptionChecks {

  /**
   * The longest time, 146 years: a longer one counts as this. So the sum of a moment and a time is
   * a moment, and two of them can be compared by their difference.
   */
  static final long MAX_NANOS = Long.MAX_VALUE / 2;

  private static final Duration MAX = Duration.ofNanos(MAX_NANOS);

  private OptionChecks() {}

  /** The value; if it is less than that, an IllegalArgumentException that says so. */
  static int atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + ": " + value + " is less than " + least);
    }
    return value;
  }

  /** The time in nanoseconds; if it is less than that, an IllegalArgumentException. */
  static long nanosAtLeast(String what, Duration time, Duration least) {
    if (time.compareTo(least) < 0) {
      throw new IllegalArgumentException(what + ": " + time + " is less than " + least);
    }
    return time.compareTo(MAX) < 0 ? time.toNanos() : MAX_NANOS;
  }
}
