package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wake-ups, closes and waits by threads at the end of their stack, on the native kernel. */
class StackEndIT {

  static List<Arguments> calls() {
    return List.of(
        Arguments.of(Backend.EPOLL, "wakeup"),
        Arguments.of(Backend.EPOLL, "close"),
        Arguments.of(Backend.EPOLL, "await"),
        Arguments.of(Backend.POLL, "wakeup"),
        Arguments.of(Backend.POLL, "close"),
        Arguments.of(Backend.POLL, "await"),
        Arguments.of(Backend.KQUEUE, "wakeup"),
        Arguments.of(Backend.KQUEUE, "close"),
        Arguments.of(Backend.KQUEUE, "await"));
  }

  @ParameterizedTest(name = "[{0}, {1}] {displayName}")
  @MethodSource("calls")
  void call_atTheEndOfAStack_isDoneAndLeavesNothingOpen(Backend backend, String call)
      throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StackEndChild.class.getName(),
                backend.name(),
                call)
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, ProcessStreams.closeAfter(child), output);
    assertEquals("nothing left open", output.strip());
  }
}
