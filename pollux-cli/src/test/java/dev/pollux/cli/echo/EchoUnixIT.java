package dev.pollux.cli.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
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
  void log_thatCannotBeWritten_isAFailureAtTheEnd() throws Exception {
    String[] intoFull = {"sh", "-c", "exec \"$@\" >/dev/full", "sh"};
    Path path = folder.resolve("full.sock");
    try (Command server = Command.under(intoFull, "echo", "--unix", path.toString())) {
      awaitEcho(server, path);
      server.signal("TERM");
      assertEquals(1, server.exitCode());
      EchoCommandIT.assertOneLine(server, "pollux echo", "standard output");
    }
  }

  /** Until it serves, of which its output tells nothing. */
  private static void awaitEcho(Command server, Path path) throws Exception {
    boolean echoed = false;
    while (!echoed) {
      assertTrue(server.process.isAlive(), server.errors());
      try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        int _ = socket.write(ByteBuffer.wrap(new byte[1]));
        echoed = socket.read(ByteBuffer.allocate(1)) == 1;
      } catch (IOException _) {
        Thread.onSpinWait(); // it does not listen yet
      }
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
