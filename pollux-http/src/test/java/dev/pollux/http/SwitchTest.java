package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leaving HTTP: an upgrade, a tunnel; and what does not leave it. */
class SwitchTest {

  private static final String UPGRADE =
      "GET /chat HTTP/1.1¶Host: a¶Connection: upgrade¶Upgrade: echo¶¶";

  /** Sends everything back. */
  private static class Echo implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      var _ = connection.write(data);
    }
  }

  @Test
  void upgrade_handsTheConnectionOver() {
    HttpHandler handler = (_, response) -> response.switchTo("echo", new Echo());
    try (HttpWire wire = HttpWire.to(handler)) {
      assertEquals(
          "HTTP/1.1 101 Switching Protocols¶Upgrade: echo¶Connection: upgrade¶¶GET ahead",
          wire.send(UPGRADE + "GET ahead").read());
      assertEquals("more", wire.send("more").read());
      assertTrue(wire.end().isEnded());
    }
  }

  @Test
  void upgrade_later_handsTheConnectionOver() {
    List<HttpResponse> waiting = new ArrayList<>();
    try (HttpWire wire = HttpWire.to((_, response) -> waiting.add(response.later()))) {
      assertEquals("", wire.send(UPGRADE + "ahead").read());
      waiting.getFirst().switchTo("echo", new Echo());
      assertTrue(wire.read().endsWith("¶¶ahead"));
      assertEquals("more", wire.send("more").read());
      wire.pass(java.time.Duration.ofMinutes(5));
      assertFalse(wire.isEnded()); // no time of HTTP's is left
    }
  }

  @Test
  void upgrade_behindAnswersThatWait_comesBehindThem() {
    ConnectionHandler next =
        new Echo() {
          @Override
          public void attached(Connection connection) {
            var _ = connection.write(ByteBuffer.wrap(HttpWire.bytes("NEXT")));
          }
        };
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/big")) {
            response.send("x".repeat(15_000));
          } else {
            response.switchTo("echo", next);
          }
        };
    ConnectionOptions few =
        ConnectionOptions.DEFAULT
            .withLowWaterBytes(1000)
            .withHighWaterBytes(60_000)
            .withMaxQueuedBytes(60_000);
    String big = "GET /big HTTP/1.1¶Host: a¶¶";
    for (int before = 20; before < 40; before++) { // so that some of it is refused
      try (HttpWire wire = HttpWire.to(HttpWire.OPTIONS, few, handler)) {
        for (int i = 0; i < before; i++) {
          wire.send(big);
        }
        String all = wire.send(big.repeat(3) + UPGRADE).read();
        assertTrue(all.endsWith("¶Connection: upgrade¶¶NEXT"), before + " before");
        assertEquals("on", wire.send("on").read());
      }
    }
  }

  @Test
  void upgrade_notTaken_isAnsweredAsAnyOther() {
    try (HttpWire wire = HttpWire.to((_, response) -> response.send("no"))) {
      assertEquals("nono", wire.send(UPGRADE + UPGRADE).contents());
    }
  }

  @Test
  void upgrade_notAskedFor_fails() {
    HttpHandler handler = (_, response) -> response.switchTo("echo", new Echo());
    try (HttpWire wire = HttpWire.to(handler)) {
      assertTrue(wire.send("GET / HTTP/1.1¶Host: a¶¶").read().startsWith("HTTP/1.1 500 "));
      assertTrue(wire.reported.getFirst().contains("did not ask"), wire.reported.toString());
    }
    try (HttpWire wire = HttpWire.to(handler)) {
      String ask = "POST / HTTP/1.1¶Host: a¶Upgrade: echo¶Content-Length: 3¶¶abc";
      assertTrue(wire.send(ask).read().startsWith("HTTP/1.1 500 "));
    }
  }

  @Test
  void connect_isATunnel() {
    HttpHandler handler =
        (request, response) -> {
          assertEquals("h:443", request.target());
          assertEquals("h:443", request.host());
          assertEquals("h:443", request.path());
          response.switchTo(null, new Echo());
        };
    try (HttpWire wire = HttpWire.to(handler)) {
      assertEquals(
          "HTTP/1.1 200 OK¶¶ahead", wire.send("CONNECT h:443 HTTP/1.1¶Host: h:443¶¶ahead").read());
      assertEquals("more", wire.send("more").read());
    }
  }

  /** A client that was told 2xx takes what follows for the tunnel's: so there is nothing. */
  @Test
  void connect_answeredBy2xx_isATunnelThatEndsAtOnce() throws Exception {
    HttpContent content = HttpContent.text("deaf");
    List<HttpResponse> waiting = new ArrayList<>();
    List<HttpHandler> handlers =
        List.of(
            (_, response) -> response.send(),
            (_, response) -> response.status(201).send(new byte[] {'x'}),
            (_, response) -> response.status(204).send(),
            (_, response) -> response.send(content),
            (_, response) -> response.write("de").isTaken(),
            (_, response) -> response.length(4).write("deaf"),
            (_, response) -> waiting.add(response.later()));
    String ask = "CONNECT h:443 HTTP/1.1¶Host: h:443¶¶";
    for (HttpHandler handler : handlers) {
      HttpHandler completing =
          (request, response) -> {
            assertEquals("CONNECT", request.method());
            handler.handle(request, response);
            if (response.isBegun() && response.isOpen()) {
              response.trailer("X-Sum", "1").end();
            }
          };
      try (HttpWire wire = HttpWire.to(completing)) {
        wire.send(ask + "GET / HTTP/1.1¶Host: a¶¶");
        while (!waiting.isEmpty()) {
          waiting.removeFirst().send("deaf");
        }
        String answer = wire.read();
        assertTrue(answer.startsWith("HTTP/1.1 20") && answer.endsWith("close¶¶"), answer);
        assertEquals(1, answer.split("¶¶", -1).length - 1, answer);
        assertFalse(answer.contains("Content-Length") || answer.contains("Transfer-"), answer);
        assertTrue(wire.isEnded());
        assertEquals(List.of(), wire.reported);
      }
    }
    HttpCall connect = HttpCall.of("CONNECT", "h:443").withField("Host", "h:443");
    HttpHandler deaf = (_, response) -> response.send("deaf");
    assertEquals("", connect.to(deaf).text());
    assertEquals("", connect.on(ModelSys.virtual(1, Faults.none()), deaf).text());
  }

  @Test
  void connect_refused_isAnswered() {
    HttpHandler handler = (_, response) -> response.status(405).send("no");
    try (HttpWire wire = HttpWire.to(handler)) {
      String answer = wire.send("CONNECT h:443 HTTP/1.1¶Host: h:443¶¶").read();
      assertEquals(
          "HTTP/1.1 405 Method Not Allowed¶Content-Type: text/plain; charset=utf-8¶"
              + "Content-Length: 2¶¶no",
          answer);
    }
  }

  @Test
  void prefaceOfHttp2_isRefused() {
    try (HttpWire wire = HttpWire.to((_, response) -> response.send())) {
      String answer = wire.send("PRI * HTTP/2.0¶¶SM¶¶").read();
      assertTrue(answer.startsWith("HTTP/1.1 505 "), answer);
      assertEquals(1, answer.split("HTTP/1.1 5", -1).length - 1, answer);
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void informational_comesBeforeTheAnswer() {
    HttpHandler hints =
        (_, response) -> {
          response.field("Link", "</a.css>; rel=preload").inform(103);
          response.removeField("Link").send("done");
        };
    try (HttpWire wire = HttpWire.to(hints)) {
      String answer = wire.send("GET / HTTP/1.1¶Host: a¶¶").read();
      String early = "HTTP/1.1 103 Early Hints¶Link: </a.css>; rel=preload¶¶";
      assertTrue(answer.startsWith(early + "HTTP/1.1 200 OK¶Content-Type: "), answer);
      assertFalse(wire.send("GET / HTTP/1.0¶¶").read().contains("103"));
    }
  }
}
