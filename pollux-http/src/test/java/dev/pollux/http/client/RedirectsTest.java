package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpFields;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where redirects lead, with what, and where they must not. */
class RedirectsTest {

  private static final ClientOptions FOLLOWING =
      ClientOptions.DEFAULT.withRedirects(3).withDecompression(false);
  private static final String OK = "HTTP/1.1 200 OK¶Content-Length: 2¶¶ok";

  private static Redirects.Step step(ClientRequest request, int status, String location) {
    HttpFields fields = HttpFields.parse(ClientWire.bytes("Location: " + location + "¶¶"));
    return Redirects.of(request, new AnswerHead(status, "", false, fields), 0, FOLLOWING);
  }

  /** Who asks for a WebSocket may be told of one by its own schemes; others are not. */
  @Test
  void upgrade_isAskedForAgain_alsoByTheSchemesOfWebSockets() {
    ClientRequest plain = ClientRequest.get("http://a/").withUpgrade("websocket");
    assertEquals("http://b/c", step(plain, 301, "ws://b/c").next().uri().toString());
    ClientRequest secret = ClientRequest.get("https://a/").withUpgrade("websocket");
    ClientRequest next = step(secret, 307, "WSS://b/c").next();
    assertEquals("https://b/c", next.uri().toString());
    assertEquals("websocket", next.upgrade());
    String downgrade = step(secret, 307, "ws://b/c").problem();
    assertEquals("a redirect leads from https to http: ws://b/c", downgrade);
    String none = step(ClientRequest.get("http://a/"), 301, "ws://b/c").problem();
    assertTrue(none.contains("nobody can be asked"), none);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          301,GET,GET,
          301,POST,GET,
          301,PUT,PUT,body
          302,POST,GET,
          302,HEAD,HEAD,
          302,DELETE,DELETE,
          303,GET,GET,
          303,POST,GET,
          303,PUT,GET,
          303,HEAD,HEAD,
          307,POST,POST,body
          308,POST,POST,body
          308,PUT,PUT,body
          """)
  void method_isThatOfTheRule(int status, String method, String then, String body) {
    ClientRequest request =
        ClientRequest.of(method, "http://a/").withField("Content-Type", "t").withField("X", "y");
    boolean hasBody = method.startsWith("P");
    ClientRequest next = step(hasBody ? request.withBody("body") : request, status, "/b").next();
    assertEquals(then, next.method());
    assertEquals("y", next.field("X"));
    assertEquals(body != null, next.hasBody());
    assertEquals(!hasBody || body != null, next.field("Content-Type") != null);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          http://a/b/c?d, e, http://a/b/e
          http://a/b/c?d, /e?f, http://a/e?f
          http://a/b/c?d, ?e, http://a/b/c?e
          http://a/b/c?d, ../../../e, http://a/e
          http://a, e, http://a/e
          http://a?x, ?y, http://a/?y
          http://a/b, //c/d, http://c/d
          http://a:80/b, https://c:444/d#e, https://c:444/d
          http://a/b, HTTP://C, http://c/
          http://a/b, "", http://a/b
          """)
  void location_isResolved(String from, String location, String to) {
    ClientRequest next = step(ClientRequest.get(from), 302, location).next();
    String uri = next.origin() + next.target();
    assertEquals(to, uri);
  }

  @ParameterizedTest
  @CsvSource({
    "https://a/, http://a/",
    "http://a/, ftp://a/",
    "http://a/, http://u:p@a/",
    "http://a/, http:///b",
    "http://a/, http://a:0/",
    "http://a/, http://a:99999/",
    "http://a/, http://[::1/",
    "http://a/, a b",
    "http://a/, http://a%00b/",
    "http://a/, javascript:alert(1)",
    "http://a/, \u00e9://b"
  })
  void location_thatLeadsNowhere_isRefused(String from, String location) {
    Redirects.Step step = step(ClientRequest.get(from), 302, location);
    assertNull(step.next(), () -> step + "");
    assertFalse(step.problem().contains("u:p"), step.problem());
  }

