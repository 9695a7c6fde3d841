package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersCommandTest {

  private final Samples rows = Samples.of(TimersCommand.COLUMNS);

  @Test
  void bars_atTheirLimits_areMet() throws IOException {
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 1, 100, 0.5);
    assertEquals(Collections.nCopies(2, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() throws IOException {
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 1, 100.1, 16);
    assertEquals(Collections.nCopies(2, Bar.Verdict.MISSED), verdicts());
  }

  @Test
  void bars_ofTheOthersOnly_areNotMeasured() throws IOException {
    add(TimersCommand.PAIR, TimersCommand.NETTY, 1, 1, 0);
    assertEquals(Collections.nCopies(2, Bar.Verdict.NOT_MEASURED), verdicts());
  }

  @Test
  void rounds_areMediansOfTheTimesAndTheMostOfTheBytes() throws IOException {
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 1, 20, 0);
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 2, 900, 16);
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 3, 30, 0);
    assertEquals(
        List.of(30.0, 16.0),
        TimersCommand.bars(rows).stream().map(bar -> bar.measured().median()).toList());
  }

  @Test
  void print_showsEachCaseWithItsFigures() throws IOException {
    add(TimersCommand.PAIR, TimersCommand.POLLUX, 1, 25, 0);
    add(TimersCommand.PAIR, TimersCommand.NETTY, 1, 50, 80);
    add(TimersCommand.REFRESH, TimersCommand.NETTY, 1, 1234.56, 80);
    StringWriter text = new StringWriter();
    TimersCommand.print(rows, new Report(new PrintWriter(text, true), false, false));
    List<String> lines = text.toString().lines().map(l -> l.replaceAll(" +", " ")).toList();
    assertTrue(
        lines.contains("schedule + cancel Netty HashedWheelTimer 50.0 0.50 80.000"),
        lines::toString);
    assertTrue(
        lines.contains("put off a pending one Netty HashedWheelTimer 1234.6 - 80.000"),
        lines::toString);
  }

  private List<Bar.Verdict> verdicts() {
    return TimersCommand.bars(rows).stream().map(Bar::verdict).toList();
  }

  private void add(String what, String who, int round, double nanos, double bytes)
      throws IOException {
    rows.add(what, who, 1_000_000, round, nanos, bytes);
  }
}
