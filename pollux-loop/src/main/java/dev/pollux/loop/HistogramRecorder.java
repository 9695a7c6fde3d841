package dev.pollux.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts values for a {@link Histogram}, allocating nothing. Threads: one records, any takes
 * snapshots, none waits for another.
 */
final class HistogramRecorder {

  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle MAX;

  static {
    try {
      MAX = MethodHandles.lookup().findVarHandle(HistogramRecorder.class, "max", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long[] counts = new long[Histogram.BUCKET_COUNT];
  private long max;

  /** One more value. The recording thread. */
  void record(long value) {
    if (value > max) {
      MAX.setOpaque(this, value);
    }
    int bucket = Histogram.bucket(value);
    // Pairs with snapshot's getAcquire: who sees the value counted sees a maximum that covers it.
    COUNT.setRelease(counts, bucket, counts[bucket] + 1);
  }

  /**
   * What was recorded so far. Values that are recorded meanwhile are in it or not, each for itself.
   */
  Histogram snapshot() {
    long[] copy = new long[counts.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (long) COUNT.getAcquire(counts, i); // pairs with record's setRelease
    }
    return new Histogram(copy, (long) MAX.getOpaque(this));
  }
}
