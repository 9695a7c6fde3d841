package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ServerOptions;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several ranges, to a client that always has room: the others have their turns meanwhile. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PartTurnsTest {

  private static final int SIZE = 8 << 20;

  private final BlockingQueue<Boolean> wasComplete = new LinkedBlockingQueue<>();

  @Test
  void answer_isNotWrittenInOneTurn(@TempDir Path folder) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("f").toFile(), "rw")) {
      file.setLength(SIZE);
    }
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withConnection(
                ConnectionOptions.DEFAULT
                    .withMaxQueuedBytes(4 * SIZE)
                    .withHighWaterBytes(4 * SIZE)); // so it never says that this is enough
    try (StaticFiles files = StaticFiles.open(folder);
        LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      HttpHandler handler =
          (request, response) -> {
            files.handle(request, response);
            wasComplete.add(response.isComplete());
          };
      try (HttpServer server = HttpServer.start(loops, at, handler);
          Socket socket = new Socket()) {
        socket.connect(server.address());
        String head = "GET /f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
        String ranges = "Range: bytes=0-1,2-" + (SIZE - 1) + "\r\n\r\n";
        socket.getOutputStream().write((head + ranges).getBytes(ISO_8859_1));
        assertEquals(false, wasComplete.take());
        assertTrue(socket.getInputStream().readAllBytes().length > SIZE);
      }
    }
  }
}
