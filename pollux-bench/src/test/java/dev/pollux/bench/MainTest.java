package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  private static final List<String> COMMANDS =
      List.of(
          "pipes",
          "echo",
          "http",
          "idle",
          "allocation",
          "input",
          "metrics",
          "start",
          "seam",
          "timers",
          "model",
          "sim",
          "tls");

  private final StringWriter output = new StringWriter();
  private final StringWriter complaints = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense                    | nonsense",
        "pipes --nonsense            | --nonsense",
        "pipes --active 0            | --active is at least 1, not 0",
        "pipes --active x            | 'x' is not an int",
        "pipes --writes -1           | --writes is at least 0, not -1",
        "pipes --rounds 0            | --rounds is at least 1, not 0",
        "pipes --runs 0              | --runs is at least 1, not 0",
        "pipes --sizes 99            | --sizes has 99, less than the 100 active pairs",
        "pipes --sizes 2000000000    | no size fits the limit",
        "pipes --backends devpoll    | devpoll",
        "pipes --c-threads 3         | --c-threads takes 0, 1 and 2, not 3",
        "pipes --cpu 1000000         | --cpu takes -1 to",
        "pipes --rows x --rounds 14  | --rows needs 15 rounds and no --quick",
        "echo --rows x --quick       | --rows needs 15 rounds and no --quick",
        "echo --rows x               | --rows needs 15 rounds and no --quick",
        "seam --rounds 0             | --rounds is at least 1, not 0",
        "timers --rounds 0           | --rounds is at least 1, not 0",
        "timers --pending 0          | --pending is at least 1, not 0",
        "sim --rounds 0              | --rounds is at least 1, not 0",
        "model --rounds 0            | --rounds is at least 1, not 0",
        "echo --rounds 0             | --rounds is at least 1, not 0",
        "echo --seconds 0            | --seconds takes 0.01 to 3600 seconds, not 0",
        "echo --rate 0               | --rate is at least 1, not 0",
        "echo --idle -1              | --idle is at least 0, not -1",
        "echo --servers c,apache     | --servers does not know 'apache'",
        "echo --profiles burst       | --profiles does not know 'burst'",
        "echo --load-core -2         | --server-core and --load-core are at least -1",
        "echo --server-core 1000000  | and no number 1000000",
        "http --rounds 0             | --rounds is at least 1, not 0",
        "http --seconds 0            | --seconds is at least 1, not 0",
        "http --warmup 0             | --warmup is at least 1, not 0",
        "http --rate 0               | --rate is at least 1, not 0",
        "http --servers c,apache     | --servers does not know 'apache'",
        "http --scenarios upload     | --scenarios does not know 'upload'",
        "http --load-core -2         | --server-core and --load-core are at least -1",
        "http --chart svg            | --chart takes a file .svg or .png, not svg",
        "idle --connections 0        | --connections is at least 1, not 0",
        "idle --servers apache       | --servers does not know 'apache'",
        "start --rounds 0            | --rounds is at least 1, not 0",
        "tls --rounds 0              | --rounds is at least 1, not 0",
        "tls --servers apache        | --servers does not know 'apache'",
        "input --packets 0           | --packets is at least 1, not 0",
        "metrics --requests 0        | --requests is at least 1, not 0",
        "pipes --chart x.bmp         | --chart takes a file .svg or .png, not x.bmp",
        "echo --chart svg            | --chart takes a file .svg or .png, not svg",
      })
  void badOptions_endWithStatus2AndOneLineThatNamesThem(String line, String expected) {
    int status = run(line.split(" +", -1));
    assertEquals(2, status, complaints.toString());
    assertEquals(1, complaints.toString().lines().count(), complaints.toString());
    assertTrue(complaints.toString().contains(expected), complaints.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "ecoh, echo",
    "pipes --backend epoll, --backends",
    "seam --round 3, --rounds",
    "echo --server c, --servers"
  })
  void nearMisses_areAnsweredByWhatWasMeant(String line, String meant) {
    assertEquals(2, run(line.split(" ", -1)));
    assertTrue(
        complaints.toString().contains("; did you mean " + meant + "?"), complaints.toString());
  }

  @Test
  void atSign_isNoFileOfArguments(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("arguments"), "pipes --help");
    assertEquals(2, run("@" + file));
    assertTrue(complaints.toString().contains("@" + file), complaints.toString());
  }

  @Test
  void help_ofEachCommand_endsWithStatus0() {
    assertEquals(0, run());
    String commands = output.toString();
    for (String name : COMMANDS) {
      assertTrue(commands.contains("\n  " + name + " "), commands);
      assertEquals(0, run(name, "--help"));
    }
    assertEquals("", complaints.toString());
    assertTrue(output.toString().contains("--backends"), output.toString());
  }

  @Test
  void help_on60Columns_fits() {
    assertEquals(0, help("--help"));
    COMMANDS.forEach(name -> assertEquals(0, help(name, "--help")));
    output.toString().lines().forEach(line -> assertTrue(line.length() <= 60, line));
  }

  private int help(String... args) {
    return Main.run(args, new PrintWriter(output), new PrintWriter(complaints), 60);
  }

  @Test
  void output_thatCannotBeWritten_isAFailure() {
    PrintWriter full = new PrintWriter(new FullDisk(), false, UTF_8);
    assertEquals(1, Main.run(new String[] {"--help"}, full, new PrintWriter(complaints, true)));
    assertEquals(
        "pollux bench: not everything could be written to standard output\n",
        complaints.toString());
  }

  /** Takes nothing, as /dev/full. */
  private static final class FullDisk extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "seam --csv NONE/x.csv, cannot write --csv NONE/x.csv: there is no folder NONE",
    "seam --csv FOLDER, cannot write --csv FOLDER: it is a folder",
    "seam --json NONE/x, cannot write --json NONE/x: there is no folder NONE",
    "pipes --chart NONE/x.svg, cannot write --chart NONE/x.svg: there is no folder NONE",
    "echo --bars --rows NONE/x, cannot write --rows NONE/x: there is no folder NONE",
    "seam --from NONE, cannot read --from NONE: there is no such file; name a file that is there",
    "seam --from FOLDER, cannot read --from FOLDER: Is a directory",
  })
  void file_thatCannotBeUsed_isToldBeforeAnythingIsMeasured(
      String line, String expected, @TempDir Path folder) {
    UnaryOperator<String> named =
        text -> text.replace("NONE", folder + "/none").replace("FOLDER", folder.toString());
    assertEquals(1, run(named.apply(line).split(" ", -1)));
    String complaint = complaints.toString();
    assertTrue(complaint.contains(named.apply(expected)), complaint);
    assertEquals(1, complaint.lines().count(), complaint);
  }

  @Test
  void color_isObeyedByHelpAndByVerdicts(@TempDir Path folder) throws IOException {
    assertEquals(0, run("pipes", "--help", "--color=always"));
    assertTrue(output.toString().contains("\033[1m"), output.toString());
    Path rows = folder.resolve("seam.csv");
    Samples seam = Samples.writingTo(rows, SeamCommand.COLUMNS);
    seam.add("epoll_wait", SeamCommand.SYS, 1, 200, 0);
    assertEquals(0, run("seam", "--from", rows.toString(), "--color", "always"));
    assertTrue(output.toString().contains("\033[32mmet\033[0m"), output.toString());
    output.getBuffer().setLength(0);
    assertEquals(0, run("seam", "--from", rows.toString(), "--color=never"));
    assertFalse(output.toString().contains("\033["), output.toString());
  }

  @Test
  void from_takesTheRowsOfAFile_andMeasuresNothing(@TempDir Path folder) throws IOException {
    Path rows = folder.resolve("timers.csv");
    Samples timers = Samples.writingTo(rows, TimersCommand.COLUMNS);
    timers.add(TimersCommand.PAIR, TimersCommand.POLLUX, 1000, 1, 25, 0);
    assertEquals(0, run("timers", "--from", rows.toString()), complaints.toString());
    assertTrue(output.toString().contains("met           schedule + cancel among 1000"));
    assertEquals(2, run("timers", "--from", rows.toString(), "--csv", "x"));
    assertEquals(1, run("model", "--from", rows.toString()));
    assertTrue(complaints.toString().contains("has no rows of this benchmark"));
  }

  private int run(String... args) {
    return Main.run(args, new PrintWriter(output, true), new PrintWriter(complaints, true));
  }
}
