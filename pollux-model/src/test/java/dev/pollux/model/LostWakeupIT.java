package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With real threads no wake-up is lost, in whatever order they run; one that can be lost is found
 * in as many orders.
 */
class LostWakeupIT {

  /**
   * Of each situation. Ten find the wake-up that is lost by the child's own fault, eight do not.
   */
  private static final int ORDERS = 20;

  private static final int LIMIT_SECONDS = 300; // 105 were measured beside other work

  /** In a process of its own, because Lincheck changes the classes of the one it runs in. */
  @Test
  void waiters_inAllOrdersTried_areWoken(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", // most of the time is spent on classes that are new
                    "-XX:+EnableDynamicAgentLoading",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--enable-native-access=ALL-UNNAMED",
                    // Lincheck looks into what the threads share.
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--class-path",
                    System.getProperty("java.class.path"),
                    LincheckChild.class.getName(),
                    Integer.toString(ORDERS)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      String text = Files.readString(output);
      assertTrue(ended, () -> "deadline missed: " + text);
      assertEquals(0, process.exitValue(), text);
      assertTrue(text.endsWith("done\n"), text);
    } finally {
      process.destroyForcibly();
    }
  }
}
