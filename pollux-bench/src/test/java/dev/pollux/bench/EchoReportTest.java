package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EchoReportTest {

  private static final long MIB = 1 << 20;

  private final Samples rows = Samples.of(EchoReport.COLUMNS);
  private int rounds = BarOptions.ROUNDS;

  @Test
  void bars_atTheirBounds_areMet() throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    assertEquals(10, count(Bar.Verdict.MET));
  }

  @Test
  void bars_pastTheirBounds_areMissed() throws IOException {
    fill(1331, 1191, 1101, 1, 82);
    assertEquals(10, count(Bar.Verdict.MISSED));
  }

  @Test
  void bars_onRatiosOfFewRounds_haveNoVerdict() throws IOException {
    rounds--;
    fill(1050, 1080, 1100, 0, 80);
    assertEquals(6, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void bars_withoutTheServerTheyAreAbout_areNotMeasured() throws IOException {
    cpu(EchoProfile.PINGPONG64, "c", 1, 1000);
    assertEquals(10, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void rows_areKeptOfEachBarOnProcessorTime(@TempDir Path folder) throws IOException {
    fill(1050, 1100, 1100, 0, 80);
    Path file = folder.resolve("bars.csv");
    BarRows.append(file, new EchoReport(rows).bars());
    List<String> lines = Files.readAllLines(file);
    assertEquals(7, lines.size());
    assertEquals("echo churn: pollux / c-thread,1.08,15,1.100,1.100,1.100", lines.get(2));
  }

  @Test
  void report_printsEveryServerOfEveryProfile_andADashForWhatIsNotKnown() throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    String text = printed(rows);
    assertEquals(
        List.of(
            "pollux 1050 ±0% 1.050 ±0% 0.750 ±0% 1000 ±0% 0% ±0% 788 ±0% 263 ±0%",
            "pollux-level 1050 ±0% 1.050 ±0% 0.750 ±0% 1000 ±0% 0% ±0% 788 ±0% 263 ±0%",
            "c-thread 1000 ±0% 1.000 ±0% 0.714 ±0% 1000 ±0% 0% ±0% 750 ±0% 250 ±0%",
            "netty-epoll 1400 ±0% 1.400 ±0% 1.000 ±0% 1000 ±0% 0% ±0% 1050 ±0% 350 ±0%",
            "pollux - - - - 80 ±0% 0.00 0"),
        text.lines()
            .filter(line -> line.matches("(c-thread|pollux|pollux-level|netty-epoll) .*"))
            .map(line -> line.replaceAll(" +", " "))
            .limit(5)
            .toList(),
        text);
    assertTrue(text.contains("15 rounds of 0.0 s. Medians of 15 rounds; ±: "), text);
  }

  /** The rows that docs/figures.md comes from. */
  @Test
  void report_ofTheRowsKeptInTheRepository_isAsPublished_andFitsItsColumns() throws IOException {
    Path data = CPrograms.moduleFolder().resolveSibling("docs").resolve("data");
    Samples kept = Samples.read(data.resolve("echo.csv"), EchoReport.COLUMNS);
    String text = printed(kept);
    assertTrue(text.lines().allMatch(line -> line.length() <= Table.COLUMNS), text);
    assertTrue(text.lines().anyMatch(line -> line.startsWith("pollux-level     8461 ±")), text);
    assertTrue(text.contains("3 rounds of 1.0 s. "), text);
    assertTrue(new EchoReport(kept).chart().title().endsWith(": 3 rounds of 1.0 s"));
  }

  private static String printed(Samples of) {
    StringWriter out = new StringWriter();
    new EchoReport(of).print(new Report(new PrintWriter(out), false, false));
    return out.toString();
  }

  private long count(Bar.Verdict verdict) {
    return new EchoReport(rows).bars().stream().filter(bar -> bar.verdict() == verdict).count();
  }

  /** Figures of Pollux beside C's (1000), Netty's (1400) and NIO's, in the profiles with bars. */
  private void fill(long pingpong, long churn, long most, long allocated, long mib)
      throws IOException {
    for (int round = 1; round <= rounds; round++) {
      for (String pollux : List.of("pollux", "pollux-level")) {
        add(EchoProfile.PINGPONG64, pollux, round, "closed", pingpong, mib * MIB, allocated);
        cpu(EchoProfile.CHURN, pollux, round, churn);
        cpu(EchoProfile.PIPELINE16, pollux, round, churn);
        cpu(EchoProfile.CONNS1000, pollux, round, most);
        add(EchoProfile.IDLE, pollux, round, "fresh", 1, mib * MIB, 0);
      }
      for (EchoProfile profile : EchoProfile.values()) {
        cpu(profile, "c-thread", round, 1000);
        cpu(profile, "netty-epoll", round, 1400);
      }
      add(EchoProfile.IDLE, "nio", round, "fresh", 1, 64 * MIB, 0);
      add(EchoProfile.IDLE, "netty-epoll", round, "fresh", 1, 161 * MIB, 0);
    }
  }

  private void cpu(EchoProfile profile, String server, int round, long nanosPerMessage)
      throws IOException {
    add(profile, server, round, "closed", nanosPerMessage, MIB, -1);
  }

  private void add(
      EchoProfile profile,
      String server,
      int round,
      String phase,
      long nanosPerMessage,
      long bytes,
      long allocated)
      throws IOException {
    int messages = 10;
    Object heap = allocated < 0 ? "" : allocated;
    rows.add(
        profile.label(),
        server,
        round,
        phase,
        0,
        messages,
        10_000_000,
        10 * nanosPerMessage,
        0,
        2 * messages,
        1,
        2,
        3,
        4,
        messages,
        3,
        1,
        bytes,
        bytes,
        heap);
  }
}
