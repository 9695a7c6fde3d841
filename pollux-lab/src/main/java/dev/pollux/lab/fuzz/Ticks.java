package dev.pollux.lab.fuzz;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clock of a program, which both kernels share: ticks so long that a program does between two
 * of them whatever it does, on both kernels.
 *
 * <p>What is due after n ticks is due in the middle between two: so it has happened, on both
 * kernels, when the program has let n ticks pass, and not before. On a machine that is busy a
 * program can be late, when it comes too near to that middle; its differences mean nothing then.
 *
 * <p>Units: nanoseconds of the real clock. Threads: one.
 */
final class Ticks {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(12);

  private final LongSupplier clock;
  private int scale = 1;
  private long startNanos;
  private int passed;
  private boolean isLate;

  Ticks(LongSupplier clock) {
    this.clock = clock;
    restart(1);
  }

  /** Begins anew, with tick 0; ticks are so many times as long as usual. */
  void restart(int newScale) {
    scale = newScale;
    startNanos = clock.getAsLong();
    passed = 0;
    isLate = false;
  }

  /** When something is due that should happen after so many ticks, at least one. */
  long dueNanos(int ticks) {
    return startNanos + (passed + ticks) * tick() - tick() / 2;
  }

  /** When so many ticks will be over. */
  long afterNanos(int ticks) {
    return startNanos + (passed + ticks) * tick();
  }

  /** So many ticks are over. */
  void pass(int ticks) {
    passed += ticks;
  }

  private long tick() {
    return scale * TICK_NANOS;
  }

  /** Whether the program was too slow for its tick; looks at the clock. */
  boolean isLate() {
    isLate |= clock.getAsLong() - startNanos - passed * tick() > tick() / 3;
    return isLate;
  }
}
