package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdleCommandTest {

  private static final long COUNT = IdleCommand.CONNECTIONS;

  private final Samples rows = Samples.of(IdleCommand.COLUMNS);

  @Test
  void bars_atTheirLimits_areMet() throws IOException {
    add(512, 512, 1, COUNT);
    assertEquals(Collections.nCopies(4, Bar.Verdict.MET), verdicts());
  }

  @Test
  void bars_pastTheirLimitsInEitherLook_areMissed() throws IOException {
    add(513, 512, 0, COUNT);
    assertEquals(
        List.of(Bar.Verdict.MISSED, Bar.Verdict.MET, Bar.Verdict.MET, Bar.Verdict.MET), verdicts());
    add(511, 514, 4, COUNT);
    add(511, 514, 4, COUNT);
    assertEquals(
        List.of(Bar.Verdict.MET, Bar.Verdict.MET, Bar.Verdict.MISSED, Bar.Verdict.MISSED),
        verdicts());
  }

  @Test
  void bars_ofFewerConnectionsOrWithoutTheServer_areNotMeasured() throws IOException {
    List<Bar.Verdict> none = Collections.nCopies(4, Bar.Verdict.NOT_MEASURED);
    assertEquals(none, verdicts());
    add(1, 1, 0, COUNT - 1);
    assertEquals(none, verdicts());
  }

  @Test
  void print_dividesByTheCountAndShowsADashForWhatIsNotKnown() throws IOException {
    add(300, 400, 0, COUNT);
    for (String look : List.of("none", "fresh", "used")) {
      rows.add("c", COUNT, 1, look, "", "", 5);
    }
    StringWriter out = new StringWriter();
    IdleCommand.print(rows, new Report(new PrintWriter(out), false, false));
    assertEquals(
        List.of("pollux-level 300.0 400.0 0.0 0.0 10.0 20.5", "c - - - - 0.0 0.0"),
        out.toString()
            .lines()
            .filter(line -> line.matches("(c|pollux-level) .*"))
            .map(line -> line.replaceAll(" +", " "))
            .toList());
  }

  private List<Bar.Verdict> verdicts() {
    return IdleCommand.bars(rows).stream().map(Bar::verdict).toList();
  }

  /** A round: bytes of each connection. */
  private void add(long fresh, long used, long buffer, long count) throws IOException {
    int round = rows.values("round").size() + 1;
    rows.add(EchoServers.POLLUX, count, round, "none", 7, 3, 100);
    rows.add(EchoServers.POLLUX, count, round, "fresh", 7 + fresh * count, 3, 100 + 10 * count);
    rows.add(
        EchoServers.POLLUX,
        count,
        round,
        "used",
        7 + used * count,
        3 + buffer * count,
        100 + 20 * count + count / 2);
  }
}
