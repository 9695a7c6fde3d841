package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatsTest {

  @Test
  void median_ofAnOddCount_isTheMiddleValue() {
    assertEquals(3, Stats.median(List.of(9L, 1L, 3L)));
  }

  @Test
  void median_ofAnEvenCount_isTheMeanOfTheTwoInTheMiddle() {
    assertEquals(2.5, Stats.median(List.of(4, 1, 3, 2)));
  }

  @Test
  void figures_ofNothing_areNotNumbers() {
    assertEquals(Double.NaN, Stats.median(List.<Long>of()));
    assertEquals(Double.NaN, Stats.minimum(List.<Long>of()));
    assertEquals(Double.NaN, Stats.maximum(List.<Long>of()));
  }

  @Test
  void minimumAndMaximum_areTheEnds() {
    assertEquals(-2, Stats.minimum(List.of(5, -2, 7)));
    assertEquals(7, Stats.maximum(List.of(5, -2, 7)));
  }

  @Test
  void line_throughPointsOnALine_hasItsSlopeAndFitsFully() {
    Stats.Line line = Stats.line(new double[] {0, 10, 20}, new double[] {5, 25, 45});
    assertEquals(2, line.slope(), 1e-9);
    assertEquals(1, line.fit(), 1e-9);
  }

  @Test
  void line_throughACurve_fitsLess() {
    Stats.Line line = Stats.line(new double[] {0, 1, 2}, new double[] {1, 0, 1});
    assertEquals(0, line.slope(), 1e-9);
    assertEquals(0, line.fit(), 1e-9);
  }

  @Test
  void line_ofUnequalCounts_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Stats.line(new double[1], new double[2]));
  }
}
