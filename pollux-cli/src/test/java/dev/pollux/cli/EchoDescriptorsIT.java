package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code pollux echo} as a process that runs out of descriptors before its first connection. */
class EchoDescriptorsIT {

  private static final int LIMIT_MILLIS = 20_000;
  private static final long QUIET_NANOS = 300_000_000; // 300 ms

  @Test
  void firstConnection_outOfDescriptors_isRefusedAndTheServerGoesOn() throws Exception {
    try (Command server = new Command("echo", "--port", "0")) {
      int port = server.listeningPort();
      awaitWait(server);
      // From here on no class can be read from a folder.
      limit(server, lowestFree(server));
      try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), port)) {
        refused.setSoTimeout(LIMIT_MILLIS);
        assertEquals(-1, refused.getInputStream().read());
      }
      limit(server, lowestFree(server) + 1);
      try (Socket kept = new Socket(InetAddress.getLoopbackAddress(), port)) {
        kept.setSoTimeout(LIMIT_MILLIS);
        kept.getOutputStream().write("hello".getBytes(ISO_8859_1));
        assertEquals("hello", new String(kept.getInputStream().readNBytes(5), ISO_8859_1));
        kept.shutdownOutput();
        assertEquals(-1, kept.getInputStream().read());
      }
      limit(server, 1024);
      server.signal("TERM");
      assertEquals(0, server.exitCode(), server.errors());
      assertEquals("", server.errors());
    }
  }

  /** Waits until the server's main threads have slept for a while: then it is in its wait. */
  private static void awaitWait(Command server) throws Exception {
    long deadline = System.nanoTime() + LIMIT_MILLIS * 1_000_000L;
    Path tasks = Path.of("/proc/" + server.process.pid() + "/task");
    long since = System.nanoTime();
    while (System.nanoTime() - since < QUIET_NANOS) {
      assertTrue(System.nanoTime() - deadline < 0, "the server does not wait");
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
        for (Path thread : threads) {
          String stat = Files.readString(thread.resolve("stat"));
          if (stat.contains("(java)") && !stat.contains("(java) S")) {
            since = System.nanoTime();
          }
        }
      } catch (NoSuchFileException _) {
        Thread.onSpinWait(); // a thread that ended
      }
    }
  }

  private static int lowestFree(Command server) {
    int fd = 0;
    while (Files.isSymbolicLink(Path.of("/proc/" + server.process.pid() + "/fd/" + fd))) {
      fd++;
    }
    return fd;
  }

  private static void limit(Command server, int count) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(server.process.pid()), "--nofile=" + count + ":")
            .inheritIO()
            .start();
    assertTrue(prlimit.waitFor() == 0, "prlimit");
  }
}
