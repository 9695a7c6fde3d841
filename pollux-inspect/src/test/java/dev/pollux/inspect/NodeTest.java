package dev.pollux.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A program of Node, where that is installed: a socket is paused with bytes in it; and its twin.
 */
class NodeTest {

  private static final long BOUND_NANOS = 20_000_000_000L;

  /** More is sent than Node holds itself. */
  private static final String PROGRAM =
      """
      const net = require('net');
      const isPaused = process.argv[1] === 'paused';
      const server = net.createServer(socket => {
        if (isPaused) socket.pause(); else socket.resume();
        console.log('fd=' + socket._handle.fd + '\\nready');
      });
      server.listen(0, '127.0.0.1', () => {
        const to = server.address().port;
        const peer = net.connect(to, '127.0.0.1', () => peer.write(Buffer.alloc(1 << 20)));
      });
      """;

  private final Sys sys = NativeSys.open();

  @TestFactory
  Stream<DynamicTest> sockets() {
    boolean isThere =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
    return isThere
        ? Stream.of(
            DynamicTest.dynamicTest("paused", () -> isToldOf("paused", true)),
            DynamicTest.dynamicTest("read", () -> isToldOf("read", false)))
        : Stream.of(DynamicTest.dynamicTest("there is no node here", () -> {}));
  }

  /** What is paused is in no set any more, and only the program knows whether that is meant. */
  private void isToldOf(String how, boolean isExpected) throws Exception {
    try (Zoo.Animal node = new Zoo.Animal(List.of("node", "-e", PROGRAM, how));
        Inspector inspector = Inspector.open(sys, node.pid(), InspectOptions.DEFAULT)) {
      long end = sys.nanoTime() + BOUND_NANOS;
      Report report = inspector.diagnose();
      while (isExpected && !has(report, node.fact("fd")) && sys.nanoTime() < end) {
        report = inspector.diagnose();
      }
      assertEquals(isExpected, has(report, node.fact("fd")), report.toString());
    }
  }

  private static boolean has(Report report, int fd) {
    return report.findings().stream()
        .anyMatch(each ->
            each.disease() == Disease.FORGOTTEN
                && each.confidence() == Confidence.POSSIBLE
                && each.fds().contains(fd));
  }
}
