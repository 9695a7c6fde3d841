package dev.pollux.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import dev.pollux.cli.echo.EchoCommandIT;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Colours, widths and what cannot be written, as processes. */
class LookIT {

  private static final String ESCAPE = "\u001b[";

  @Test
  void help_inAPipe_isColouredOnlyIfAskedFor() throws Exception {
    try (Command plain = new Command("echo", "--help");
        Command coloured = new Command("echo", "--color", "always", "--help");
        Command never = new Command("--color=never", "echo", "--help")) {
      String text = plain.rest();
      assertFalse(text.contains(ESCAPE), text);
      assertTrue(coloured.rest().contains(ESCAPE));
      assertEquals(text, never.rest());
    }
  }

  @Test
  void doctor_withColours_marksWhatPasses() throws Exception {
    try (Command doctor = new Command("doctor", "--color=always")) {
      String text = doctor.rest();
      assertTrue(text.contains(ESCAPE + "32mpass" + ESCAPE + "0m"), text);
    }
  }

  /** By script(1), which gives it a terminal. */
  @ParameterizedTest
  @CsvSource({"'', true", "NO_COLOR=1, false", "NO_COLOR=, true", "TERM=dumb, false"})
  void help_onATerminal_isColouredUnlessTheEnvironmentSaysNo(String variable, boolean expected)
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String line =
        "env -u NO_COLOR TERM=xterm "
            + variable
            + " \"$JAVA\" --enable-native-access=ALL-UNNAMED -cp \"$CP\" dev.pollux.cli.Main"
            + " --help";
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
    builder.environment().put("JAVA", java);
    builder.environment().put("CP", System.getProperty("java.class.path"));
    Process process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
    try {
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertTrue(text.contains("connect"), text);
      assertEquals(expected, text.contains(ESCAPE + "1m") || text.contains(ESCAPE + "33m"), text);
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "echo --help",
        "connect --help",
        "chat serve --help",
        "chat join --help",
        "doctor --help",
        "doctor",
        "sim --help",
        "sim",
        "lab --help",
        "lab list",
        "lab run D7",
        "lab run D7 --kernel both"
      })
  void output_on60Columns_fits(String arguments) throws Exception {
    try (Command command =
        Command.under(new String[] {"env", "COLUMNS=60"}, arguments.split(" ", -1))) {
      String text = command.rest();
      assertEquals(0, command.exitCode());
      for (String line : text.split("\n", -1)) {
        String shown = line.contains(System.getProperty("java.home")) ? "" : line; // one word
        assertTrue(shown.codePointCount(0, shown.length()) <= 60, line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "--help", "echo --help", "lab list", "sim", "--version"})
  void output_thatCannotBeWritten_isAFailure(String arguments) throws Exception {
    String[] intoFull = {"sh", "-c", "exec \"$@\" >/dev/full", "sh"};
    try (Command command = Command.under(intoFull, arguments.split(" ", -1))) {
      assertEquals(1, command.exitCode());
      assertTrue(command.errors().contains("standard output"), command.errors());
      assertEquals(1, command.errors().lines().count(), command.errors());
    }
  }

  /** As below: a question mark would be sent. */
  @Test
  void text_thatTheLocaleLacks_isRefusedInWords() throws Exception {
    String[] plain = {"env", "LC_ALL=C"};
    try (Command echo = Command.under(plain, "echo", "--port", "0", "--reply", "Grüße");
        Command join = Command.under(plain, "chat", "join", "localhost:1", "--name", "Jörg")) {
      assertEquals(1, echo.exitCode());
      EchoCommandIT.assertOneLine(echo, "--reply", "the locale lacks", "LC_ALL=C.UTF-8");
      assertEquals(1, join.exitCode());
      EchoCommandIT.assertOneLine(join, "--name", "the locale lacks", "LC_ALL=C.UTF-8");
    }
  }

  /** In the locale C, Java has no word for what the shell passed on. */
  @Test
  void file_whoseNameTheLocaleLacks_isRefusedInWords(@TempDir Path folder) throws Exception {
    String[] plain = {"env", "LC_ALL=C"};
    String file = Files.createFile(folder.resolve("schlüssel.pem")).toString();
    try (Command echo = Command.under(plain, "echo", "--port", "0", "--tls", file, file);
        Command connect =
            Command.under(plain, "connect", "localhost:1", "--tls", "--trust", file)) {
      assertEquals(1, echo.exitCode());
      EchoCommandIT.assertOneLine(echo, "--tls", "the locale lacks", "LC_ALL=C.UTF-8");
      assertEquals(1, connect.exitCode());
      EchoCommandIT.assertOneLine(connect, "--trust", "the locale lacks", "LC_ALL=C.UTF-8");
    }
  }
}