  @Test
  void secrets_areForTheirOriginAlone() {
    ClientRequest request =
        ClientRequest.get("http://a/")
            .withField("Authorization", "x")
            .withField("cookie", "x")
            .withField("Proxy-Authorization", "x")
            .withField("Host", "x")
            .withField("Accept", "x");
    assertEquals(5, step(request, 302, "http://A:80/b").next().fields().size());
    for (String other : new String[] {"http://b/", "http://a:81/", "https://a/", "http://a.b/"}) {
      ClientRequest next = step(request, 307, other).next();
      assertEquals(1, next.fields().size(), other);
      assertEquals("x", next.field("accept"));
    }
  }

  @Test
  void unixAddress_isThatOfItsOriginAlone() {
    ClientRequest request =
        ClientRequest.get("http://a/").withAddress(UnixDomainSocketAddress.of("/tmp/s"));
    assertEquals(request.origin(), step(request, 302, "/b").next().origin());
    assertNull(step(request, 302, "http://b/").next().origin().address());
  }

  @Test
  void redirect_isFollowed_onTheSameConnection() {
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      Heard heard = wire.ask(wire.of("POST", "/a").withBody("hello"));
      ClientWire.Peer peer = wire.accept();
      peer.read();
      peer.send("HTTP/1.1 302 Found¶Location: /b?c¶Content-Length: 5¶¶there");
      assertTrue(peer.read().startsWith("GET /b?c HTTP/1.1¶Host: a.test:"));
      peer.send(OK);
      assertEquals("200 ok", heard.outcome());
      assertEquals("/b?c", heard.answer.request().target());
      assertEquals(0, wire.connections());
    }
  }

  @Test
  void redirect_withALongBody_isFollowed_onANewConnection() {
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      Heard heard = wire.ask("/a");
      heard.call.pause(); // which is for the answer's body
      ClientWire.Peer peer =
          wire.accept().send("HTTP/1.1 302 Found¶Location: /b¶¶" + "x".repeat(70_000));
      ClientWire.Peer next = wire.accept();
      assertTrue(next.read().startsWith("GET /b "));
      assertTrue(peer.isReset());
      next.send(OK);
      assertEquals("200 ...", heard.outcome().replaceAll(" +", " "));
      heard.call.resume();
      wire.turn();
      assertEquals("200 ok", heard.outcome());
    }
  }

  @Test
  void redirects_atTheirBound_failBeyond() {
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept();
      String away = "HTTP/1.1 308 x¶Location: /a¶Content-Length: 0¶¶";
      peer.send(away).send(away).send(away);
      assertNull(heard.failure);
      peer.send(away);
      assertEquals("BAD_REDIRECT", heard.outcome());
    }
  }

  @Test
  void redirect_ofAStreamedBody_fails_unlessTheBodyIsDropped() {
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      for (int status : new int[] {307, 303}) {
        Heard heard = wire.ask(wire.of("POST", "/").withStreamedBody(0));
        heard.call.end();
        ClientWire.Peer peer = wire.accept();
        peer.send("HTTP/1.1 " + status + " x¶Location: /a¶Content-Length: 0¶¶");
        if (status == 307) {
          assertEquals("BAD_REDIRECT", heard.outcome());
        } else {
          peer.send(OK);
          assertEquals("200 ok", heard.outcome());
        }
      }
    }
  }

  @Test
  void redirect_isAnAnswer_whereNoneAreFollowed_orItLeadsNowhereAtAll() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask("/");
      wire.accept().send("HTTP/1.1 302 x¶Location: /a¶Content-Length: 0¶¶");
      assertEquals("302", heard.outcome());
    }
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      Heard heard = wire.ask("/");
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 302 x¶Content-Length: 0¶¶");
      assertEquals("302", heard.outcome());
      heard = wire.ask("/");
      peer.send("HTTP/1.1 300 x¶Location: /a¶Content-Length: 0¶¶");
      assertEquals("300", heard.outcome());
    }
  }

  @Test
  void failure_afterARedirectOfAPost_isNotRetrySafe() {
    try (ClientWire wire = new ClientWire(FOLLOWING)) {
      Heard heard = wire.ask(wire.of("POST", "/").withBody("x"));
      ClientWire.Peer peer = wire.accept();
      peer.send("HTTP/1.1 303 x¶Location: /a¶Connection: close¶Content-Length: 0¶¶");
      wire.accept().reset();
      assertEquals("CLOSED_EARLY", heard.outcome());
      assertFalse(heard.failure.isRetrySafe());
    }
  }
}
