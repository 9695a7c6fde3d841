package dev.pollux.loop;

import java.util.Arrays;

/**
 * How often each value occurred: a snapshot of counts in log-linear buckets.
 *
 * <p>Values below 16 have a bucket each. Above, each power of two is divided into 16 buckets, so a
 * value is known to within 1/16 of it. Percentiles are given as the upper end of their bucket:
 * never too low, and too high by 6.25% at most. Immutable.
 */
public final class Histogram {

  /** Nothing occurred. */
  public static final Histogram EMPTY = new Histogram(new long[0], 0);

  private static final int LINEAR_BITS = 4;
  private static final int LINEAR_COUNT = 1 << LINEAR_BITS; // 16

  /** Up to 2^63 - 1: 16 values, and 59 powers of two. */
  static final int BUCKET_COUNT = (Long.SIZE - LINEAR_BITS) * LINEAR_COUNT; // 960

  private final long[] counts;
  private final long count;
  private final long max;

  /** Takes the array, which ends wherever there is nothing behind. */
  Histogram(long[] counts, long max) {
    int length = counts.length;
    while (length > 0 && counts[length - 1] == 0) {
      length--;
    }
    this.counts = Arrays.copyOf(counts, length);
    long sum = 0;
    for (long each : this.counts) { // no stream: every loop makes a histogram when it starts
      sum += each;
    }
    this.count = sum;
    this.max = count == 0 ? 0 : max;
  }

  /** The bucket of a value; what is negative counts as 0. */
  static int bucket(long value) {
    if (value < LINEAR_COUNT) {
      return (int) Math.max(0, value);
    }
    int shift = Long.SIZE - 1 - LINEAR_BITS - Long.numberOfLeadingZeros(value);
    return shift * LINEAR_COUNT + (int) (value >>> shift);
  }

  /** The greatest value of a bucket. */
  static long upperEnd(int bucket) {
    if (bucket < 2 * LINEAR_COUNT) {
      return bucket;
    }
    int shift = bucket / LINEAR_COUNT - 1;
    long mantissa = (long) (bucket % LINEAR_COUNT) + LINEAR_COUNT;
    return ((mantissa + 1) << shift) - 1; // the last one wraps to 2^63 - 1, as it should
  }

  /**
   * How many values were less than this one, rounded down to the beginning of its bucket: exact for
   * values up to 32, and for powers of two.
   */
  public long countBelow(long value) {
    long sum = 0;
    for (int i = Math.min(bucket(value), counts.length) - 1; i >= 0; i--) {
      sum += counts[i];
    }
    return sum;
  }

  /** How many values there were. */
  public long count() {
    return count;
  }

  /** The greatest value, exactly; 0 if there was none. Of a difference, see {@link #since}. */
  public long max() {
    return max;
  }

  /**
   * The least value that so many percent of all do not exceed, to within a bucket: see above.
   *
   * @param percent more than 0 and up to 100
   * @return 0 if there was no value
   */
  public long percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent: " + percent + " is not in (0, 100]");
    }
    long rank = Math.clamp((long) Math.ceil(count * percent / 100), 1, Math.max(1, count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Math.min(upperEnd(i), max);
      }
    }
    return 0;
  }

  /**
   * What came since an earlier snapshot of the same histogram. Its greatest value is exact if it is
   * the greatest of all times, else the upper end of its bucket.
   */
  public Histogram since(Histogram earlier) {
    long[] difference = counts.clone();
    int last = -1;
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= i < earlier.counts.length ? earlier.counts[i] : 0;
      if (difference[i] < 0) {
        throw new IllegalArgumentException("it is not an earlier snapshot of this histogram");
      }
      last = difference[i] > 0 ? i : last;
    }
    if (earlier.counts.length > counts.length) {
      throw new IllegalArgumentException("it is not an earlier snapshot of this histogram");
    }
    boolean isGreatest = max > earlier.max;
    return new Histogram(difference, isGreatest || last < 0 ? max : Math.min(max, upperEnd(last)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Histogram that && max == that.max && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + Long.hashCode(max);
  }

  @Override
  public String toString() {
    return count == 0
        ? "none"
        : count + " values, p50 " + percentile(50) + ", p99 " + percentile(99) + ", max " + max;
  }
}
