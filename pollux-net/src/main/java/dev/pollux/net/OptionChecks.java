package dev.pollux.net;

import java.time.Duration;

/** What values of options have to be; else an IllegalArgumentException says what, value, bound. */
final class OptionChecks {

  /**
   * The longest time, 146 years: a longer one counts as this. So the sum of a moment and a time is
   * a moment, and two of them can be compared by their difference.
   */
  private static final long MAX_NANOS = Long.MAX_VALUE / 2;

  private static final Duration MAX = Duration.ofNanos(MAX_NANOS);

  private OptionChecks() {}

  static int atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + ": " + value + " is less than " + least);
    }
    return value;
  }

  static int within(String what, int value, int least, int most) {
    if (value > most) {
      throw new IllegalArgumentException(what + ": " + value + " is more than " + most);
    }
    return atLeast(what, value, least);
  }

  /** The time in nanoseconds; zero is allowed, and less is not. */
  static long nanos(String what, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(what + ": " + time + " is less than " + Duration.ZERO);
    }
    return time.compareTo(MAX) < 0 ? time.toNanos() : MAX_NANOS;
  }
}
