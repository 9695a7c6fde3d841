package dev.pollux.bench.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void percentiles_ofNothing_areZero() {
    assertEquals(0, histogram.percentile(0.5));
    assertEquals(0, histogram.recorded());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 255, 256, 257, 1000, 65_535, 1_000_000, Long.MAX_VALUE})
  void percentile_ofOneValue_isThatValueWithinABucket(long value) {
    histogram.record(value);
    long seen = histogram.percentile(0.5);
    assertTrue(Math.abs(seen - value) <= value / 128, value + " became " + seen);
    assertEquals(value, histogram.maximum());
  }

  @Test
  void percentiles_ofAThousandValues_areTheOnesAtTheirRank() {
    for (int i = 1; i <= 1000; i++) {
      histogram.record(i * 1000L);
    }
    assertEquals(501_000.0, (double) histogram.percentile(0.5), 4_000.0);
    assertEquals(991_000.0, (double) histogram.percentile(0.99), 8_000.0);
    assertEquals(1_000_000.0, (double) histogram.percentile(0.999), 8_000.0);
  }

  @Test
  void record_ofANegativeLatency_isZero() {
    histogram.record(-5);
    assertEquals(0, histogram.percentile(0.99));
    assertEquals(1, histogram.recorded());
  }
}
