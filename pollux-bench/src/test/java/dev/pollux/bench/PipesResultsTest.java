package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PipesResultsTest {

  private final PipesResults results = new PipesResults();
  private int rounds = BarOptions.ROUNDS;

  @Test
  void ratio_isTheMedianOfTheRoundsRatios_notTheRatioOfTheMedians() {
    add(Backend.EPOLL, 1000, Contestant.JAVA, 1, 110, 110, 110);
    add(Backend.EPOLL, 1000, Contestant.C, 1, 100, 100, 100);
    add(Backend.EPOLL, 1000, Contestant.JAVA, 2, 1000, 1000, 1000); // the machine was slow
    add(Backend.EPOLL, 1000, Contestant.C, 2, 1000, 1000, 1000);
    add(Backend.EPOLL, 1000, Contestant.JAVA, 3, 210, 210, 210);
    add(Backend.EPOLL, 1000, Contestant.C, 3, 100, 100, 100);
    assertEquals(List.of(1.1, 1.0, 2.1), results.pairedRatios(Backend.EPOLL, 1000, Contestant.C));
    assertEquals(1.1, results.ratio(Backend.EPOLL, 1000, Contestant.C).orElseThrow());
  }

  @Test
  void ratio_withoutTheOther_isEmpty() {
    add(Backend.EPOLL, 1000, Contestant.JAVA, 1, 110);
    assertTrue(results.ratio(Backend.EPOLL, 1000, Contestant.C).isEmpty());
  }

  @Test
  void medianAndMinimum_areOverAllRoundsOfThePoint() {
    add(Backend.POLL, 100, Contestant.JAVA, 1, 10, 20, 30);
    add(Backend.POLL, 100, Contestant.JAVA, 2, 40, 50);
    add(Backend.POLL, 200, Contestant.JAVA, 1, 1);
    add(Backend.POLL, 100, Contestant.C, 1, 2);
    assertEquals(30, results.median(Backend.POLL, 100, Contestant.JAVA));
    assertEquals(10, results.minimum(Backend.POLL, 100, Contestant.JAVA));
  }

  @Test
  void bars_ofGoodFigures_areMet() {
    fill(n -> 1.049, n -> 300, n -> 200 + n * 0.1);
    assertEquals(List.of(true, true, true, true, true), met());
  }

  @Test
  void bars_ofBadFigures_areMissed() {
    fill(n -> 1.2, n -> 300 + n * 0.1, n -> 300);
    assertEquals(List.of(false, false, false, false, false), met());
  }

  @Test
  void bars_withoutPointsToJudge_areNotMeasured() {
    add(Backend.EPOLL, 300, Contestant.JAVA, 1, 10);
    for (Bar bar : new PipesBars(results, 100, true).all()) {
      assertEquals(Bar.Verdict.NOT_MEASURED, bar.verdict(), bar.toString());
    }
  }

  @Test
  void bars_onRatiosOfFewRounds_haveNoVerdict() {
    rounds--;
    fill(n -> 1.049, n -> 300, n -> 200 + n * 0.1);
    assertEquals(List.of(true, true, true, false, false), met());
    assertEquals(
        Bar.Verdict.NOT_MEASURED, new PipesBars(results, 100, true).all().getLast().verdict());
  }

  @Test
  void rows_areOneForEachBarOnARatio() {
    fill(n -> n == 1000 ? 1.25 : 1.0, n -> 300, n -> 200);
    assertEquals(
        List.of(
            "pipes epoll N = 1000: Java / C with an idle second thread,1.05,15,1.250,1.250,1.250",
            "pipes epoll N = 8000: Java / C with an idle second thread,1.05,15,1.000,1.000,1.000"),
        new PipesBars(results, 100, true).rows().stream().map(BarRows.Row::line).toList());
  }

  @Test
  void report_printsEveryPointAndEveryBar() {
    fill(n -> 1.2, n -> 300, n -> 200 + n * 0.1);
    StringWriter out = new StringWriter();
    new PipesReport(results, new PipesBars(results, 100, true), new PrintWriter(out)).print();
    String text = out.toString();
    assertEquals(9, text.lines().filter(line -> line.matches("(epoll|poll|select) .*")).count());
    assertEquals(2, text.lines().filter(line -> line.startsWith("missed")).count(), text);
    assertTrue(text.contains("1.200"), text);
  }

  @Test
  void csv_hasALineForEachRun(@TempDir Path folder) throws IOException {
    add(Backend.SELECT, 100, Contestant.C_TWO_THREADS, 2, 7, 8);
    Path file = folder.resolve("pipes.csv");
    results.writeCsv(file);
    assertEquals(
        List.of(
            "backend,pairs,active,writes,contestant,round,run,nanos",
            "select,100,100,100,\"C, 2 threads\",2,1,7",
            "select,100,100,100,\"C, 2 threads\",2,2,8"),
        Files.readAllLines(file));
  }

  @Test
  void chart_isWrittenAsValidPngAndSvg(@TempDir Path folder) throws Exception {
    fill(n -> 1.2, n -> 300, n -> 200 + n * 0.1);
    Path png = folder.resolve("chart.png");
    Path svg = folder.resolve("chart.svg");
    PipesChart chart = new PipesChart(results, "test");
    chart.writePng(png);
    chart.writeSvg(svg);
    assertEquals("\u0089PNG", Files.readString(png, StandardCharsets.ISO_8859_1).substring(0, 4));
    assertEquals(900, ImageIO.read(png.toFile()).getWidth());
    String text = Files.readString(svg);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document document = factory.newDocumentBuilder().parse(svg.toFile());
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertTrue(text.contains("rgb(27,120,55)"), "no line has the colour of epoll");
  }

  private List<Boolean> met() {
    return new PipesBars(results, 100, true)
        .all().stream().map(bar -> bar.verdict() == Bar.Verdict.MET).toList();
  }

  /** Three backends and sizes: Java's ratio to C, and the times by N of epoll and of the others. */
  private void fill(
      IntToDoubleFunction ratio, IntToDoubleFunction epoll, IntToDoubleFunction others) {
    for (Backend backend : Backend.values()) {
      for (int n : new int[] {100, 1000, 8000}) {
        long nanos =
            Math.round(1000 * (backend == Backend.EPOLL ? epoll : others).applyAsDouble(n));
        for (int round = 1; round <= rounds; round++) {
          add(backend, n, Contestant.JAVA, round, nanos);
          long c = Math.round(nanos / ratio.applyAsDouble(n));
          add(backend, n, Contestant.C_TWO_THREADS, round, c);
        }
      }
    }
  }

  private void add(Backend backend, int pairs, Contestant contestant, int round, long... nanos) {
    PipesSpec spec = new PipesSpec(backend, pairs, 100, 100, 0, nanos.length, 256);
    List<Long> times = LongStream.of(nanos).boxed().toList();
    results.add(
        spec,
        contestant,
        round,
        new PipesSample(spec.expectedBytes(), Arrays.stream(nanos).sum(), 2, times));
  }
}
