package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What the kernel tells of a server's process from outside. */
final class ServerProcess {

  private static final long PATIENCE_NANOS = 30_000_000_000L; // 30 s
  private static final long LOOK_NANOS = 1_000_000; // 1 ms

  private ServerProcess() {}

  /** How many sockets and events it has open; files are its virtual machine's affair. */
  static int sockets(Command server) throws IOException {
    int count = 0;
    try (Stream<Path> fds = Files.list(Path.of("/proc/" + server.process.pid() + "/fd"))) {
      for (Path fd : fds.toList()) {
        count += isSocket(fd) ? 1 : 0;
      }
    }
    return count;
  }

  /** Waits until it has so many open. */
  static void awaitSockets(Command server, int expected) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    int now = sockets(server);
    while (now != expected) {
      int last = now;
      assertTrue(System.nanoTime() - deadline < 0, () -> last + " sockets, not " + expected);
      LockSupport.parkNanos(LOOK_NANOS);
      now = sockets(server);
    }
  }

  private static boolean isSocket(Path fd) {
    try {
      String target = Files.readSymbolicLink(fd).toString();
      return target.startsWith("socket:") || target.startsWith("anon_inode:");
    } catch (IOException _) {
      return false; // closed meanwhile
    }
  }
}
