package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code pollux} says when it is broken: here by a class path that lacks the poller. */
class MainIT {

  private static String[] broken() {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !Path.of(entry).toString().contains("pollux-poll"))
            .collect(Collectors.joining(File.pathSeparator));
    return new String[] {"-cp", classPath};
  }

  @Test
  void error_inACommand_isOneLineThatSaysItIsABug() throws Exception {
    for (String command : new String[] {"echo --port 0", "echo --port=0", "doctor"}) {
      try (Command pollux = Command.withJvm(broken(), command.split(" ", -1))) {
        assertEquals(1, pollux.exitCode());
        pollux.rest();
        String errors = pollux.errors();
        assertEquals(1, errors.lines().count(), errors);
        assertTrue(errors.startsWith("pollux " + command.split(" ", -1)[0] + ": "), errors);
        assertTrue(errors.contains("NoClassDefFoundError"), errors);
        assertTrue(errors.contains("this is a bug in pollux"), errors);
        assertTrue(errors.contains("POLLUX_STACK_TRACE=1"), errors);
      }
    }
  }

  @Test
  void error_withStackTraceAskedFor_showsIt() throws Exception {
    try (Command pollux =
        Command.under(
            new String[] {"env", "POLLUX_STACK_TRACE=1"}, broken(), "echo", "--port", "0")) {
      assertEquals(1, pollux.exitCode());
      String errors = pollux.errors();
      assertTrue(errors.contains("this is a bug in pollux"), errors);
      assertTrue(errors.contains("    at dev.pollux.cli.Main"), errors);
    }
  }
}
