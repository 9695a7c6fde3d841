package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that a process has one of, in a JVM started for it. */
class SourcesProcessIT {

  private final OpenDescriptors descriptors = new OpenDescriptors();

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
  }

  private static ProcessBuilder child(List<String> prefix, String what) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SourcesChild.class.getName(),
            what));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  @Test
  void signal_sentToTheProcess_arrivesThroughEveryPoller() throws Exception {
    Process child = child(List.of("env", "--block-signal=USR1"), "signal").start();
    try {
      BufferedReader output = child.inputReader(StandardCharsets.UTF_8);
      for (Backend backend : Backend.values()) {
        assertEquals("ready", output.readLine());
        Process kill = new ProcessBuilder("sh", "-c", "echo $$; kill -USR1 " + child.pid()).start();
        long sender = Long.parseLong(kill.inputReader().readLine());
        assertEquals(0, ProcessStreams.closeAfter(kill));
        assertEquals(backend + " 1 signal 10 from " + sender, output.readLine());
      }
    } finally {
      assertEquals(0, ProcessStreams.closeAfter(child));
    }
  }

  @Test
  void standardInput_regularFile_isAlwaysReady(@TempDir Path dir) throws Exception {
    File file = Files.writeString(dir.resolve("file"), "text").toFile();
    assertEquals(everyBackend(2), outputWithInput(ProcessBuilder.Redirect.from(file)));
  }

  @Test
  void standardInput_nullDevice_isAlwaysReady() throws Exception {
    File device = new File("/dev/null");
    assertEquals(everyBackend(2), outputWithInput(ProcessBuilder.Redirect.from(device)));
  }

  @Test
  void standardInput_emptyPipe_isNotReady() throws Exception {
    assertEquals(everyBackend(0), outputWithInput(ProcessBuilder.Redirect.PIPE));
  }

  private static List<String> outputWithInput(ProcessBuilder.Redirect input) throws Exception {
    Process child = child(List.of(), "input").redirectInput(input).start();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      return output.lines().toList();
    } finally {
      assertEquals(0, ProcessStreams.closeAfter(child));
    }
  }

  private static List<String> everyBackend(int readyCount) {
    List<String> lines = new ArrayList<>();
    for (Backend backend : Backend.values()) {
      lines.add(backend + " " + readyCount);
    }
    assertTrue(lines.size() >= 3);
    return lines;
  }
}
