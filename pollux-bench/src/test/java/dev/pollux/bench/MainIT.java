package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Short runs of the commands with the processes that they start. */
class MainIT {

  private final StringWriter output = new StringWriter();
  private final StringWriter complaints = new StringWriter();

  @TempDir private Path folder;

  @Test
  void pipes_printsEveryPoint_andItsRowsGiveTheSameReport() throws IOException {
    Path csv = folder.resolve("pipes.csv");
    Path chart = folder.resolve("pipes.svg");
    run("pipes --quick --runs 1 --cpu -1 --csv " + csv + " --chart " + chart);
    String measured = report("          N ");
    String row = "(epoll|poll|select|kqueue) .*";
    assertEquals(12, measured.lines().filter(line -> line.matches(row)).count());
    assertEquals(7, measured.lines().filter(line -> line.startsWith("not measured ")).count());
    // Java, C and C2, at three sizes of three backends, and Java on kqueue, twice
    assertEquals(1 + 3 * (3 * 3 + 1) * 2, Files.readAllLines(csv).size());
    String svg = Files.readString(chart);
    output.getBuffer().setLength(0);
    run("pipes --from " + csv + " --chart " + chart);
    assertEquals(
        measured.lines().takeWhile(line -> !line.startsWith("written")).toList(),
        report("          N ").lines().takeWhile(line -> !line.startsWith("written")).toList());
    assertEquals(svg.length(), Files.readString(chart).length());
  }

  @Test
  void pipes_bars_measuresTheirPoints_andKeepsTheirRows() throws IOException {
    Path rows = folder.resolve("bars.csv");
    run("pipes --bars --sizes 1000 --c-threads 2 --cpu -1 --runs 1 --rows " + rows);
    String text = output.toString();
    assertEquals(1, text.lines().filter(each -> each.matches("epoll +1000 .*")).count(), text);
    assertTrue(text.contains("by the rule of three runs, from " + rows), text);
    assertEquals(2, Files.readAllLines(rows).size());
  }

  @Test
  void pipes_withoutC_saysSoAndDoesNotMeasureTheBarsAgainstIt() {
    run("pipes --quick --runs 1 --cpu -1 --c-threads 0 --backends epoll --sizes 100,1000");
    String text = output.toString();
    assertTrue(text.contains("C: not wanted"), text);
    assertTrue(text.contains("not measured  pipes epoll N = 1000"), text);
  }

  /** One fork for all commands on JMH: .ci/run has quick runs of them. */
  @Test
  void jmh_measuresAMethodInAJvmOfItsOwn_andLeavesItsJson() throws IOException {
    Path json = folder.resolve("jmh.json");
    Jmh jmh = new Jmh();
    new CommandLine(jmh).parseArgs("--json", json.toString());
    Jmh.Score score =
        jmh.measure(
            ModelBenchmark.class,
            "waitForReady",
            Map.of("items", 100, "ready", 1),
            List.of("-Xmx64m"),
            true,
            OptionalInt.empty());
    assertTrue(score.nanos() >= score.bestNanos() && score.bestNanos() > 0, score.toString());
    JsonArray results = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
    assertEquals(score, Jmh.Score.of(results.get(0).getAsJsonObject()));
  }

  @Test
  void echo_printsEveryServerOfEveryProfile() {
    run("echo --quick --servers c,nio --profiles pingpong64,idle --idle 50");
    String text = output.toString();
    // in two tables for each profile
    assertEquals(8, text.lines().filter(row -> row.matches("(c|nio) .*")).count(), text);
    assertEquals(10, text.lines().filter(row -> row.startsWith("not measured")).count(), text);
    assertTrue(text.lines().allMatch(row -> row.length() <= Table.COLUMNS), text);
  }

  @Test
  void http_printsEveryServerOfEveryScenario_andItsRowsGiveTheSameReport() {
    Path csv = folder.resolve("http.csv");
    run("http --quick --own-load --servers pollux,c --scenarios plaintext64,post1k --csv " + csv);
    String measured = report("plaintext64: ");
    // in one table or more for each of plaintext64, the same at the fixed rate, and post1k
    assertTrue(measured.matches("(?s).*\nplaintext64 at \\d+ a second\n.*\npost1k: .*"), measured);
    assertTrue(measured.lines().filter(row -> row.matches("(c|pollux) .*")).count() >= 6, measured);
    long bars = measured.lines().filter(line -> line.startsWith("not measured ")).count();
    assertEquals(HttpReportTest.BARS, bars, measured);
    output.getBuffer().setLength(0);
    run("http --from " + csv);
    assertEquals(
        measured.lines().takeWhile(line -> !line.startsWith("written")).toList(),
        report("plaintext64: ").lines().toList());
  }

  @Test
  void http_ofFilesAndTls_printsTheirServers_orSaysThatWrkIsMissing() {
    run("http --quick --servers c,netty-files,netty-jdk --scenarios post1k,files20,tls64");
    String text = output.toString();
    if (HttpLoad.isInstalled()) {
      assertTrue(text.lines().anyMatch(row -> row.startsWith("netty-files ")), text);
      assertTrue(text.lines().anyMatch(row -> row.startsWith("netty-jdk ")), text);
    } else {
      assertTrue(text.contains("\nfiles20: left out") && text.contains("\ntls64: left out"), text);
    }
  }

  @Test
  void http_ofSocketsAndProxies_printsTheirServers() {
    run("http --quick --own-load --servers c-ws,pollux,pollux-proxy --scenarios ws64,proxy64");
    String text = output.toString();
    for (String server : List.of("c-ws", "pollux", "pollux-proxy")) {
      assertTrue(text.lines().anyMatch(row -> row.startsWith(server + " ")), text);
    }
  }

  @Test
  void http_ofWhatTheOwnLoadDoesNotSend_leavesItOutInWords() {
    run("http --quick --own-load --servers c --scenarios post1k,plaintext64,files20,tls64");
    String text = output.toString();
    assertTrue(text.contains("files20: left out") && text.contains("tls64: left out"), text);
    assertFalse(text.contains("\nfiles20: 64 connections"), text);
    assertTrue(text.contains("\npost1k: 64 connections"), text);
  }

  @Test
  void tls_printsARowOfTheServer() {
    run("tls --quick --cpu -1 --servers pollux");
    assertTrue(
        output.toString().lines().anyMatch(line -> line.matches("pollux( +[0-9.-]+){7}")),
        output::toString);
  }

  @Test
  void idle_printsEveryServerAndNoVerdict() {
    run("idle --quick --cpu -1 --connections 100 --servers pollux-level,c");
    String text = output.toString();
    assertEquals(2, text.lines().filter(row -> row.matches("(c|pollux-level) .*")).count(), text);
    assertEquals(4, text.lines().filter(row -> row.startsWith("not measured ")).count(), text);
  }

  /** From a line on: what was measured, without where. */
  private String report(String first) {
    return output.toString().substring(output.toString().indexOf(first));
  }

  private void run(String line) {
    int status =
        Main.run(
            line.split(" ", -1), new PrintWriter(output, true), new PrintWriter(complaints, true));
    assertEquals(0, status, complaints.toString());
  }
}
