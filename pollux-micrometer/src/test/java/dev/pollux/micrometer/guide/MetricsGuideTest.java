package dev.pollux.micrometer.guide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the guide to the code: the programs in it are those that are run here. */
class MetricsGuideTest {

  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/micrometer/guide");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- code: (\\S+) -->\n```java\n(.*?)^```$");

  private static ServerOptions at() {
    return ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  private static String get(HttpServer server, String path) throws Exception {
    int port = ((InetSocketAddress) server.address()).getPort();
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void programs_areTheOnesRunHere() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/metrics.md")));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(SOURCES.resolve(block.group(1))), block.group(2));
      count++;
    }
    assertEquals(2, count);
  }

  /** What a user copies is what is tested here. */
  @Test
  void guide_namesTheVersionOfThePom() throws IOException {
    Matcher version =
        Pattern.compile("<micrometer.version>(.*)</")
            .matcher(Files.readString(Path.of("../pom.xml")));
    assertTrue(version.find());
    String guide = Files.readString(Path.of("../docs/metrics.md"));
    assertTrue(guide.contains("<version>" + version.group(1) + "</version>"));
    assertTrue(guide.contains("`micrometer-core`, " + version.group(1) + ","));
  }

  @Test
  void measured_showsWhatItDid() throws Exception {
    try (Measured measured = new Measured(at(), at())) {
      assertEquals("Hello Ann", get(measured.server, "/hello/Ann"));
      String seen = get(measured.operators, "/metrics");
      assertTrue(seen.contains("status=\"200\",uri=\"/hello/{name}\"} 1"), seen);
      assertTrue(seen.contains("pollux_loop_busy_ratio{loop=\"loop-1\"}"), seen);
      assertTrue(seen.contains("pollux_server_connections_accepted_total{"), seen);
    }
  }

  @Test
  void exported_tellsACollector() throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    HttpHandler collector =
        (request, response) ->
            request
                .body()
                .whole(body -> {
                  String text = request.path() + " " + text(body);
                  if (text.contains("http.server.requests")) {
                    boolean _ = told.complete(text);
                  }
                  response.send("");
                });
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at(), collector)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      String url = "http://127.0.0.1:" + port + "/v1/metrics";
      try (Exported exported = new Exported(at(), url)) {
        assertEquals("Hello", get(exported.server, "/"));
      }
      String seen = told.get(60, TimeUnit.SECONDS);
      assertTrue(seen.startsWith("/v1/metrics "), seen);
      assertTrue(seen.contains("pollux.loop.busy.ratio"), seen);
      assertTrue(seen.contains("pollux.server.connections.accepted"), seen);
      assertTrue(seen.contains("service.name"), seen);
    }
  }

  private static String text(ByteBuffer body) {
    return ISO_8859_1.decode(body).toString();
  }
}
