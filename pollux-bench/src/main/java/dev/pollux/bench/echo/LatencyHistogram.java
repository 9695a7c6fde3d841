package dev.pollux.bench.echo;

import java.util.Arrays;

/**
 * Counts of latencies in log-linear buckets: 128 for each power of two, so a percentile is off by
 * at most 0.8 %. The same buckets as those of {@code echo_load.c}.
 */
final class LatencyHistogram {

  private static final int FINE = 7;

  private final long[] counts = new long[(Long.SIZE - FINE + 1) << FINE];
  private long recorded;
  private long maximum;

  void clear() {
    Arrays.fill(counts, 0);
    recorded = 0;
    maximum = 0;
  }

  /** Counts a latency; a negative one is 0. */
  void record(long nanos) {
    long value = Math.max(0, nanos);
    counts[bucket(value)]++;
    recorded++;
    maximum = Math.max(maximum, value);
  }

  long recorded() {
    return recorded;
  }

  long maximum() {
    return maximum;
  }

  /** The latency that a fraction of all do not exceed; 0 if nothing was recorded. */
  long percentile(double fraction) {
    long rank = (long) (fraction * recorded);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen > rank) {
        return value(i);
      }
    }
    return maximum;
  }

  private static int bucket(long value) {
    if (value < 2 << FINE) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - FINE;
    return (shift << FINE) + (int) (value >> shift);
  }

  /** The middle of a bucket. */
  private static long value(int bucket) {
    if (bucket < 2 << FINE) {
      return bucket;
    }
    int shift = (bucket >> FINE) - 1;
    return ((long) (bucket - (shift << FINE)) << shift) + (1L << shift) / 2;
  }
}
