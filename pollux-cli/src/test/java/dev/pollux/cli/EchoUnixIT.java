package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code pollux echo --unix} does about what lies at its path, as a process. */
class EchoUnixIT {

  /** However this test was started: a job in the background may ignore signals. */
  private static final String[] HEARS_SIGNALS = {"env", "--default-signal=HUP,INT,TERM"};

  @TempDir private Path folder;

  private Path killedServersSocket() throws Exception {
    Path path = folder.resolve("stale.sock");
    try (Command server = new Command("echo", "--unix", path.toString())) {
      assertTrue(server.line().startsWith("listening on "));
      server.signal("KILL");
      assertEquals(128 + 9, server.exitCode());
    }
    assertTrue(Files.exists(path));
    return path;
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "INT", "TERM"})
  void signal_ofAClosedTerminalOrAnother_removesThePathAndExitsWith0(String signal)
      throws Exception {
    Path path = folder.resolve("echo.sock");
    try (Command server = Command.under(HEARS_SIGNALS, "echo", "--unix", path.toString())) {
      assertTrue(server.line().startsWith("listening on "));
      server.signal(signal);
      assertEquals(0, server.exitCode());
      assertFalse(Files.exists(path));
    }
  }

  @Test
  void staleSocket_isLeftAndTheOptionNamed() throws Exception {
    Path path = killedServersSocket();
    try (Command server = new Command("echo", "--unix", path.toString())) {
      assertEquals(1, server.exitCode());
      EchoCommandIT.assertOneLine(server, path.toString(), "EADDRINUSE", "--replace-stale");
      assertTrue(Files.exists(path));
    }
  }

  @Test
  void staleSocket_withTheOption_isReplaced() throws Exception {
    Path path = killedServersSocket();
    try (Command server = new Command("echo", "--replace-stale", "--unix", path.toString())) {
      assertTrue(server.line().startsWith("listening on " + path));
      try (Command second = new Command("echo", "--unix", path.toString(), "--replace-stale")) {
        assertEquals(1, second.exitCode());
        EchoCommandIT.assertOneLine(second, "EADDRINUSE", "another process listens there");
      }
      server.signal("TERM");
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void fileAndFolder_areNeverToBeRemoved() throws Exception {
    for (Path path : new Path[] {Files.createFile(folder.resolve("notes.txt")), folder}) {
      try (Command server = new Command("echo", "--unix", path.toString(), "--replace-stale")) {
        assertEquals(1, server.exitCode());
        EchoCommandIT.assertOneLine(server, path.toString(), "EADDRINUSE", "no socket");
        assertFalse(server.errors().contains("rm "), server.errors());
        assertTrue(Files.exists(path));
      }
    }
  }
}
