package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistogramTest {

  private final HistogramRecorder recorder = new HistogramRecorder();

  private Histogram of(long... values) {
    for (long value : values) {
      recorder.record(value);
    }
    return recorder.snapshot();
  }

  @Test
  void buckets_fromZeroToTheGreatest_joinWithoutGap() {
    for (int bucket = 0; bucket < Histogram.BUCKET_COUNT; bucket++) {
      long upper = Histogram.upperEnd(bucket);
      assertEquals(bucket, Histogram.bucket(upper));
      if (bucket < Histogram.BUCKET_COUNT - 1) {
        assertEquals(bucket + 1, Histogram.bucket(upper + 1));
      }
    }
    assertEquals(Long.MAX_VALUE, Histogram.upperEnd(Histogram.BUCKET_COUNT - 1));
  }

  @Test
  void percentiles_ofRandomValues_areNeverLowAndOneSixteenthHighAtMost() {
    SplittableRandom random = new SplittableRandom(7);
    long[] values = new long[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong() >>> random.nextInt(1, 63);
    }
    Histogram histogram = of(values);
    Arrays.sort(values);
    for (double percent : new double[] {0.01, 1, 50, 90, 99, 99.9, 100}) {
      long exact = values[(int) Math.ceil(values.length * percent / 100) - 1];
      long estimate = histogram.percentile(percent);
      assertTrue(estimate >= exact, percent + "%: " + estimate + " < " + exact);
      assertTrue(estimate - exact <= exact / 16, percent + "%: " + estimate + " > " + exact);
    }
    assertEquals(values[values.length - 1], histogram.max());
    assertEquals(values.length, histogram.count());
  }

  @Test
  void countBelow_isExactAtPowersOfTwo() {
    Histogram histogram = of(0, 15, 16, 31, 32, 1023, 1024, 1025, Long.MAX_VALUE);
    assertEquals(0, histogram.countBelow(0));
    assertEquals(1, histogram.countBelow(15));
    assertEquals(4, histogram.countBelow(32));
    assertEquals(5, histogram.countBelow(1023)); // rounded down
    assertEquals(6, histogram.countBelow(1024));
    assertEquals(8, histogram.countBelow(Long.MAX_VALUE));
    assertEquals(0, of().since(of()).countBelow(Long.MAX_VALUE));
  }

  @Test
  void empty_hasNothing() {
    assertEquals(0, of().count());
    assertEquals(0, of().max());
    assertEquals(0, of().percentile(99));
    assertEquals(Histogram.EMPTY, of());
    assertEquals("none", of().toString());
  }

  @Test
  void percentile_outsideItsRange_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> of(1).percentile(0));
    assertThrows(IllegalArgumentException.class, () -> of(1).percentile(100.1));
    assertThrows(IllegalArgumentException.class, () -> of(1).percentile(Double.NaN));
  }

  @Test
  void negative_countsAsZero() {
    assertEquals(1, of(-5).count());
    assertEquals(0, of().percentile(100));
  }

  @Test
  void since_anEarlierSnapshot_countsWhatCameAfter() {
    Histogram earlier = of(3, 1_000);
    Histogram later = of(5, 5, 2_000);
    Histogram difference = later.since(earlier);
    assertEquals(3, difference.count());
    assertEquals(5, difference.percentile(50));
    assertEquals(2_000, difference.max());
    assertEquals(0, later.since(later).count());
    assertEquals(later, later.since(Histogram.EMPTY));
  }

  @Test
  void since_whenTheGreatestIsOlder_hasTheEndOfTheGreatestBucket() {
    Histogram earlier = of(5_000);
    assertEquals(103, of(100).since(earlier).max()); // 100 to 103 share a bucket
  }

  @Test
  void since_aLaterSnapshot_isRefused() {
    Histogram earlier = of(3);
    Histogram later = of(3, 70);
    assertThrows(IllegalArgumentException.class, () -> earlier.since(later));
  }
}
