package dev.pollux.net;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A bound on waiting that says, when it is missed, what was waited for. */
final class Deadline {

  /**
   * Longer than any scheduler's hiccup, shorter than anybody's patience: 10 seconds, or what {@code
   * -Dpollux.tests.deadline} says, for emulated machines.
   */
  static final int SECONDS = Integer.getInteger("pollux.tests.deadline", 10);

  private static final long LIMIT_NANOS = SECONDS * 1_000_000_000L;

  /** Between two looks at a condition: leaves the processor to whoever makes it true. */
  private static final long LOOK_AGAIN_NANOS = 20_000; // 0.02 ms

  private final String what;
  private final long endNanos = System.nanoTime() + LIMIT_NANOS;

  private Deadline(String what) {
    this.what = what;
  }

  static Deadline forThe(String what) {
    return new Deadline(what);
  }

  boolean isOver() {
    return remainingNanos() <= 0;
  }

  long remainingNanos() {
    return endNanos - System.nanoTime();
  }

  /** Looks again and again until it is so. */
  void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (isOver()) {
        throw missed("");
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  AssertionError missed(String details) {
    return new AssertionError(
        "deadline missed after " + LIMIT_NANOS / 1_000_000_000 + " s: " + what + details);
  }
}
