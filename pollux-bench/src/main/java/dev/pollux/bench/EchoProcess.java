package dev.pollux.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An echo server as a child process.
 *
 * <p>Ownership: close ends the process. It ends as well, because its standard input does, when this
 * one is killed; the shipped server ends by a signal, see {@link Children}. Threads: one.
 */
final class EchoProcess implements AutoCloseable {

  /** {@code listening PORT}, or what the shipped server prints. */
  private static final Pattern LISTENING = Pattern.compile("listening (?:on [0-9.]+:)?([0-9]+)");

  private static final String UNAVAILABLE = "unavailable ";
  private static final long PATIENCE_SECONDS = 5;

  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;
  private final boolean asked;
  private int port;

  private EchoProcess(Process process, boolean asked) {
    this.process = process;
    this.asked = asked;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param asked whether it answers questions, as the servers in Java do
   * @throws UnsupportedOperationException if it says that this machine lacks what it needs
   */
  static EchoProcess start(List<String> command, OptionalInt processor, boolean asked)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Machine.tied(command, processor))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("POLLUX_JAVA_OPTS"); // what ships has none
    EchoProcess result = new EchoProcess(Children.start(builder), asked);
    boolean done = false;
    try {
      result.port = port(result.output.readLine());
      done = true;
      return result;
    } finally {
      if (!done) {
        result.close();
      }
    }
  }

  private static int port(String line) throws IOException {
    if (line == null) {
      throw new IOException("an echo server ended before it listened");
    }
    if (line.startsWith(UNAVAILABLE)) {
      throw new UnsupportedOperationException(line.substring(UNAVAILABLE.length()));
    }
    Matcher listening = LISTENING.matcher(line);
    if (!listening.lookingAt()) {
      throw new IOException("an echo server says '" + line + "'");
    }
    return Integer.parseInt(listening.group(1));
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  EchoUsage usage() throws IOException {
    return EchoUsage.of(process.pid());
  }

  /** How many bytes its threads have allocated on the heap; empty if it has none or cannot tell. */
  OptionalLong allocatedBytes() throws IOException {
    if (!asked) {
      return OptionalLong.empty();
    }
    long bytes = Long.parseLong(ask("allocated"));
    return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /** What it holds in memory, after full collections if it has a heap. */
  IdleMemory memory() throws IOException {
    Optional<String> answer = asked ? Optional.of(ask("memory")) : Optional.empty();
    return IdleMemory.parse(answer, usage().residentBytes());
  }

  private String ask(String question) throws IOException {
    input.write(question + "\n");
    input.flush();
    String line = output.readLine();
    if (line == null) {
      throw new IOException("an echo server ended when asked: " + question);
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    try {
      input.close(); // the end of its input ends it, but not the shipped one
      boolean _ = process.toHandle().destroy();
    } finally {
      end();
      output.close();
    }
  }

  private void end() throws IOException {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        int _ = Machine.exitCode(process.destroyForcibly());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted while " + process + " ended", e);
    }
  }
}
