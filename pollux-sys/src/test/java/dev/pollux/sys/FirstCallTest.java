package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls for which there is no memory: of the kind that is limited, and of the stack. */
class FirstCallTest {

  private static List<String> run(String what, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            FirstCallChild.class.getName(),
            what));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      return output.lines().toList();
    } finally {
      child.getOutputStream().close();
      assertEquals(0, child.waitFor());
    }
  }

  @Test
  void call_firstOfItsThreadWithDirectMemoryFull_isMade() throws Exception {
    assertEquals(
        List.of("first call of a thread: EBADF", "second call: EBADF", "buffers: many"),
        run("direct-memory", "-XX:MaxDirectMemorySize=1m"));
  }

  @Test
  void call_noStackLeft_throwsThatAndLaterCallsAreMade() throws Exception {
    assertEquals(
        List.of(
            "thrown: [java.lang.StackOverflowError]",
            "0 calls were made that did not return",
            "afterwards: EBADF",
            "afterwards, variadic: EBADF"),
        run("deep"));
  }
}
