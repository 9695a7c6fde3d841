package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that has never made a system call wakes a loop while there is no native memory. */
class DirectMemoryIT {

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void execute_whenDirectMemoryIsUsedUp_tellsTheCallerOrWorksAndTheLoopGoesOn() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxDirectMemorySize=4m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                DirectMemoryChild.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = child.inputReader()) {
      assertEquals(
          List.of("told or worked", "task 0", "task 1", "task 2", "stopped"),
          output.lines().toList());
      assertEquals(0, child.waitFor());
    } finally {
      child.destroyForcibly();
    }
  }
}
