package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BarTest {

  @Test
  void verdict_isOfTheMedian_andTheLimitItselfIsMet() {
    assertEquals(Bar.Verdict.MET, Bar.atMost(1, "%.0f", "", Spread.of(0, 1, 9)).verdict());
    assertEquals(Bar.Verdict.MISSED, Bar.atMost(1, "%.0f", "", Spread.of(0, 1.1, 9)).verdict());
    assertEquals(Bar.Verdict.MET, Bar.atLeast(1, "%.0f", "", Spread.of(0, 1, 9)).verdict());
    assertEquals(Bar.Verdict.MISSED, Bar.atLeast(1, "%.0f", "", Spread.of(0, 0.9, 9)).verdict());
  }

  @Test
  void verdict_ofTooFewRounds_isNone() {
    Bar bar = Bar.atMost(1, "%.0f", "x", Spread.of(0, 2)).needs(3, "y");
    assertEquals(Bar.Verdict.NOT_MEASURED, bar.verdict());
    assertEquals(
        "not measured  x, at most 1: too quick a run for a verdict on 1 (rounds 0 to 2)",
        bar.line(true));
  }

  @Test
  void line_hasTheFigures_orWhatIsNeededForThem() {
    Bar bar = Bar.atLeast(2, "%.1f ns", "x", Spread.of(1, 2, 3)).with("; C: 5");
    assertEquals(
        "met           x, at least 2.0 ns: 2.0 ns (rounds 1.0 ns to 3.0 ns); C: 5", bar.line(true));
    assertEquals(
        "not measured  x, at most 2: needs a C program",
        Bar.atMost(2, "%.0f", "x", Spread.NONE).needs(1, "a C program").line(true));
  }
}
