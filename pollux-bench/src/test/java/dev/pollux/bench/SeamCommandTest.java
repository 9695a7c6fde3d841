package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeamCommandTest {

  private final Samples rows = Samples.of(SeamCommand.COLUMNS);

  @Test
  void parse_takesTheMedian_andWordsAreAnError() throws IOException {
    assertEquals(160.5, SeamCommand.parse("161.0 160.0 150.5 900.25"));
    assertThrows(IOException.class, () -> SeamCommand.parse("fast"));
  }

  @Test
  void difference_isTakenWithinEachRound() throws IOException {
    add(1, 200, 160, 0);
    add(2, 1000, 990, 0);
    add(3, 300, 200, 0);
    assertEquals(40, SeamCommand.bars(rows).getFirst().measured().median());
  }

  @Test
  void bars_atTheirLimits_areMet() throws IOException {
    add(1, 200, 160, 0.5);
    assertEquals(List.of(Bar.Verdict.MET, Bar.Verdict.NOT_MEASURED, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimits_areMissed() throws IOException {
    add(1, 200.1, 160, 16);
    assertEquals(
        List.of(Bar.Verdict.MISSED, Bar.Verdict.NOT_MEASURED, Bar.Verdict.MISSED), verdicts());
  }

  @Test
  void print_showsEachCall_withADashForWhatDidNotTakePart() throws IOException {
    add(1, 200, 160, 0.01);
    StringWriter out = new StringWriter();
    SeamCommand.print(rows, new Report(new PrintWriter(out), false, false));
    assertTrue(
        out.toString()
            .lines()
            .map(line -> line.replaceAll(" +", " "))
            .anyMatch("epoll_wait 200.0 - 160.0 - +40.0 - 0.010"::equals),
        out.toString());
  }

  private List<Bar.Verdict> verdicts() {
    return SeamCommand.bars(rows).stream().map(Bar::verdict).toList();
  }

  private void add(int round, double sys, double c, double bytes) throws IOException {
    rows.add("epoll_wait", SeamCommand.SYS, round, sys, bytes);
    rows.add("epoll_wait", CThreads.C, round, c, "");
  }
}
