package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said of downloads, to logs and figures: what the kernel took, and whether that was all.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BrokenDownloadTest {

  private static final int SIZE = 32 << 20;

  /** What was told. */
  private record Told(String target, boolean isComplete, long bytes) {}

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final HttpObserver observer =
      outcome ->
          told.add(
              new Told(
                  Objects.requireNonNull(outcome.request()).target(),
                  outcome.isComplete(),
                  outcome.contentBytes()));

  private static void ask(Socket socket, String target) throws IOException {
    String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  @Test
  void download_isToldWithWhatWasTaken(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("large.bin"), "x".repeat(SIZE));
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (StaticFiles files = StaticFiles.open(folder);
        LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server =
            HttpServer.start(
                loops,
                ServerOptions.at(address),
                HttpOptions.DEFAULT.withObserver(observer),
                files)) {
      try (Socket socket = new Socket()) {
        socket.connect(server.address());
        ask(socket, "/large.bin?whole");
        assertTrue(socket.getInputStream().readAllBytes().length > SIZE);
      }
      assertEquals(new Told("/large.bin?whole", true, SIZE), told.take());
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(4096);
        socket.connect(server.address());
        ask(socket, "/large.bin?part");
        assertEquals(1000, socket.getInputStream().readNBytes(1000).length);
        socket.setSoLinger(true, 0);
      }
      Told part = told.take();
      assertEquals("/large.bin?part", part.target());
      assertFalse(part.isComplete());
      assertTrue(part.bytes() > 0 && part.bytes() < SIZE, part.toString());
    }
    assertTrue(told.isEmpty(), told.toString());
  }
}
