package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerResultsTest {

  private final TimerResults results = new TimerResults(1_000_000, true);

  @Test
  void bars_atTheirLimits_areMet() {
    add(TimerCase.PAIR_POLLUX, 100, 0.5);
    assertEquals(Collections.nCopies(2, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() {
    add(TimerCase.PAIR_POLLUX, 100.1, 16);
    assertEquals(Collections.nCopies(2, Bar.Verdict.MISSED), verdicts());
  }

  @Test
  void bars_ofTheOthersOnly_areNotMeasured() {
    add(TimerCase.PAIR_NETTY, 1, 0);
    assertEquals(Collections.nCopies(2, Bar.Verdict.NOT_MEASURED), verdicts());
  }

  @Test
  void rounds_areMediansOfTheTimesAndTheMostOfTheBytes() {
    add(TimerCase.PAIR_POLLUX, 20, 0);
    add(TimerCase.PAIR_POLLUX, 900, 16);
    add(TimerCase.PAIR_POLLUX, 30, 0);
    assertEquals(
        List.of("30.0 ns", "16.0000 B"), results.bars().stream().map(Bar::figures).toList());
  }

  @Test
  void print_showsEachCaseWithItsFigures() {
    add(TimerCase.PAIR_POLLUX, 25, 0);
    add(TimerCase.REFRESH_NETTY, 1234.56, 80);
    StringWriter text = new StringWriter();
    results.print(new PrintWriter(text, true));
    List<String> lines = text.toString().lines().map(l -> l.replaceAll(" +", " ")).toList();
    assertTrue(lines.contains("schedule + cancel Pollux TimerWheel 25.0 0.000"), text.toString());
    assertTrue(
        lines.contains("put off a pending one Netty HashedWheelTimer 1234.6 80.000"),
        text.toString());
    assertTrue(text.toString().contains("at most 100 ns among 1,000,000"), text.toString());
  }

  private List<Bar.Verdict> verdicts() {
    return results.bars().stream().map(Bar::verdict).toList();
  }

  private void add(TimerCase each, double nanos, double bytes) {
    results.add(each, new JmhRun.Score(nanos, nanos / 2, bytes));
  }
}
