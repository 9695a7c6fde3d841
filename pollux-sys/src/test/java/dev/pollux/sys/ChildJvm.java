package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs what would spoil the JVM of the tests, or needs its own options, in another one. */
final class ChildJvm {

  private ChildJvm() {}

  /** The lines it printed; it must end with status 0. */
  static List<String> run(Class<?> main, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    return run(main, options, Map.of(), arguments);
  }

  /** The lines it printed, with more in its environment; it must end with status 0. */
  static List<String> run(
      Class<?> main, List<String> options, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process child = builder.start();
    child.getOutputStream().close();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = output.lines().toList();
      assertEquals(0, child.waitFor(), () -> String.join("\n", lines));
      return lines;
    } finally {
      child.destroyForcibly();
    }
  }
}
