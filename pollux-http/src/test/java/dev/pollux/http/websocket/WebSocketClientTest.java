package dev.pollux.http.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpServer;
import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.ClientOptions;
import dev.pollux.http.client.ClientRequest;
import dev.pollux.http.client.FailureReason;
import dev.pollux.http.client.HttpClient;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** WebSockets to a server of one's own, and to one that is wrong, on the model kernel. */
class WebSocketClientTest {

  private static final ServerOptions AT =
      ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  private static final WebSocketOptions QUIET =
      WebSocketOptions.DEFAULT.withPingInterval(Duration.ZERO);

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Map<Integer, String> before = sys.openDescriptors();
  private final EventLoop loop;
  private final HttpClient http;
  private final List<AutoCloseable> servers = new ArrayList<>();
  private final List<IOException> failures = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private @Nullable WebSocket socket;

  private final WebSocketHandler ears =
      new WebSocketHandler() {
        @Override
        public void opened(WebSocket opened) {
          socket = opened;
        }

        @Override
        public void text(WebSocket from, String text) {
          heard.add(text);
        }

        @Override
        public void closed(WebSocket closed, WebSocketEnd end) {
          heard.add("closed " + end.code() + " " + end.isClean());
        }
      };

  WebSocketClientTest() throws SysException {
    loop = EventLoop.open(sys, LoopOptions.DEFAULT);
    http = HttpClient.of(loop);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (AutoCloseable server : servers) {
      server.close();
    }
    http.close();
    turn();
    assertEquals(0, loop.timerCount());
    loop.close();
    assertEquals(before, sys.openDescriptors());
  }

  private void turn() throws SysException {
    for (int empty = 0; empty < 20; ) {
      empty = loop.runOnce(0) == 0 ? empty + 1 : 0;
    }
  }

  private String serve(HttpHandler handler) throws SysException {
    HttpServer server = HttpServer.open(loop, AT, handler);
    servers.add(server);
    return "ws://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + "/chat";
  }

