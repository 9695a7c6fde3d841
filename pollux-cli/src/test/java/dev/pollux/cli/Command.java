package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code pollux} process: the classes under test, run by the JVM of this test. */
public final class Command implements AutoCloseable {

  private static final long LIMIT_SECONDS = 60;

  public final Process process;
  private final BufferedReader output;
  private final Path errors;

  public Command(String... arguments) throws IOException {
    this(Redirect.PIPE, arguments);
  }

  public Command(Redirect input, String... arguments) throws IOException {
    this(new String[0], new String[0], input, arguments);
  }

  /** The process with more options for its JVM; a later class path replaces that of this test. */
  public static Command withJvm(String[] options, String... arguments) throws IOException {
    return new Command(new String[0], options, Redirect.PIPE, arguments);
  }

  /** The process started by another program, such as strace, which ends with it. */
  public static Command under(String[] launcher, String... arguments) throws IOException {
    return new Command(launcher, new String[0], Redirect.PIPE, arguments);
  }

  /** Both of the above. */
  public static Command under(String[] launcher, String[] options, String... arguments)
      throws IOException {
    return new Command(launcher, options, Redirect.PIPE, arguments);
  }

  private Command(String[] launcher, String[] options, Redirect input, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(List.of(launcher));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-XX:+UseSerialGC");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-Xshare:auto");
    line.add("--enable-native-access=ALL-UNNAMED");
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.addAll(List.of(options));
    line.add("dev.pollux.cli.Main");
    line.addAll(List.of(arguments));
    errors = Files.createTempFile("pollux", ".err");
    process = new ProcessBuilder(line).redirectInput(input).redirectError(errors.toFile()).start();
    output = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
  }

  /** The next line of its output. */
  public String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("no more output; errors: " + errors());
    }
    return line;
  }

  /** Reads lines until one is this. */
  public void awaitLine(String expected) throws IOException {
    while (!line().equals(expected)) {}
  }

  /** The port of the line {@code listening on HOST:PORT (…)}. */
  public int listeningPort() throws IOException {
    String line = line();
    int colon = line.lastIndexOf(':');
    assertTrue(line.startsWith("listening on ") && colon > 0, line);
    return Integer.parseInt(line.substring(colon + 1, line.indexOf(' ', colon)));
  }

  public void input(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(ISO_8859_1));
    process.getOutputStream().flush();
  }

  public OutputStream input() {
    return process.getOutputStream();
  }

  /** What is left of its output. */
  public String rest() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = output.read(); c >= 0; c = output.read()) {
      text.append((char) c);
    }
    return text.toString();
  }

  public String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Sends a signal by its name. */
  public void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  public int exitCode() throws Exception {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "the process does not end");
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(errors);
  }
}
