package dev.pollux.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A child process that answers a line for each line. Between two questions it is blocked in a read,
 * so it takes no time from what is measured meanwhile.
 *
 * <p>Ownership: close ends the process; a shutdown hook ends it when this one is told to end. The
 * launcher and taskset become what they start, so the handle is the server's. Threads: one.
 * Blocking: {@link #ask} until the answer.
 *
 * <p>Not guaranteed: its end when this process is killed with SIGKILL, after which nothing runs;
 * what reads its standard input ends with that.
 */
final class Child implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 5;
  private static final Set<ProcessHandle> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(ProcessHandle::destroy), "end-children"));
  }

  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;

  private Child(Process process) {
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a process.
   *
   * @param processor the processor it is tied to, if any
   */
  static Child start(List<String> command, OptionalInt processor) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Machine.tied(command, processor))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("POLLUX_JAVA_OPTS"); // what ships has none
    Process process = builder.start();
    ProcessHandle handle = process.toHandle();
    RUNNING.add(handle);
    var _ = handle.onExit().thenAccept(RUNNING::remove);
    return new Child(process);
  }

  long pid() {
    return process.pid();
  }

  /** The next line that it prints. */
  String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException(process.info().command().orElse("a child process") + " has ended");
    }
    return line;
  }

  /** Sends a line and returns the answer. */
  String ask(String question) throws IOException {
    input.write(question + "\n");
    input.flush();
    try {
      return line();
    } catch (IOException e) {
      throw new IOException("a child process ended when asked to: " + question, e);
    }
  }

  /** Sends a line to a C program and returns the answer, without its {@code ok}. */
  String askC(String question) throws IOException {
    return payload(ask(question));
  }

  /** What follows {@code ok}; an {@code error}, or anything else, is thrown. */
  static String payload(String answer) throws IOException {
    if (answer.equals("ok") || answer.startsWith("ok ")) {
      return answer.substring(2).strip();
    }
    throw new IOException(
        "the C program says: "
            + (answer.startsWith("error ") ? answer.substring(6) : "'" + answer + "'"));
  }

  /** Reads to the end of its output, and returns its exit code. */
  int ended() throws IOException {
    while (output.readLine() != null) {
      // to the end
    }
    return Machine.exitCode(process);
  }

  @Override
  public void close() throws IOException {
    try {
      input.close(); // the end of its input ends it, but not the shipped server
    } catch (IOException e) {
      // It has ended already, and with it its end of the pipe.
    }
    boolean _ = process.toHandle().destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        int _ = Machine.exitCode(process.destroyForcibly());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted while " + process + " ended", e);
    } finally {
      output.close();
    }
  }
}