  private String serveRaw(String answer) throws SysException {
    ConnectionHandler handler =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            String ask = StandardCharsets.ISO_8859_1.decode(data).toString();
            String key = ask.replaceAll("(?s).*Sec-WebSocket-Key: ([^\r]*)\r.*", "$1");
            String text = answer.replace("ACCEPT", Handshake.accept(key)).replace("¶", "\r\n");
            var _ = connection.write(text.getBytes(StandardCharsets.ISO_8859_1));
          }
        };
    Server server = Server.open(loop, AT, _ -> handler);
    servers.add(server);
    return "ws://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + "/chat";
  }

  /** Two servers: of the first, paths lead to the other one. */
  private List<String> redirected(String path, ClientOptions options) throws SysException {
    WebSocketEndpoint endpoint = WebSocketEndpoint.of(QUIET, _ -> new SocketWire.Echo());
    String there = serve(endpoint);
    String here =
        serve((request, response) -> {
          switch (request.path()) {
            case "/relative" -> response.redirect(307, "/chat");
            case "/other" -> response.redirect(302, there);
            case "/tls" -> response.redirect(301, there.replace("ws:", "WSS:"));
            case "/loop" -> response.redirect(301, "/loop");
            default -> endpoint.handle(request, response);
          }
        });
    List<String> told = new ArrayList<>();
    WebSocketHandler opening =
        new WebSocketHandler() {
          @Override
          public void opened(WebSocket opened) {
            told.add("opened");
            opened.reset();
          }
        };
    HttpClient following = HttpClient.of(loop, options);
    var _ =
        WebSocketClient.of(following, QUIET)
            .connect(here.replace("/chat", path), opening, why -> told.add(why.getMessage()));
    turn();
    following.close();
    turn();
    return told;
  }

  @Test
  void redirect_isFollowed_withinTheLimit() throws Exception {
    ClientOptions two = ClientOptions.DEFAULT.withRedirects(2);
    assertEquals(List.of("opened"), redirected("/relative", two));
    assertEquals(List.of("opened"), redirected("/other", two));
    String looping = redirected("/loop", two).getFirst();
    assertTrue(looping.contains("more than 2 redirects"), looping);
    String none = redirected("/relative", ClientOptions.DEFAULT).getFirst();
    assertTrue(none.endsWith("the answer is 307"), none);
    String plain = redirected("/tls", two).getFirst();
    assertFalse(plain.contains("nobody can be asked"), plain);
  }

  @Test
  void request_byAnotherMethod_orWithABody_isRefused() {
    WebSocketClient client = WebSocketClient.of(http);
    for (ClientRequest wrong :
        List.of(
            ClientRequest.of("POST", "http://a.test/"),
            ClientRequest.get("http://a.test/").withBody("x"),
            ClientRequest.get("http://a.test/").withStreamedBody())) {
      assertThrows(
          IllegalArgumentException.class, () -> client.connect(wrong, ears, failures::add));
    }
    assertEquals(List.of(), failures);
  }

  /** Sends so many messages, as long as there is room, and counts what comes. */
  private static final class Pump implements WebSocketHandler {

    private static final int MOST = 600; // of 16 KiB each way

    private int sent;
    private int got;
    private @Nullable WebSocketEnd end;

    private void go(WebSocket to) {
      boolean isRoom = true;
      while (sent < MOST && isRoom) {
        WriteResult result = to.send(ByteBuffer.allocate(1 << 14));
        sent += result.isTaken() ? 1 : 0;
        isRoom = result.goesOn();
      }
    }

    @Override
    public void opened(WebSocket opened) {
      go(opened);
    }

    @Override
    public void writable(WebSocket to) {
      go(to);
    }

    @Override
    public void message(WebSocket from, boolean isText, ByteBuffer data) {
      got++;
    }

    @Override
    public void closed(WebSocket closed, WebSocketEnd why) {
      end = why;
    }
  }

  private void untilAllCame(Pump pump, WebSocketHandler peer) throws SysException {
    String uri = serve(WebSocketEndpoint.of(QUIET, _ -> peer));
    var _ = WebSocketClient.of(http, QUIET).connect(uri, pump, failures::add);
    turn();
    assertEquals(List.of(), failures);
    assertNull(pump.end);
    assertEquals(Pump.MOST, pump.got);
  }

  /** Each obeys FULL, and neither stops the other for ever. */
  @Test
  void bothEnds_full_goOn() throws Exception {
    Pump server = new Pump();
    untilAllCame(new Pump(), server);
    assertEquals(Pump.MOST, server.got);
  }

  @Test
  void echo_ofMoreThanBothEndsHold_comesBack() throws Exception {
    untilAllCame(
        new Pump(),
        new WebSocketHandler() {
          @Override
          public void message(WebSocket from, boolean isText, ByteBuffer data) {
            assertTrue(from.send(isText, data).isTaken());
          }
        });
  }

  private void connect(WebSocketOptions options, String uri) throws SysException {
    var _ = WebSocketClient.of(http, options).connect(uri, ears, failures::add);
    turn();
  }

  private WebSocket socket() {
    return Objects.requireNonNull(socket, failures::toString);
  }

  @Test
  void messages_goBothWays_thenItEndsInOrder() throws Exception {
    SocketWire.Echo echo = new SocketWire.Echo();
    for (WebSocketOptions options :
        List.of(
            QUIET,
            QUIET.withCompression(true).withCompressFromBytes(1),
            QUIET.withCompression(true).withContextTakeover(true).withCompressFromBytes(1))) {
      heard.clear();
      connect(options, serve(WebSocketEndpoint.of(options, _ -> echo)));
      List<String> said = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        said.add("line " + i + " ☕".repeat(i * 40));
        assertTrue(socket().send(said.getLast()).isTaken());
        turn();
      }
      assertEquals(said, heard);
      socket().close();
      turn();
      assertEquals("closed 1000 true", heard.getLast());
      assertEquals("closed 1000", echo.seen.getLast());
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void server_thatCloses_isAnswered() throws Exception {
    SocketWire.Echo echo = new SocketWire.Echo();
    connect(QUIET, serve(WebSocketEndpoint.of(_ -> echo)));
    Objects.requireNonNull(echo.socket).close(4000, "enough");
    turn();
    assertEquals(List.of("closed 4000 true"), heard);
    assertEquals("closed 4000", echo.seen.getLast());
  }

  @Test
  void subprotocol_andFields_areAgreedOn() throws Exception {
    WebSocketOptions options = QUIET.withSubprotocols("v2", "v1");
    List<String> asked = new ArrayList<>();
    WebSocketEndpoint endpoint =
        WebSocketEndpoint.of(
            QUIET.withSubprotocols("v1"),
            request -> {
              asked.add(request.field("Authorization") + request.path());
              return new SocketWire.Echo();
            });
    String uri = serve(endpoint).replace("ws:", "http:");
    ClientRequest request = ClientRequest.get(uri).withField("Authorization", "me");
    var _ = WebSocketClient.of(http, options).connect(request, ears, failures::add);
    turn();
    assertEquals("v1", socket().subprotocol());
    assertEquals(List.of("me/chat"), asked);
    socket().reset();
  }

  @Test
  void server_thatRefuses_isTold() throws Exception {
    connect(QUIET, serve((_, response) -> response.status(403).send("x".repeat(1 << 20))));
    assertEquals(403, assertInstanceOf(HandshakeException.class, failures.getFirst()).status());
    connect(QUIET, "ws://127.0.0.1:1/");
    ClientException refused = assertInstanceOf(ClientException.class, failures.getLast());
    assertEquals(FailureReason.CONNECT_FAILED, refused.reason());
    assertEquals(List.of(), heard);
  }

  @Test
  void server_thatAnswersWrongly_isLeft() throws Exception {
    String right =
        "HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: upgrade¶"
            + "Sec-WebSocket-Accept: ACCEPT¶";
    String[] wrongs = {
      right.replace("ACCEPT", "AAAA"),
      right.replace("Sec-WebSocket-Accept: ACCEPT¶", ""),
      right + "Sec-WebSocket-Accept: ACCEPT¶",
      right + "Sec-WebSocket-Protocol: unasked¶",
      right + "Sec-WebSocket-Extensions: permessage-deflate¶",
      right + "Sec-WebSocket-Extensions: ;¶",
    };
    for (String wrong : wrongs) {
      failures.clear();
      connect(QUIET, serveRaw(wrong + "¶"));
      assertEquals(1, failures.size(), wrong);
      assertEquals(101, assertInstanceOf(HandshakeException.class, failures.getFirst()).status());
    }
    String alone = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    assertExtension(QUIET, alone, right);
    WebSocketOptions compressing = QUIET.withCompression(true);
    assertExtension(compressing, "permessage-deflate", right); // it keeps what it was not to
    assertExtension(compressing, alone + "; client_max_window_bits=15", right);
    assertExtension(compressing, alone + ", " + alone, right);
    assertExtension(compressing, alone + "; odd", right);
    assertEquals(List.of(), heard);
    failures.clear();
    connect(compressing, serveRaw(right + "Sec-WebSocket-Extensions: " + alone + "¶¶"));
    socket().reset();
    connect(QUIET, serveRaw(right + "¶"));
    assertEquals(List.of(), failures);
    socket().reset();
  }

  /** What was not offered so ends it. */
  private void assertExtension(WebSocketOptions options, String agreed, String right)
      throws SysException {
    failures.clear();
    connect(options, serveRaw(right + "Sec-WebSocket-Extensions: " + agreed + "¶¶"));
    assertEquals(1, failures.size(), agreed);
    assertInstanceOf(HandshakeException.class, failures.getFirst(), agreed);
  }

  /**
   * The server ends the connection, behind both Closes; if it does not, the client does in time.
   */
  @Test
  void client_thatWasToldClose_waitsForTheEnd() throws Exception {
    String right =
        "HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: upgrade¶"
            + "Sec-WebSocket-Accept: ACCEPT¶¶";
    connect(QUIET, serveRaw(right + "\u0088\0"));
    assertTrue(socket().connection().isOpen());
    assertEquals(List.of(), heard);
    long end = sys.nanoTime() + Duration.ofSeconds(6).toNanos();
    while (sys.nanoTime() - end < 0) {
      int _ = loop.runOnce(end - sys.nanoTime());
    }
    turn();
    assertEquals(List.of("closed 1005 true"), heard);
  }

  @Test
  void server_thatMasks_isLeft() throws Exception {
    String right =
        "HTTP/1.1 101 Switching Protocols¶Upgrade: websocket¶Connection: upgrade¶"
            + "Sec-WebSocket-Accept: ACCEPT¶¶";
    connect(QUIET, serveRaw(right + "\u0001\u0080\0\0\0\0"));
    assertEquals(List.of("closed 1002 false"), heard);
  }

  @Test
  void uri_ofAnotherKind_isRefused() {
    WebSocketClient client = WebSocketClient.of(http);
    for (String wrong : List.of("ftp://a", "ws:", "wss:/a", "a")) {
      assertThrows(
          IllegalArgumentException.class, () -> client.connect(wrong, ears, failures::add), wrong);
    }
  }

  @Test
  void client_inAGroup_isRefused() throws Exception {
    connect(QUIET, serve(WebSocketEndpoint.of(_ -> new SocketWire.Echo())));
    WebSocketGroup group = WebSocketGroup.over(List.of(loop));
    assertThrows(IllegalArgumentException.class, () -> group.add(socket()));
    assertTrue(socket().send(WebSocketMessage.text("hello")).isTaken());
    turn();
    assertEquals(List.of("hello"), heard);
    socket().reset();
  }
}
