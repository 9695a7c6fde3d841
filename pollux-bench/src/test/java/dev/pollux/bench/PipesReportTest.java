package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipesReportTest {

  private static final JavaPipes.Spec SPEC = new JavaPipes.Spec(Backend.POLL, 50, 10, 5, 1, 3, 256);

  private final Samples rows = Samples.of(PipesReport.COLUMNS);
  private int rounds = BarOptions.ROUNDS;

  @Test
  void command_namesAllParametersInTheirOrder() {
    assertEquals("run poll 50 10 5 1 3 256", SPEC.command());
  }

  @Test
  void answer_thatIsGood_isARow() throws IOException {
    PipesReport.add(rows, SPEC, CThreads.C, 2, "45 9000 6 300 100 200");
    assertEquals(List.of("45"), rows.values("bytes"));
    assertEquals(List.of("300 100 200"), rows.values("nanos"));
  }

  @Test
  void answer_thatIsNot_saysWhatIsWrong() {
    assertTrue(failure("45 9000 6 300 100").contains("poll, 50 pairs, C: 2 times, not 3"));
    assertTrue(failure("45 9000 6 300 oops 200").contains("oops"));
    assertTrue(failure("44 9000 6 300 100 200").contains("44 bytes were read, not 45"));
  }

  @Test
  void bars_ofGoodFigures_areMet() throws IOException {
    fill(n -> 1.049, n -> 300, n -> 200 + n * 0.1);
    assertEquals(7, count(Bar.Verdict.MET));
  }

  @Test
  void bars_ofBadFigures_areMissed() throws IOException {
    fill(n -> 1.2, n -> 300 + n * 0.1, n -> n == 1000 ? 900 : 300);
    assertEquals(7, count(Bar.Verdict.MISSED));
  }

  @Test
  void bars_withoutPointsToJudge_areNotMeasured() throws IOException {
    add(Backend.EPOLL, 300, CThreads.JAVA, 1, 10);
    assertEquals(7, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void bars_onRatiosOfFewRounds_haveNoVerdict() throws IOException {
    rounds--;
    fill(n -> 1.049, n -> 300, n -> 200 + n * 0.1);
    assertEquals(5, count(Bar.Verdict.MET));
    assertEquals(2, count(Bar.Verdict.NOT_MEASURED));
  }

  @Test
  void rows_areKeptOfEachBarOnARatio(@TempDir Path folder) throws IOException {
    fill(n -> n == 1000 ? 1.25 : 1.0, n -> 300, n -> 200);
    Path file = folder.resolve("bars.csv");
    BarRows.append(file, new PipesReport(rows).bars());
    assertEquals(
        List.of(
            "pipes epoll N = 1000: Java / C with an idle second thread,1.05,15,1.250,1.250,1.250",
            "pipes epoll N = 8000: Java / C with an idle second thread,1.05,15,1.000,1.000,1.000"),
        Files.readAllLines(file).subList(1, 3));
  }

  @Test
  void report_printsEveryPoint_andTheChartHasItsTerms() throws IOException {
    fill(n -> 1.2, n -> 300, n -> 200 + n * 0.1);
    StringWriter out = new StringWriter();
    PipesReport pipes = new PipesReport(rows);
    pipes.print(new Report(new PrintWriter(out), false, false));
    String text = out.toString();
    assertEquals(9, text.lines().filter(line -> line.matches("(epoll|poll|select) .*")).count());
    assertTrue(text.lines().allMatch(line -> line.length() <= Table.COLUMNS), text);
    assertTrue(text.contains("1.200 ±0%"), text);
    assertTrue(text.contains("A = 100, W = 100, 15 rounds. Medians of 15 rounds; ±"), text);
    assertTrue(pipes.chart().title().endsWith(": A = 100, W = 100, 15 rounds"));
  }

  private String failure(String answer) {
    return assertThrows(IOException.class, () -> PipesReport.add(rows, SPEC, CThreads.C, 1, answer))
        .getMessage();
  }

  private long count(Bar.Verdict verdict) {
    return new PipesReport(rows).bars().stream().filter(bar -> bar.verdict() == verdict).count();
  }

  /** Three backends and sizes: Java's ratio to C, and the times by N of epoll and of the others. */
  private void fill(
      IntToDoubleFunction ratio, IntToDoubleFunction epoll, IntToDoubleFunction others)
      throws IOException {
    for (Backend backend : Backend.values()) {
      for (int n : new int[] {100, 1000, 8000}) {
        long nanos =
            Math.round(1000 * (backend == Backend.EPOLL ? epoll : others).applyAsDouble(n));
        for (int round = 1; round <= rounds; round++) {
          add(backend, n, CThreads.JAVA, round, nanos);
          add(backend, n, CThreads.C2, round, Math.round(nanos / ratio.applyAsDouble(n)));
        }
      }
    }
  }

  private void add(Backend backend, int pairs, String who, int round, long nanos)
      throws IOException {
    JavaPipes.Spec spec = new JavaPipes.Spec(backend, pairs, 100, 100, 0, 1, 256);
    PipesReport.add(rows, spec, who, round, "200 %d 2 %d".formatted(nanos, nanos));
  }
}
