package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of one loop share what they write and read with: nothing of one is the other's. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedLoopTest {

  private final List<HttpRequest> requests = new ArrayList<>();
  private final List<HttpResponse> waiting = new ArrayList<>();
  private final CountDownLatch isWaiting = new CountDownLatch(1);

  /** Answers whoever waits, in the middle of its own answer. */
  private void answerBoth(HttpResponse response) {
    response.write("first, ");
    waiting.getFirst().write("to " + requests.getFirst().target() + ", ");
    response.write("second");
    waiting.getFirst().write("x".repeat(40_000)); // and more than goes through the output at once
    waiting.getFirst().end();
    response.end();
  }

  private static String ask(Socket socket, String target) throws IOException {
    String request = "GET " + target + " HTTP/1.1¶Host: a¶Connection: close¶¶";
    socket.getOutputStream().write(HttpWire.bytes(request));
    return target;
  }

  private static String answer(Socket socket) throws IOException {
    byte[] all = socket.getInputStream().readAllBytes();
    String text = new String(all, StandardCharsets.ISO_8859_1);
    StringBuilder content = new StringBuilder();
    int at = text.indexOf("\r\n\r\n") + 4;
    int size = 1;
    while (size > 0) {
      int end = text.indexOf("\r\n", at);
      size = Integer.parseInt(text.substring(at, end), 16);
      content.append(text, end + 2, end + 2 + size);
      at = end + 2 + size + 2;
    }
    assertEquals(text.length(), at);
    return content.toString();
  }

  @Test
  void oneAnswersTheOther_withinItsOwnAnswer_eachHasItsOwn() throws Exception {
    Router service =
        new Router()
            .get(
                "/wait/{name}",
                (request, response) -> {
                  requests.add(request);
                  waiting.add(response.later());
                  isWaiting.countDown();
                })
            .get("/both", (_, response) -> answerBoth(response));
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    ServerOptions at = ServerOptions.at(new InetSocketAddress(loopback, 0));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, service)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      try (Socket first = new Socket(loopback, port);
          Socket second = new Socket(loopback, port)) {
        String target = ask(first, "/wait/ann");
        isWaiting.await();
        String _ = ask(second, "/both");
        assertEquals("first, second", answer(second));
        assertEquals("to " + target + ", " + "x".repeat(40_000), answer(first));
      }
    }
  }
}
