package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private final StringWriter output = new StringWriter();
  private final StringWriter complaints = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | name a command: pipes, echo, idle, allocation, input, start,"
            + " seam",
        "nonsense                    | nonsense",
        "pipes --nonsense            | --nonsense",
        "pipes --active 0            | --active is at least 1, not 0",
        "pipes --active x            | 'x' is not an int",
        "pipes --writes -1           | --writes is at least 0, not -1",
        "pipes --rounds 0            | --rounds is at least 1, not 0",
        "pipes --runs 0              | --runs is at least 1, not 0",
        "pipes --sizes 99            | --sizes has 99, less than the 100 active pairs",
        "pipes --sizes 2000000000    | no size fits the limit",
        "pipes --backends kqueue     | kqueue",
        "pipes --c-threads 3         | --c-threads takes 0, 1 and 2, not 3",
        "pipes --cpu 1000000         | --cpu takes -1 to",
        "pipes --rows x --rounds 14  | --rows needs 15 rounds and no --quick",
        "echo --rows x --quick       | --rows needs 15 rounds and no --quick",
        "echo --rows x               | --rows needs 15 rounds and no --quick",
        "seam --rounds 0             | --rounds is at least 1, not 0",
        "timers --rounds 0           | --rounds is at least 1, not 0",
        "timers --pending 0          | --pending is at least 1, not 0",
        "model --rounds 0            | --rounds is at least 1, not 0",
        "echo --rounds 0             | --rounds is at least 1, not 0",
        "echo --seconds 0            | --seconds takes 0.01 to 3600 seconds, not 0",
        "echo --rate 0               | --rate is at least 1, not 0",
        "echo --idle -1              | --idle is at least 0, not -1",
        "echo --servers c,apache     | --servers does not know 'apache'",
        "echo --profiles burst       | --profiles does not know 'burst'",
        "echo --load-core -2         | --server-core and --load-core are at least -1",
        "echo --server-core 1000000  | and no number 1000000",
        "idle --connections 0        | --connections is at least 1, not 0",
        "idle --servers apache       | --servers does not know 'apache'",
        "start --rounds 0            | --rounds is at least 1, not 0",
        "tls --rounds 0              | --rounds is at least 1, not 0",
        "tls --servers apache        | --servers does not know 'apache'",
        "input --packets 0           | --packets is at least 1, not 0",
      })
  void badOptions_endWithStatus2AndOneLineThatNamesThem(String line, String expected) {
    int status = run(line.isEmpty() ? new String[0] : line.split(" +", -1));
    assertEquals(2, status, complaints.toString());
    assertEquals(1, complaints.toString().lines().count(), complaints.toString());
    assertTrue(complaints.toString().contains(expected), complaints.toString());
  }

  @Test
  void help_ofEachCommand_endsWithStatus0() {
    assertEquals(0, run("--help"));
    assertEquals(0, run("pipes", "--help"));
    assertEquals(0, run("seam", "--help"));
    assertEquals(0, run("timers", "--help"));
    assertEquals(0, run("model", "--help"));
    assertEquals(0, run("echo", "--help"));
    assertEquals(0, run("idle", "--help"));
    assertEquals(0, run("allocation", "--help"));
    assertEquals(0, run("start", "--help"));
    assertEquals("", complaints.toString());
    assertTrue(output.toString().contains("--backends"), output.toString());
  }

  @Test
  void pipes_quick_printsEveryPointAndWritesItsFiles(@TempDir Path folder) {
    assertEquals(0, run("pipes", "--quick", "--cpu", "-1", "--out", folder.toString()));
    String text = output.toString();
    assertEquals("", complaints.toString());
    assertEquals(9, text.lines().filter(line -> line.matches("(epoll|poll|select) .*")).count());
    assertEquals(5, text.lines().filter(line -> line.startsWith("not measured ")).count(), text);
    for (String name : List.of("pipes.csv", "pipes.svg", "pipes.png")) {
      assertTrue(Files.isRegularFile(folder.resolve(name)), name);
    }
  }

  @Test
  void pipes_bars_measuresTheirPoints_andKeepsTheirRows(@TempDir Path folder) throws IOException {
    Path rows = folder.resolve("bars.csv");
    String line = "pipes --bars --c-threads 2 --cpu -1 --runs 1 --rows " + rows;
    assertEquals(0, run(line.split(" ", -1)), complaints.toString());
    String text = output.toString();
    assertEquals(2, text.lines().filter(each -> each.matches("epoll +[18]000 .*")).count(), text);
    assertEquals(2, text.lines().filter(each -> each.contains("needs 3 runs")).count(), text);
    assertEquals(3, Files.readAllLines(rows).size());
  }

  @Test
  void pipes_withoutC_saysSoAndDoesNotMeasureTheBarsAgainstIt() {
    assertEquals(
        0, run("pipes", "--quick", "--cpu", "-1", "--c-threads", "0", "--sizes", "100,1000"));
    String text = output.toString();
    assertTrue(text.contains("C: not wanted"), text);
    assertTrue(text.contains("not measured  epoll at N = 1000"), text);
  }

  @Test
  void seam_quick_printsEveryCallAndBar() {
    assertEquals(0, run("seam", "--quick", "--cpu", "-1"), complaints.toString());
    String text = output.toString();
    for (SeamCall call : SeamCall.values()) {
      assertTrue(text.lines().anyMatch(line -> line.startsWith(call.label() + " ")), text);
    }
    assertEquals(3, text.lines().filter(line -> line.startsWith("not measured ")).count(), text);
  }

  @Test
  void timers_quick_printsEveryCaseAndBar() {
    assertEquals(0, run("timers", "--quick", "--cpu", "-1"), complaints.toString());
    String text = output.toString();
    for (TimerCase each : TimerCase.values()) {
      String row = "%s +%s .*".formatted(Pattern.quote(each.what()), Pattern.quote(each.who()));
      assertTrue(text.lines().anyMatch(line -> line.matches(row)), text);
    }
    assertEquals(2, text.lines().filter(line -> line.startsWith("not measured ")).count(), text);
  }

  @Test
  void model_quick_printsEveryPointAndBar() {
    assertEquals(0, run("model", "--quick", "--cpu", "-1"), complaints.toString());
    String text = output.toString();
    for (ModelCase each : ModelCase.values()) {
      assertTrue(text.lines().anyMatch(line -> line.startsWith(each.label() + " ")), text);
    }
    assertTrue(text.contains("B for each registration"), text);
    assertEquals(4, text.lines().filter(line -> line.startsWith("not measured ")).count(), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--java-load"})
  void echo_quick_printsEveryServerOfEveryProfileAndWritesItsFiles(
      String option, @TempDir Path folder) {
    Path csv = folder.resolve("echo.csv");
    Path chart = folder.resolve("echo.svg");
    String line =
        "echo --quick --servers c,nio --profiles pingpong64,idle --idle 50 --csv %s --chart %s %s"
            .formatted(csv, chart, option);
    assertEquals(0, run(line.strip().split(" ", -1)), complaints.toString());
    String text = output.toString();
    assertEquals(4, text.lines().filter(row -> row.matches("(c|nio) .*")).count(), text);
    assertEquals(10, text.lines().filter(row -> row.startsWith("not measured")).count(), text);
    assertTrue(Files.isRegularFile(csv) && Files.isRegularFile(chart), text);
  }

  @Test
  void tls_quick_printsARowOfTheServer() {
    assertEquals(
        0, run("tls", "--quick", "--cpu", "-1", "--servers", "pollux"), complaints.toString());
    assertTrue(
        output.toString().lines().anyMatch(line -> line.matches("pollux( +[0-9.]+){6}")),
        output::toString);
  }

  @Test
  void idle_quick_printsEveryServerAndNoVerdict() {
    assertEquals(
        0,
        run(
            "idle",
            "--quick",
            "--cpu",
            "-1",
            "--connections",
            "100",
            "--servers",
            "pollux-level,c"),
        complaints.toString());
    String text = output.toString();
    assertEquals(2, text.lines().filter(row -> row.matches("(c|pollux-level) .*")).count(), text);
    assertEquals(2, text.lines().filter(row -> row.startsWith("not measured ")).count(), text);
  }

  private int run(String... args) {
    return Main.run(args, new PrintWriter(output, true), new PrintWriter(complaints, true));
  }
}
