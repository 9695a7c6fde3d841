package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.EchoResults.Entry;
import dev.pollux.bench.EchoResults.Phase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EchoResultsTest {

  private static final long MIB = 1 << 20;

  private EchoResults results = new EchoResults();

  @Test
  void cpuRatio_isTheMedianOfTheRoundsRatios_notTheRatioOfTheMedians() throws IOException {
    cpu(EchoProfile.PINGPONG64, "nio", 1, 1100);
    cpu(EchoProfile.PINGPONG64, "c", 1, 1000);
    cpu(EchoProfile.PINGPONG64, "c", 2, 10_000); // the machine was slow
    cpu(EchoProfile.PINGPONG64, "nio", 2, 10_000);
    cpu(EchoProfile.PINGPONG64, "nio", 3, 2100);
    cpu(EchoProfile.PINGPONG64, "c", 3, 1000);
    assertEquals(1.1, ratio("nio", "c"));
  }

  @Test
  void cpuRatio_ofARoundWithoutMessages_leavesItOut() throws IOException {
    cpu(EchoProfile.PINGPONG64, "nio", 1, 1200);
    cpu(EchoProfile.PINGPONG64, "c", 1, 1000);
    cpu(EchoProfile.PINGPONG64, "nio", 2, 1500);
    add(EchoProfile.PINGPONG64, "c", 2, Phase.CLOSED, sample(0, 1000), 0, 0);
    assertEquals(1.2, ratio("nio", "c"));
    assertEquals(
        1000, results.median(EchoProfile.PINGPONG64, "c", Phase.CLOSED, Entry::cpuPerMessage));
  }

  @Test
  void cpuRatio_ofAnotherPhaseOrProfile_isEmpty() throws IOException {
    cpu(EchoProfile.PINGPONG64, "nio", 1, 1100);
    cpu(EchoProfile.CHURN, "c", 1, 1000);
    assertTrue(results.cpuRatio(EchoProfile.PINGPONG64, "nio", "c", Phase.CLOSED).isEmpty());
    cpu(EchoProfile.PINGPONG64, "c", 1, 1000);
    assertTrue(results.cpuRatio(EchoProfile.PINGPONG64, "nio", "c", Phase.FIXED).isEmpty());
  }

  @Test
  void bars_atTheirBounds_areMet() throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    assertEquals(List.of(), verdicts(true, Bar.Verdict.MISSED));
    assertEquals(10, verdicts(true, Bar.Verdict.MET).size());
  }

  @Test
  void rows_areOneForEachBarOnProcessorTimeThatWasMeasured() throws IOException {
    cpu(EchoProfile.CHURN, "c-thread", 1, 1000);
    cpu(EchoProfile.CHURN, "pollux", 1, 1100);
    assertEquals(
        List.of("echo churn: pollux / c-thread,1.08,1,1.100,1.100,1.100"),
        new EchoBars(results, true).rows().stream().map(BarRows.Row::line).toList());
  }

  @Test
  void bars_pastTheirBounds_areMissed() throws IOException {
    fill(1331, 1191, 1101, 1, 82);
    assertEquals(10, verdicts(true, Bar.Verdict.MISSED).size());
  }

  @Test
  void bars_ofAQuickRun_haveNoVerdict() throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    assertEquals(10, verdicts(false, Bar.Verdict.NOT_MEASURED).size());
  }

  @Test
  void bars_withoutTheServerTheyAreAbout_areNotMeasured() throws IOException {
    cpu(EchoProfile.PINGPONG64, "c", 1, 1000);
    assertEquals(10, verdicts(true, Bar.Verdict.NOT_MEASURED).size());
  }

  @Test
  void report_printsEveryServerOfEveryProfile_andADashForWhatIsNotKnown() throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    StringWriter out = new StringWriter();
    new EchoReport(results, new EchoBars(results, true), new PrintWriter(out)).print();
    String text = out.toString();
    assertEquals(
        List.of(
            "pollux               1050    788     263       -   0.750       1000    0%"
                + "         -        -        -        -     80      0.00           0",
            "c-thread             1000    750     250       -   0.714       1000    0%"
                + "         -        -        -        -      1         -           -",
            "netty-epoll          1400   1050     350       -   1.000       1000    0%"
                + "         -        -        -        -      1         -           -"),
        text.lines()
            .filter(line -> line.matches("(c-thread|pollux|netty-epoll) .*"))
            .limit(3)
            .toList());
    assertEquals(10, text.lines().filter(line -> line.startsWith("met ")).count(), text);
  }

  @Test
  void csv_hasALineForEachSample_asSoonAsItIsAdded(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("echo.csv");
    Files.writeString(file, "of an older run\n");
    results = EchoResults.writingTo(file);
    assertEquals(1, Files.readAllLines(file).size());
    add(EchoProfile.BULK, "nio", 2, Phase.FIXED, sample(10, 500), 3 * MIB, 7);
    assertEquals(2, Files.readAllLines(file).size());
    add(EchoProfile.BULK, "c", 2, Phase.CLOSED, sample(10, 400), MIB, -1);
    List<String> lines = Files.readAllLines(file);
    assertEquals(3, lines.size());
    assertEquals(
        "bulk,nio,2,fixed,123,10,10000000,5000,0,20,1,2,3,4,10,3,1,3145728,3145728,7",
        lines.get(1));
    assertEquals(
        "bulk,c,2,closed,0,10,10000000,4000,0,20,1,2,3,4,10,3,1,1048576,1048576,", lines.get(2));
    assertEquals(lines.get(0).split(",", -1).length, lines.get(2).split(",", -1).length);
  }

  @Test
  void chart_isWrittenAsSvg(@TempDir Path folder) throws IOException {
    fill(1050, 1080, 1100, 0, 80);
    Path file = folder.resolve("echo.svg");
    new EchoChart(results, "2 rounds").writeSvg(file);
    assertTrue(Files.readString(file).contains("<svg"));
  }

  /** Figures of Pollux beside C's (1000), Netty's (1400) and NIO's, in the profiles with bars. */
  private void fill(long pingpong, long churn, long most, long allocated, long mib)
      throws IOException {
    for (int round = 1; round <= 2; round++) {
      for (String pollux : List.of("pollux", "pollux-level")) {
        add(
            EchoProfile.PINGPONG64,
            pollux,
            round,
            Phase.CLOSED,
            sample(10, pingpong),
            mib * MIB,
            allocated);
        cpu(EchoProfile.CHURN, pollux, round, churn);
        cpu(EchoProfile.PIPELINE16, pollux, round, churn);
        cpu(EchoProfile.CONNS1000, pollux, round, most);
        add(EchoProfile.IDLE, pollux, round, Phase.FRESH, sample(10, 1), mib * MIB, 0);
      }
      for (EchoProfile profile : EchoProfile.values()) {
        cpu(profile, "c-thread", round, 1000);
        cpu(profile, "netty-epoll", round, 1400);
      }
      add(EchoProfile.IDLE, "nio", round, Phase.FRESH, sample(10, 1), 64 * MIB, 0);
      add(EchoProfile.IDLE, "netty-epoll", round, Phase.FRESH, sample(10, 1), 161 * MIB, 0);
    }
  }

  private void cpu(EchoProfile profile, String server, int round, long nanosPerMessage)
      throws IOException {
    add(profile, server, round, Phase.CLOSED, sample(10, nanosPerMessage), MIB, -1);
  }

  private static EchoSample sample(long messages, long nanosPerMessage) {
    return new EchoSample(
        messages, 10_000_000, 10 * nanosPerMessage, 0, 2 * messages, 1, 2, 3, 4, messages);
  }

  private void add(
      EchoProfile profile,
      String server,
      int round,
      Phase phase,
      EchoSample sample,
      long bytes,
      long allocated)
      throws IOException {
    EchoUsage usage = new EchoUsage(3, 1, bytes, bytes);
    OptionalLong heap = allocated < 0 ? OptionalLong.empty() : OptionalLong.of(allocated);
    long rate = phase == Phase.FIXED ? 123 : 0;
    results.add(new Entry(profile, server, round, phase, rate, sample, usage, heap));
  }

  private double ratio(String server, String other) {
    return results.cpuRatio(EchoProfile.PINGPONG64, server, other, Phase.CLOSED).orElseThrow();
  }

  private List<Bar> verdicts(boolean judged, Bar.Verdict verdict) {
    return new EchoBars(results, judged)
        .all().stream().filter(bar -> bar.verdict() == verdict).toList();
  }
}
