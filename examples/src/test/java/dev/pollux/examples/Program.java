package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An example as a process: the classes under test, run by the JVM of this test. */
public final class Program implements AutoCloseable {

  private static final long LIMIT_SECONDS = 30;

  private final Process process;
  private final Path errors;
  private final int port;
  private boolean isKilled;

  /** Starts it on any free port, and waits until it listens. */
  public Program(Class<?> main, String... moreArguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-ea", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    line.add("--enable-native-access=ALL-UNNAMED");
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), "0"));
    line.addAll(List.of(moreArguments));
    errors = Files.createTempFile("pollux-example", ".err");
    process = new ProcessBuilder(line).redirectError(Redirect.to(errors.toFile())).start();
    BufferedReader output = process.inputReader();
    String first = output.readLine();
    assertTrue(
        first != null && first.matches("listening on 127\\.0\\.0\\.1:\\d+"), first + errors());
    port = Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
  }

  public int port() {
    return port;
  }

  Client connect() throws IOException {
    return new Client(port);
  }

  /** Kills it: nobody is told. */
  public void kill() {
    isKilled = true;
    process.destroyForcibly().onExit().join();
  }

  private String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Ends it; it must have said nothing about errors. */
  @Override
  public void close() throws IOException {
    assertTrue(process.isAlive() || isKilled, "it ended by itself: " + errors());
    process.destroy();
    try {
      assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "it does not end");
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
    String said = errors();
    Files.delete(errors);
    assertTrue(said.isEmpty(), said);
  }
}
