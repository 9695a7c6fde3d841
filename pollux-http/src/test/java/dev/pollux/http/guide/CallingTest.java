package dev.pollux.http.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.http.client.HttpClient;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of the guide to calling others, and holds it to them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CallingTest {

  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/http/guide");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- code: (\\S+) -->\n```java\n(.*?)^```$");
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path folder;

  private static HttpServer serve(LoopGroup loops, HttpHandler handler) throws Exception {
    return HttpServer.start(loops, ServerOptions.at(ANY), handler);
  }

  private static String uri(HttpServer server) {
    return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
  }

  @Test
  void programs_run() throws Exception {
    Router greeting = new Router().get("/greeting", (_, response) -> response.send("Hello"));
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
        HttpServer behind = serve(loops, greeting);
        HttpServer front = serve(loops, new Front(uri(behind)));
        HttpServer alone = serve(loops, new Front("http://127.0.0.1:1"))) {
      HttpClient client = HttpClient.of(loops.next());
      assertEquals("Hello", Fetch.text(client, uri(behind) + "/greeting"));
      assertEquals("Hello, it says", Fetch.text(client, uri(front)));
      IOException thrown = assertThrows(IOException.class, () -> Fetch.text(client, uri(alone)));
      assertTrue(thrown.getMessage().endsWith("answers 502"), thrown.getMessage());
      Path file = folder.resolve("greeting");
      assertEquals(5, Download.save(client, uri(behind) + "/greeting", file));
      assertEquals("Hello", Files.readString(file));
      assertThrows(IOException.class, () -> Download.save(client, uri(behind) + "/no", file));
    }
  }

  @Test
  void programs_areTheOnesRunHere() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/calling-others.md")));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(SOURCES.resolve(block.group(1))), block.group(2));
      count++;
    }
    assertEquals(3, count);
  }
}
