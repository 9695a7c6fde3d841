package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of RFC 9110 and 9112 that no row of the tables is about. */
class RulesTest {

  private static final HttpHandler DEAF = (_, response) -> response.send("answer");

  /** RFC 9110, 9.3.2; RFC 9112, 6.3. */
  @Test
  void head_refused_hasNoContent() {
    for (String head :
        List.of(
            "HEAD / HTTP/1.1¶¶",
            "HEAD / HTTP/1.1¶Host: h¶Expect: x¶¶",
            "HEAD / HTTP/1.1¶Host: h¶X : a¶¶",
            "HEAD / HTTP/2.0¶Host: h¶¶")) {
      try (HttpWire wire = HttpWire.to(DEAF)) {
        String answer = wire.send(head).read();
        assertTrue(answer.endsWith("¶¶"), answer);
      }
    }
    try (HttpWire wire = HttpWire.to(DEAF)) { // which is no matter of the one before
      String answers = wire.send("HEAD / HTTP/1.1¶Host: h¶¶GET / HTTP/1.1¶¶").read();
      assertTrue(answers.endsWith("there is no Host field\n"), answers);
    }
  }

  /** RFC 9112, 9.6: an answer that is complete is not lost by a reset. */
  @Test
  void unreadBody_broken_leavesTheAnswer() {
    String chunked = "POST / HTTP/1.1¶Host: h¶Transfer-Encoding: chunked¶¶";
    try (HttpWire wire = HttpWire.to(DEAF)) {
      assertTrue(wire.send(chunked + "5¶hello¶g¶¶").read().startsWith("HTTP/1.1 200 "));
      assertTrue(wire.isEnded());
    }
    try (HttpWire wire = HttpWire.to(DEAF)) {
      assertTrue(wire.send(chunked + "5¶hello¶").read().startsWith("HTTP/1.1 200 "));
      assertTrue(wire.send("g¶¶").isEnded());
    }
  }

  /** RFC 9110, 7.8: only to a protocol that the client named, for this connection. */
  @Test
  void switchTo_whatWasNotAsked_fails() {
    ConnectionHandler next =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {}
        };
    HttpHandler other = (_, response) -> response.switchTo("other", next);
    for (String fields :
        List.of(
            "Connection: upgrade¶Upgrade: websocket¶",
            "Upgrade: other¶",
            "Connection: upgrade¶",
            "Connection: close¶Upgrade: other¶")) {
      try (HttpWire wire = HttpWire.to(other)) {
        String answer = wire.send("GET / HTTP/1.1¶Host: h¶" + fields + "¶").read();
        assertTrue(answer.startsWith("HTTP/1.1 500 "), fields + answer);
      }
    }
    String asked = "Connection: keep-alive, Upgrade¶Upgrade: h2c, OTHER¶";
    try (HttpWire wire = HttpWire.to(other)) {
      String answer = wire.send("GET / HTTP/1.1¶Host: h¶" + asked + "¶").read();
      assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    }
  }

  /** RFC 9110, 9.1. */
  @Test
  void method_thatNobodyKnows_is501() {
    Router router = new Router().get("/", DEAF).add("PROPFIND", "/x", DEAF);
    assertEquals(501, HttpCall.of("FOOBAR", "/").to(router).status());
    assertEquals(405, HttpCall.of("DELETE", "/").to(router).status());
    assertEquals(405, HttpCall.of("PROPFIND", "/").to(router).status());
  }

  /** RFC 9112, 3.2. */
  @Test
  void host_thatIsMissing_is400_unlessThatIsAllowed() {
    String request = "GET / HTTP/1.1¶¶";
    HttpHandler host = (r, response) -> response.send("<" + r.host() + ">");
    HttpOptions lenient = HttpWire.OPTIONS.withMissingHost(true);
    try (HttpWire wire = HttpWire.to(host)) {
      assertTrue(wire.send(request).read().startsWith("HTTP/1.1 400 "));
    }
    try (HttpWire wire = HttpWire.to(lenient, host)) {
      assertEquals("<>", wire.send(request).contents());
      assertEquals("<h>", wire.send("GET / HTTP/1.1¶Host: h¶¶").contents());
    }
    try (HttpWire wire = HttpWire.to(lenient, host)) {
      String twice = "GET / HTTP/1.1¶Host: h¶Host: h¶¶";
      assertTrue(wire.send(twice).read().startsWith("HTTP/1.1 400 "));
    }
  }

  /** RFC 9112, 3; RFC 3986, 3.3 and 3.4. */
  @Test
  void target_ofOtherCharacters_is400_unlessTheyAreAllowed() {
    HttpOptions loose = HttpWire.OPTIONS.withLooseTargets(true);
    for (String target : List.of("/a\\b", "/\"", "/<>", "/^", "/`", "/{}", "/?a|b")) {
      String request = "GET " + target + " HTTP/1.1¶Host: h¶¶";
      try (HttpWire wire = HttpWire.to(DEAF)) {
        assertTrue(wire.send(request).read().startsWith("HTTP/1.1 400 "), target);
      }
      try (HttpWire wire = HttpWire.to(loose, (r, response) -> response.send(r.target()))) {
        assertEquals(target, wire.send(request).contents());
      }
    }
    try (HttpWire wire = HttpWire.to(loose, (r, response) -> response.send(r.query()))) {
      assertEquals("p[n]=1", wire.send("GET /?p[n]=1 HTTP/1.1¶Host: h¶¶").contents());
    }
    for (String target : List.of("/%zz", "/?%", "/[", "/a]?b", "/\t")) {
      try (HttpWire wire = HttpWire.to(loose, DEAF)) {
        String answer = wire.send("GET " + target + " HTTP/1.1¶Host: h¶¶").read();
        assertTrue(answer.startsWith("HTTP/1.1 400 "), target);
        assertFalse(answer.contains("answer"));
      }
    }
  }

  /** RFC 9112, 9.3: whoever says close is taken at that word. */
  @Test
  void http10_closeAndKeepAlive_ends() {
    HttpOptions staying = HttpWire.OPTIONS.withKeepAliveOfHttp10(true);
    for (String fields :
        List.of(
            "Connection: close¶Connection: keep-alive¶",
            "Connection: keep-alive¶Connection: close¶",
            "Connection: keep-alive, close¶")) {
      try (HttpWire wire = HttpWire.to(staying, DEAF)) {
        assertTrue(wire.send("GET / HTTP/1.0¶" + fields + "¶").read().contains("close"));
        assertTrue(wire.isEnded());
      }
    }
  }

  /** RFC 9110, 8.6: what the length would be. */
  @Test
  void head_mayBeToldALength() {
    HttpHandler sized = (_, response) -> response.length(1000).send();
    try (HttpWire wire = HttpWire.to(sized)) {
      String head = "HEAD / HTTP/1.1¶Host: h¶¶";
      assertEquals("HTTP/1.1 200 OK¶Content-Length: 1000¶¶", wire.send(head).read());
      assertTrue(wire.send("GET / HTTP/1.1¶Host: h¶¶").read().startsWith("HTTP/1.1 500 "));
    }
  }
}
