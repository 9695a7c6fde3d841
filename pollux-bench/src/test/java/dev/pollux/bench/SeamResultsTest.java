package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeamResultsTest {

  private final SeamResults results = new SeamResults(true);

  @Test
  void parse_takesTheMedian() throws IOException {
    assertEquals(160.5, SeamResults.parse("161.0 160.0 150.5 900.25"));
  }

  @Test
  void parse_ofWords_isAnError() {
    assertThrows(IOException.class, () -> SeamResults.parse("fast"));
  }

  @Test
  void difference_isTakenWithinEachRound() {
    add(200, 160, 0);
    add(1000, 990, 0);
    add(300, 200, 0);
    assertEquals(40, results.difference(SeamCall.EPOLL_WAIT, Contestant.C).orElseThrow());
  }

  @Test
  void bars_atTheirLimits_areMet() {
    add(200, 160, 0.5);
    assertEquals(List.of(Bar.Verdict.MET, Bar.Verdict.NOT_MEASURED, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() {
    add(200.1, 160, 16);
    assertEquals(
        List.of(Bar.Verdict.MISSED, Bar.Verdict.NOT_MEASURED, Bar.Verdict.MISSED), verdicts());
  }

  private List<Bar.Verdict> verdicts() {
    return results.bars().stream().map(Bar::verdict).toList();
  }

  private void add(double sys, double c, double bytes) {
    results.add(
        SeamCall.EPOLL_WAIT, new SeamResults.Round(sys, sys, bytes, Map.of(Contestant.C, c)));
  }
}
