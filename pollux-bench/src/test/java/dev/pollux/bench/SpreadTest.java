package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void median_isTheMiddleFigure_orTheMeanOfTheTwoInTheMiddle() {
    assertEquals(3, Spread.of(List.of(9L, 1L, 3L)).median());
    assertEquals(2.5, Spread.of(4, 1, 3, 2).median());
  }

  @Test
  void figures_ofNothing_areNoNumbers() {
    assertEquals(Double.NaN, Spread.NONE.median());
    assertEquals(Double.NaN, Spread.NONE.least());
    assertEquals(Double.NaN, Spread.NONE.greatest());
    assertEquals("-", Spread.NONE.cell("%.1f"));
  }

  @Test
  void ends_areTheLeastAndTheGreatest_andWhatIsNoNumberIsLeftOut() {
    Spread spread = Spread.of(5, Double.NaN, -2, 7, Double.POSITIVE_INFINITY);
    assertEquals(-2, spread.least());
    assertEquals(7, spread.greatest());
    assertEquals(3, spread.count());
    assertEquals(14, spread.times(2).greatest());
  }

  @Test
  void cell_hasTheMedianAndHalfOfTheWayBetweenTheEnds() {
    assertEquals("100.0 ±15%", Spread.of(90, 100, 120).cell("%.1f"));
    assertEquals("100 ±0%", Spread.of(100, 100).cell("%.0f"));
    assertEquals("1 ±50x", Spread.of(1, 1, 101).cell("%.0f"));
  }

  @Test
  void cell_ofOneRoundOrOfNothingAllocated_hasNoSpread() {
    assertEquals("100", Spread.of(100).cell("%.0f"));
    assertEquals("0.00", Spread.of(0, 0, 3).cell("%.2f"));
  }

  @Test
  void text_hasTheEnds() {
    assertEquals("1.00 (rounds 0.90 to 1.20)", Spread.of(0.9, 1, 1.2).text("%.2f"));
    assertEquals("1.00", Spread.of(1).text("%.2f"));
  }

  @Test
  void line_throughPointsOnALine_hasItsSlopeAndFitsFully() {
    Spread.Line line = Spread.line(new double[] {0, 10, 20}, new double[] {5, 25, 45});
    assertEquals(2, line.slope(), 1e-9);
    assertEquals(1, line.fit(), 1e-9);
  }

  @Test
  void line_throughACurve_fitsLess() {
    Spread.Line line = Spread.line(new double[] {0, 1, 2}, new double[] {1, 0, 1});
    assertEquals(0, line.slope(), 1e-9);
    assertEquals(0, line.fit(), 1e-9);
  }

  @Test
  void line_ofUnequalCounts_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Spread.line(new double[1], new double[2]));
  }
}
