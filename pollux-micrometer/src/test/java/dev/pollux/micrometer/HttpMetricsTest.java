package dev.pollux.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.http.websocket.WebSocketOptions;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each meter of HTTP, after a server did something known over loopback. */
class HttpMetricsTest {

  private static final String REQUESTS = "http.server.requests";

  private final List<HttpResponse> waiting = new ArrayList<>();
  private final Box box;
  private PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.of("app", "a"));

  HttpMetricsTest() throws IOException {
    box = new Box();
  }

  @AfterEach
  void close() throws IOException {
    metrics.close();
    box.close();
  }

  private Router router() {
    WebSocketOptions options = WebSocketOptions.DEFAULT.withObserver(metrics.webSockets());
    WebSocketHandler echo =
        new WebSocketHandler() {
          @Override
          public void message(WebSocket from, boolean isText, ByteBuffer data) {
            var _ = from.send(isText, data);
          }
        };
    return new Router()
        .get("/hello/{name}", (_, response) -> response.send("Hello"))
        .get("/later", (_, response) -> waiting.add(response.later()))
        .get("/odd", (_, response) -> response.status(299).send("odd"))
        .get("/chat", WebSocketEndpoint.of(options, _ -> echo))
        .get(
            "/failing",
            (_, _) -> {
              throw new IllegalStateException("on purpose");
            })
        .get(
            "/cut",
            (_, response) -> {
              response.write("some");
              throw new IllegalStateException("on purpose");
            })
        .add("BREW", "/pot", (_, response) -> response.status(418).send("tea"))
        .post(
            "/notes",
            (request, response) -> request.body().whole(_ -> response.status(201).send("taken")));
  }

  private HttpServer serve() throws IOException {
    metrics.bindTo(box.registry);
    return HttpServer.open(box.loop, Box.at(), HttpOptions.DEFAULT.withObserver(metrics), router());
  }

  /** How often each method, uri, status and outcome came. */
  private Map<String, Long> requests() {
    Map<String, Long> requests = new TreeMap<>();
    for (Timer timer : box.registry.find(REQUESTS).timers()) {
      String key =
          String.join(
              " ",
              List.of(
                  String.valueOf(timer.getId().getTag("method")),
                  String.valueOf(timer.getId().getTag("uri")),
                  String.valueOf(timer.getId().getTag("status")),
                  String.valueOf(timer.getId().getTag("outcome"))));
      requests.put(key, timer.count());
    }
    return requests;
  }

  @Test
  void requests_haveMethodRouteStatusAndOutcome() throws Exception {
    try (HttpServer server = serve()) {
      Box.Peer peer = box.connect(server.address());
      var _ = peer.ask("GET", "/hello/Ann", "Hello").ask("GET", "/hello/Bob?x=y", "Hello");
      var _ = peer.ask("HEAD", "/hello/Ann", "¶¶");
      var _ = peer.ask("GET", "/none/of/these", "404").ask("GET", "/failing", "500");
      var _ = peer.ask("DELETE", "/hello/Ann", "405").ask("BREW", "/pot", "tea");
      var _ = peer.ask("GET", "/odd", "odd");
      assertEquals(
          Map.of(
              "GET /hello/{name} 200 SUCCESS", 2L,
              "HEAD /hello/{name} 200 SUCCESS", 1L,
              "GET NONE 404 CLIENT_ERROR", 1L,
              "GET /failing 500 SERVER_ERROR", 1L,
              "DELETE NONE 405 CLIENT_ERROR", 1L,
              "OTHER /pot 4xx CLIENT_ERROR", 1L,
              "GET /odd 2xx SUCCESS", 1L),
          requests());
      Timer timer = box.find(REQUESTS, "uri", "/hello/{name}", "method", "GET", "app", "a").timer();
      assertTrue(timer.totalTime(TimeUnit.NANOSECONDS) > 0);
      assertEquals(7, box.value("pollux.http.ends", "end", "answered"));
      assertEquals(1, box.value("pollux.http.ends", "end", "failed"));
      assertEquals(0, box.value("pollux.http.requests.active"));
    }
  }

  @Test
  void whatIsNoRequest_andWhatHasNoAnswer_isUnknown() throws Exception {
    try (HttpServer server = serve()) {
      box.connect(server.address()).send("nonsense¶¶").await("400").awaitEnd();
      box.connect(server.address()).send("GET /cut HTTP/1.1¶Host: a¶¶").awaitEnd();
      Box.Peer gone = box.connect(server.address()).send("GET /later HTTP/1.1¶Host: a¶¶");
      box.until("its request", () -> waiting.size() == 1);
      gone.reset();
      box.until("their ends", () -> server.server().connectionCount() == 0);
      assertEquals(
          Map.of(
              "UNKNOWN UNKNOWN 400 CLIENT_ERROR", 1L,
              "GET /cut UNKNOWN UNKNOWN", 1L,
              "GET /later UNKNOWN UNKNOWN", 1L),
          requests());
      assertEquals(1, box.value("pollux.http.ends", "end", "refused"));
      assertEquals(1, box.value("pollux.http.ends", "end", "cut"));
      assertEquals(1, box.value("pollux.http.ends", "end", "lost"));
      assertEquals(0, box.value("pollux.http.requests.active"));
    }
  }

  @Test
  void requests_inWork_areActive() throws Exception {
    try (HttpServer server = serve()) {
      Box.Peer first = box.connect(server.address()).send("GET /later HTTP/1.1¶Host: a¶¶");
      Box.Peer _ = box.connect(server.address()).send("GET /later HTTP/1.1¶Host: a¶¶");
      box.until("both", () -> waiting.size() == 2);
      assertEquals(2, box.value("pollux.http.requests.active", "app", "a"));
      waiting.getFirst().send("now");
      var _ = first.await("now");
      assertEquals(1, box.value("pollux.http.requests.active"));
    }
    box.turn();
    assertEquals(0, box.value("pollux.http.requests.active"));
  }

  @Test
  void bodies_ofThoseThatHaveSome_areMeasured() throws Exception {
    try (HttpServer server = serve()) {
      Box.Peer peer = box.connect(server.address());
      var _ = peer.send("POST /notes HTTP/1.1¶Host: a¶Content-Length: 9¶¶a message").await("taken");
      var _ = peer.ask("GET", "/hello/x", "Hello");
      var _ = peer.ask("HEAD", "/hello/x", "¶¶");
      assertEquals(1, box.find("pollux.http.request.body").summary().count());
      assertEquals(9, box.find("pollux.http.request.body").summary().totalAmount());
      assertEquals(2, box.find("pollux.http.response.body").summary().count());
      assertEquals(10, box.find("pollux.http.response.body").summary().totalAmount());
    }
  }

  @Test
  void webSockets_andTheirMessages_areCounted() throws Exception {
    try (HttpServer server = serve()) {
      Box.Peer peer =
          box.connect(server.address())
              .send(
                  "GET /chat HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶"
                      + "Sec-WebSocket-Version: 13¶"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==¶¶")
              .await("¶¶");
      assertEquals(Map.of("GET /chat 101 INFORMATIONAL", 1L), requests());
      assertEquals(1, box.value("pollux.http.ends", "end", "switched"));
      assertEquals(1, box.value("pollux.http.websocket.open", "app", "a"));
      byte[] masked = {(byte) 0x81, (byte) 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
      var _ = peer.send(ByteBuffer.wrap(masked)).await("hello");
      byte[] binary = {(byte) 0x82, (byte) 0x82, 0, 0, 0, 0, 'o', 'k'};
      var _ = peer.send(ByteBuffer.wrap(binary)).await("ok");
      for (String direction : List.of("received", "sent")) {
        String[] tags = {"direction", direction, "type", "text"};
        assertEquals(1, box.value("pollux.http.websocket.messages", tags));
        tags[3] = "binary";
        assertEquals(1, box.value("pollux.http.websocket.messages", tags));
        assertEquals(7, box.value("pollux.http.websocket.transferred", "direction", direction));
      }
      peer.close();
      box.until("its end", () -> box.value("pollux.http.websocket.open") == 0);
    }
  }

  @Test
  void routes_beyondTheMost_areOther() throws Exception {
    MetricsOptions options = MetricsOptions.DEFAULT.withMaxRoutes(3);
    metrics = new PolluxHttpMetrics(options);
    metrics.bindTo(box.registry);
    Router many = new Router();
    for (int i = 0; i < 5; i++) {
      many.get("/" + i, (_, response) -> response.send("Hello"));
    }
    HttpOptions observed = HttpOptions.DEFAULT.withObserver(metrics);
    try (HttpServer server = HttpServer.open(box.loop, Box.at(), observed, many)) {
      Box.Peer peer = box.connect(server.address());
      for (int i = 0; i < 5; i++) {
        var _ = peer.ask("GET", "/" + i, "Hello").ask("GET", "/" + i, "Hello");
      }
      var _ = peer.ask("GET", "/none", "404");
    }
    assertEquals(
        Map.of(
            "GET /0 200 SUCCESS", 2L,
            "GET /1 200 SUCCESS", 2L,
            "GET /2 200 SUCCESS", 2L,
            "GET OTHER 200 SUCCESS", 4L,
            "GET NONE 404 CLIENT_ERROR", 1L),
        requests());
    assertThrows(IllegalArgumentException.class, () -> options.withMaxRoutes(0));
    assertThrows(IllegalArgumentException.class, () -> options.withMaxRoutes(10_001));
    assertEquals(10_000, options.withMaxRoutes(10_000).maxRoutes());
  }

  @Test
  void tags_areBounded_whateverClientsSend() throws Exception {
    try (HttpServer server = serve()) {
      Box.Peer peer = box.connect(server.address());
      for (int i = 0; i < 50; i++) {
        var _ = peer.ask("M" + i, "/hello/" + i, "501").ask("GET", "/hello/" + i, "Hello");
        var _ = peer.ask("GET", "/none/" + i, "404");
      }
      assertEquals(
          Map.of(
              "OTHER NONE 501 SERVER_ERROR", 50L,
              "GET /hello/{name} 200 SUCCESS", 50L,
              "GET NONE 404 CLIENT_ERROR", 50L),
          requests());
    }
  }

  @Test
  void statuses_areThoseRegistered_elseTheirClass() {
    assertEquals("404", Statuses.tag(Statuses.slot(404)));
    assertEquals("4xx", Statuses.tag(Statuses.slot(499)));
    assertEquals("1xx", Statuses.tag(Statuses.slot(199)));
    assertEquals("SERVER_ERROR", Statuses.outcome(Statuses.slot(599)));
    for (int status : new int[] {0, 99, 600, 999}) {
      assertEquals("UNKNOWN", Statuses.tag(Statuses.slot(status)));
      assertEquals("UNKNOWN", Statuses.outcome(Statuses.slot(status)));
    }
    for (int status = 0; status < 1_000; status++) {
      assertTrue(Statuses.slot(status) < Statuses.COUNT);
    }
  }

  @Test
  void registries_severalOfThem_haveAll_untilClosed() throws Exception {
    SimpleMeterRegistry second = new SimpleMeterRegistry();
    try (HttpServer server = serve()) {
      metrics.bindTo(second);
      metrics.bindTo(second); // once is enough
      Box.Peer peer = box.connect(server.address()).ask("GET", "/hello/x", "Hello");
      assertEquals(1, Box.find(second, REQUESTS).timer().count());
      assertEquals(1, box.find(REQUESTS).timer().count());
      assertEquals(Box.names(box.registry), Box.names(second));
      metrics.close();
      var _ = peer.ask("GET", "/later", "");
      box.until("its request", () -> waiting.size() == 1);
      waiting.getFirst().send("now");
      var _ = peer.await("now").ask("GET", "/hello/x", "Hello");
      assertEquals(List.of(), Box.names(second));
      assertEquals(List.of(), Box.names(box.registry));
      assertThrows(IllegalStateException.class, () -> metrics.bindTo(second));
    }
  }

  @Test
  void observer_ofAnother_isToldBeside() throws Exception {
    List<String> told = new ArrayList<>();
    metrics.bindTo(box.registry);
    HttpOptions options =
        HttpOptions.DEFAULT.withObserver(metrics.and(outcome -> told.add("" + outcome.status())));
    try (HttpServer server = HttpServer.open(box.loop, Box.at(), options, router())) {
      Box.Peer _ = box.connect(server.address()).ask("GET", "/hello/x", "Hello");
    }
    assertEquals(List.of("200"), told);
    assertEquals(1, box.find(REQUESTS).timer().count());
    assertEquals(0, box.value("pollux.http.requests.active"));
  }
}
