package dev.pollux.bench.echo;

import org.HdrHistogram.Histogram;

/** Counts of latencies; a percentile is off by at most 0.1 %. Those of C are by 0.8 %. */
final class LatencyHistogram {

  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(Long.MAX_VALUE, DIGITS);
  private long maximum; // the histogram's own is rounded

  void clear() {
    histogram.reset();
    maximum = 0;
  }

  /** Counts a latency; a negative one is 0. */
  void record(long nanos) {
    long value = Math.max(0, nanos);
    histogram.recordValue(value);
    maximum = Math.max(maximum, value);
  }

  long recorded() {
    return histogram.getTotalCount();
  }

  long maximum() {
    return maximum;
  }

  /** The latency that a fraction of all do not exceed; 0 if nothing was recorded. */
  long percentile(double fraction) {
    return histogram.getValueAtPercentile(100 * fraction);
  }
}
