package dev.pollux.http.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.http.client.HttpClient;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the programs of the guides to WebSockets and to proxies, and holds them to those. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SocketsTest {

  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/http/guide");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- code: (\\S+) -->\n```java\n(.*?)^```$");
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static HttpServer serve(LoopGroup loops, HttpHandler handler) throws Exception {
    return HttpServer.start(loops, ServerOptions.at(ANY), handler);
  }

  private static String at(HttpServer server) {
    return "127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
  }

  @Test
  void sockets_talk_alsoThroughAProxy() throws Exception {
    Router behind =
        new Router()
            .get("/health", (_, response) -> response.send("well"))
            .get("/ticks", WebSocketEndpoint.of(_ -> new Ticker()))
            .otherwise(EchoSocket.SERVICE);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer first = serve(loops, behind);
        HttpServer second = serve(loops, behind);
        HttpServer front =
            serve(loops, Gateway.service("http://" + at(first), "http://" + at(second)))) {
      for (HttpServer each : new HttpServer[] {first, front}) {
        call(loops, "ws://" + at(each) + "/echo", told);
        assertEquals("hello", told.take());
        assertEquals("the end: 1000", told.take());
      }
      call(loops, "ws://" + at(front) + "/ticks", told);
      assertEquals("0", told.take());
      call(loops, "ws://" + at(front) + "/own", told);
      for (String next = told.take(); !next.startsWith("failed: "); next = told.take()) {
        assertTrue(next.matches("\\d+|the end: 1000"), next);
      }
      HttpClient client = HttpClient.of(loops.next());
      assertEquals("of the front\n", Fetch.text(client, "http://" + at(front) + "/own"));
    }
  }

  private static void call(LoopGroup loops, String uri, BlockingQueue<String> told) {
    var loop = loops.next();
    loop.execute(() -> Caller.call(loop, uri, "hello", told::add));
  }

  @ParameterizedTest
  @CsvSource({"websocket.md, 3", "as-a-proxy.md, 1"})
  void programs_areTheOnesRunHere(String guide, int programs) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs", guide)));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(SOURCES.resolve(block.group(1))), block.group(2));
      count++;
    }
    assertEquals(programs, count);
  }
}
