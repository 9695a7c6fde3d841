package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpWire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client has to say for a WebSocket to be opened, and what it is told if it does not. */
class HandshakeTest {

  private static final WebSocketOptions OPTIONS =
      WebSocketOptions.DEFAULT.withSubprotocols("chat.v2", "chat.v1");

  private static String answer(String request) {
    return answer(OPTIONS, request);
  }

  private static String answer(WebSocketOptions options, String request) {
    WebSocketEndpoint endpoint = WebSocketEndpoint.of(options, _ -> new SocketWire.Echo());
    try (HttpWire wire = HttpWire.to(endpoint)) {
      String answer = wire.send(request).read();
      assertEquals(List.of(), wire.reported);
      return answer;
    }
  }

  private static String ask(String fields) {
    return SocketWire.ASK + SocketWire.KEY + fields + "¶";
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  /** The example of RFC 6455, 1.3. */
  @Test
  void request_right_isAnsweredByItsKey() {
    assertEquals(
        "HTTP/1.1 101 Switching Protocols¶Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=¶"
            + "Upgrade: websocket¶Connection: upgrade¶¶",
        answer(ask("")));
  }

  @Test
  void request_wrong_isRefused() {
    String key = SocketWire.KEY;
    String ask = SocketWire.ASK;
    assertStatus(400, answer(ask + "¶"));
    assertStatus(400, answer(ask + key + key + "¶"));
    assertStatus(400, answer(ask + "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==¶¶"));
    assertStatus(400, answer(ask + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!¶¶"));
    assertStatus(400, answer(ask("Content-Length: 1¶") + "x"));
    assertStatus(400, answer(ask("Sec-WebSocket-Extensions: a;;b¶")));
    assertStatus(400, answer(ask("Sec-WebSocket-Extensions: a; b=1; b=2¶")));
    assertStatus(400, answer(ask("Sec-WebSocket-Extensions: a; b=\"x y\"¶")));
  }

  @Test
  void request_ofAnotherKind_isToldWhatIsHere() {
    String plain = answer("GET / HTTP/1.1¶Host: a¶¶");
    assertStatus(426, plain);
    assertTrue(plain.contains("¶Upgrade: websocket¶"), plain);
    assertTrue(plain.contains("¶Connection: upgrade¶"), plain);
    String other = answer(ask("").replace("Version: 13", "Version: 8"));
    assertStatus(426, other);
    assertTrue(other.contains("¶Sec-WebSocket-Version: 13¶"), other);
    String post = answer(ask("").replace("GET ", "POST "));
    assertStatus(405, post);
    assertTrue(post.contains("¶Allow: GET¶"), post);
    assertStatus(426, answer(ask("").replace("HTTP/1.1", "HTTP/1.0")));
  }

  @Test
  void connection_afterARefusal_goesOn() {
    WebSocketEndpoint endpoint = WebSocketEndpoint.of(_ -> new SocketWire.Echo());
    try (HttpWire wire = HttpWire.to(endpoint)) {
      assertStatus(426, wire.send("GET / HTTP/1.1¶Host: a¶¶").read());
      assertStatus(101, wire.send(ask("")).read());
    }
  }

  @Test
  void origin_byDefault_isTheHostsOwn() {
    assertStatus(101, answer(ask("Origin: https://a.example¶")));
    assertStatus(101, answer(ask("Origin: http://A.example:80¶")));
    assertStatus(403, answer(ask("Origin: https://evil.example¶")));
    assertStatus(403, answer(ask("Origin: https://a.example:444¶")));
    assertStatus(403, answer(ask("Origin: https://a.example.evil¶")));
    assertStatus(403, answer(ask("Origin: null¶")));
    assertStatus(403, answer(ask("Origin: https://a.example¶Origin: https://a.example¶")));
  }

  /** A browser leaves out the port that its scheme has; what the host says may have it. */
  @Test
  void origin_andHost_mayHaveThePortOfTheScheme() {
    assertEquals(101, status("a.example:443", "https://a.example"));
    assertEquals(101, status("a.example:80", "http://A.EXAMPLE"));
    assertEquals(101, status("a.example:8080", "http://a.example:8080"));
    assertEquals(101, status("[::1]:80", "http://[::1]"));
    assertEquals(403, status("a.example:8080", "http://a.example"));
    assertEquals(403, status("a.example:80", "https://a.example"));
    assertEquals(403, status("a.example", "a.example"));
  }

  private static int status(String host, String origin) {
    String ask = ask("Origin: " + origin + "¶").replace("Host: a.example", "Host: " + host);
    return Integer.parseInt(answer(ask).substring("HTTP/1.1 ".length()).substring(0, 3));
  }

  @Test
  void extensions_atTheLimit_areTaken_andOneMoreIsNot() {
    String most = "Sec-WebSocket-Extensions: x" + ", x".repeat(ExtensionList.MAX - 2) + "¶";
    assertStatus(101, answer(ask(most + "Sec-WebSocket-Extensions: x¶")));
    assertStatus(400, answer(ask(most + "Sec-WebSocket-Extensions: x, x¶")));
  }

  @Test
  void origin_byOption_isOneOfThose() {
    WebSocketOptions some = OPTIONS.withOrigins("https://b.example");
    assertStatus(101, answer(some, ask("Origin: https://b.example¶")));
    assertStatus(403, answer(some, ask("Origin: https://a.example¶")));
    assertStatus(101, answer(some, ask("")));
    WebSocketOptions all = OPTIONS.withOriginsIf(_ -> true);
    assertStatus(101, answer(all, ask("Origin: null¶")));
  }

  @Test
  void subprotocol_isTheServersFirst() {
    String field = "¶Sec-WebSocket-Protocol: ";
    String both =
        answer(ask("Sec-WebSocket-Protocol: x, chat.v1¶Sec-WebSocket-Protocol: chat.v2¶"));
    assertTrue(both.contains(field + "chat.v2¶"), both);
    assertTrue(answer(ask("Sec-WebSocket-Protocol: chat.v1¶")).contains(field + "chat.v1¶"));
    assertFalse(answer(ask("Sec-WebSocket-Protocol: x¶")).contains(field));
    assertFalse(answer(ask("")).contains(field));
  }

  @Test
  void deflate_isTakenAsOffered() {
    WebSocketOptions deflate = OPTIONS.withCompression(true);
    String none = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    assertExtensions(none, deflate, "permessage-deflate");
    assertExtensions(none, deflate, "x-unknown, permessage-deflate; client_max_window_bits");
    assertExtensions(
        none + "; server_max_window_bits=15",
        deflate,
        "permessage-deflate; server_max_window_bits=\"15\"");
    WebSocketOptions keeping = deflate.withContextTakeover(true);
    assertExtensions("permessage-deflate", keeping, "permessage-deflate");
    assertExtensions(
        "permessage-deflate; server_no_context_takeover",
        keeping,
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
    for (String not :
        List.of(
            "permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=07",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; unknown",
            "x-webkit-deflate-frame")) {
      assertExtensions(null, keeping, not);
    }
    assertExtensions(
        "permessage-deflate",
        keeping,
        "permessage-deflate; server_max_window_bits=9, permessage-deflate");
    assertExtensions(null, OPTIONS, "permessage-deflate");
  }

  private static void assertExtensions(
      @org.jspecify.annotations.Nullable String agreed, WebSocketOptions options, String offer) {
    String answer = answer(options, ask("Sec-WebSocket-Extensions: " + offer + "¶"));
    assertStatus(101, answer);
    String field = "¶Sec-WebSocket-Extensions: ";
    int from = answer.indexOf(field) + field.length();
    assertEquals(
        agreed,
        answer.contains(field) ? answer.substring(from, answer.indexOf('¶', from)) : null,
        offer);
  }

  @Test
  void factory_refuses_byAStatus() {
    WebSocketEndpoint endpoint =
        WebSocketEndpoint.of(request -> {
          throw new HttpException(401, "who is " + request.path() + "?");
        });
    try (HttpWire wire = HttpWire.to(endpoint)) {
      String answer = wire.send(ask("")).read();
      assertStatus(401, answer);
      assertFalse(answer.contains("Sec-WebSocket"), answer);
      assertEquals(List.of(), wire.reported);
    }
  }

  @Test
  void frames_sentAhead_areTheFirst() {
    SocketWire.Echo echo = new SocketWire.Echo();
    try (HttpWire wire = HttpWire.to(WebSocketEndpoint.of(_ -> echo))) {
      byte[] ask = HttpWire.bytes(ask(""));
      byte[] frames = Frames.frames().text("early").bytes();
      byte[] all = new byte[ask.length + frames.length];
      System.arraycopy(ask, 0, all, 0, ask.length);
      System.arraycopy(frames, 0, all, ask.length, frames.length);
      String answer = wire.write(all).turn().read();
      assertTrue(answer.endsWith("¶¶\u0081\u0005early"), answer);
      assertEquals(List.of("opened", "text"), echo.seen);
    }
    assertEquals(List.of("opened", "text", "closed 1006"), echo.seen);
  }

  @Test
  void socket_knowsItsSubprotocol() {
    List<String> known = new ArrayList<>();
    WebSocketHandler handler =
        new WebSocketHandler() {
          @Override
          public void opened(WebSocket socket) {
            known.add(String.valueOf(socket.subprotocol()));
            socket.attach("me");
            assertEquals("me", socket.attachment());
          }
        };
    String fields = "Sec-WebSocket-Protocol: chat.v1¶";
    try (SocketWire wire =
        SocketWire.open(OPTIONS, dev.pollux.net.ConnectionOptions.DEFAULT, fields, handler)) {
      assertEquals(List.of("chat.v1"), known);
      assertNull(wire.http.cause);
    }
  }
}
