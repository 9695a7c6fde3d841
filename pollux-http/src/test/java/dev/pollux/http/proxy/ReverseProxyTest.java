package dev.pollux.http.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.ForwardedFor;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.HttpServer;
import dev.pollux.http.HttpWire;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy between a client's wire and servers on the same model kernel. */
class ReverseProxyTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final ProxyOptions OPTIONS = ProxyOptions.DEFAULT;

  private HttpHandler handler = (_, _) -> {};
  private final HttpWire wire =
      HttpWire.to((request, response) -> handler.handle(request, response));
  private final List<AutoCloseable> servers = new ArrayList<>();
  private ReverseProxy proxy = ReverseProxy.to("http://127.0.0.1:1");

  @AfterEach
  void nothingIsLeft() throws Exception {
    proxy.close();
    for (AutoCloseable server : servers) {
      server.close();
    }
    wire.turn();
    wire.close();
  }

  private String serve(HttpHandler behind) throws SysException {
    HttpServer server = HttpServer.open(wire.loop, ServerOptions.at(ANY), behind);
    servers.add(server);
    return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
  }

  private String serveRaw(ConnectionHandler behind) throws SysException {
    Server server = Server.open(wire.loop, ServerOptions.at(ANY), _ -> behind);
    servers.add(server);
    return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
  }

  private void to(ProxyOptions options, String... targets) {
    proxy = ReverseProxy.to(options, List.of(targets));
    handler = proxy;
  }

  private String ask(String request) {
    wire.send(request);
    String answer = wire.read();
    for (int i = 0; i < 50 && answer.isEmpty(); i++) {
      answer = wire.turn().read();
    }
    return answer;
  }

  private static String get(String fields) {
    return "GET /a/../b%2F?q=%20 HTTP/1.1¶Host: site.example¶" + fields + "¶";
  }

  /** A server that says what it was asked. */
  private static void mirror(HttpRequest request, HttpResponse response) throws Exception {
    StringBuilder said = new StringBuilder(request.method() + " " + request.target() + "\n");
    for (int i = 0; i < request.fields().count(); i++) {
      said.append(request.fields().name(i)).append(": ").append(request.fields().value(i));
      said.append('\n');
    }
    request.body().whole(bytes -> response.send(said + UTF_8.decode(bytes).toString()));
  }

  @Test
  void request_isPassedOn_withoutWhatIsOfTheConnection() throws Exception {
    to(OPTIONS, serve(ReverseProxyTest::mirror));
    String answer =
        ask(
            get(
                "X-One: 1¶Connection: keep-alive, X-Mine¶X-Mine: 2¶Keep-Alive: 5¶TE: trailers¶"
                    + "Proxy-Authorization: secret¶X-Forwarded-For: 6.6.6.6¶Forwarded: for=x¶"
                    + "X-One: 3¶"));
    String said = answer.substring(answer.indexOf("¶¶") + 2);
    assertEquals(
        """
        GET /a/../b%2F?q=%20
        Host: site.example
        X-One: 1
        X-One: 3
        X-Forwarded-For: 127.0.0.1
        X-Forwarded-Proto: http
        X-Forwarded-Host: site.example
        Forwarded: for=127.0.0.1;proto=http;host="site.example"
        Via: 1.1 pollux
        """,
        said);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK¶Content-Type: "), answer);
    assertTrue(answer.contains("¶Via: 1.1 pollux¶"), answer);
  }

  @Test
  void forwarding_thatIsTrusted_isAddedTo() throws Exception {
    to(OPTIONS.withTrustedForwarding(true), serve(ReverseProxyTest::mirror));
    String answer =
        ask(get("X-Forwarded-For: 1.2.3.4¶X-Forwarded-Proto: https¶Forwarded: for=1.2.3.4¶"));
    assertTrue(answer.contains("\nX-Forwarded-For: 1.2.3.4, 127.0.0.1\n"), answer);
    assertTrue(answer.contains("\nX-Forwarded-Proto: https\n"), answer);
    assertTrue(answer.contains("\nForwarded: for=1.2.3.4, for=127.0.0.1;proto=http;"), answer);
  }

  @Test
  void forwarding_behindProxiesThatAreBelieved_addsThePeer_andNotTheClientAgain() throws Exception {
    ReverseProxy to = ReverseProxy.to(trusting(), List.of(serve(ReverseProxyTest::mirror)));
    proxy = to;
    List<String> clients = new ArrayList<>();
    HttpHandler looking =
        (request, response) -> {
          clients.add(((InetSocketAddress) request.remoteAddress()).getHostString());
          to.handle(request, response);
        };
    handler = ForwardedFor.hops(2).around(looking);
    String answer = ask(get("X-Forwarded-For: 6.6.6.6, 10.0.0.1¶Forwarded: for=6.6.6.6¶"));
    assertEquals(List.of("6.6.6.6"), clients);
    assertTrue(answer.contains("\nX-Forwarded-For: 6.6.6.6, 10.0.0.1, 127.0.0.1\n"), answer);
    assertTrue(answer.contains("\nForwarded: for=6.6.6.6, for=127.0.0.1;proto=http;"), answer);
  }

  /** The PROXY header of whoever is in front says who the peer is. */
  @Test
  void forwarding_withAProxyHeader_saysWhomThatNames() throws Exception {
    try (ProxyWire net =
        new ProxyWire(HttpWire.OPTIONS.withProxyProtocol(true), ConnectionOptions.DEFAULT)) {
      net.to(OPTIONS, net.serve(ReverseProxyTest::mirror));
      String answer = net.ask("PROXY TCP4 192.0.2.7 192.0.2.8 1 80¶" + get(""));
      assertTrue(answer.contains("\nX-Forwarded-For: 192.0.2.7\n"), answer);
    }
  }

  private static ProxyOptions trusting() {
    return OPTIONS.withTrustedForwarding(true);
  }

  @Test
  void host_byPolicy_isTheTargets() throws Exception {
    String target = serve(ReverseProxyTest::mirror);
    to(OPTIONS.withHostPolicy(HostPolicy.TARGET), target);
    assertTrue(ask(get("")).contains("\nHost: " + target.substring(7) + "\n"));
  }

  @Test
  void bodies_ofAnyKind_arePassedOn() throws Exception {
    to(OPTIONS, serve(ReverseProxyTest::mirror));
    String post = "POST / HTTP/1.1¶Host: a¶";
    String sized = ask(post + "Content-Length: 5¶¶hello");
    assertTrue(sized.endsWith("\nContent-Length: 5\nhello") || sized.endsWith("\nhello"), sized);
    String chunked = ask(post + "Transfer-Encoding: chunked¶¶3¶hel¶2¶lo¶0¶¶");
    assertTrue(chunked.contains("\nTransfer-Encoding: chunked\n"), chunked);
    assertTrue(chunked.endsWith("\nhello"), chunked);
    assertTrue(ask(get("")).startsWith("HTTP/1.1 200 OK"));
  }

  @Test
  void body_thatWaitsForItsLeave_getsItFromBehind() throws Exception {
    to(OPTIONS, serve(ReverseProxyTest::mirror));
    String post = "POST / HTTP/1.1¶Host: a¶Expect: 100-continue¶Content-Length: 2¶¶";
    assertEquals("HTTP/1.1 100 Continue¶¶", ask(post));
    assertTrue(ask("hi").endsWith("\nhi"));
    handler = ReverseProxy.to(serve((_, response) -> response.status(413).send("no")));
    String refused = ask(post);
    assertTrue(refused.startsWith("HTTP/1.1 413 ") && refused.endsWith("no"), refused);
    assertTrue(wire.isEnded());
  }

  @Test
  void answers_ofAllKinds_arePassedOn() throws Exception {
    HttpHandler behind =
        (request, response) -> {
          switch (request.path()) {
            case "/none" -> response.status(204).send();
            case "/same" -> response.status(304).field("ETag", "\"x\"").send();
            case "/told" -> response.status(304).length(7).send();
            case "/piece" -> {
              response.write("one");
              response.write("two");
              response.trailer("X-Sum", "6").end();
            }
            case "/other" -> response.status(426).field("Upgrade", "websocket").send("no");
            case "/early" -> {
              response.field("Link", "</a>").inform(103);
              response.field("X-Late", "1").send("done");
            }
            default -> response.status(404).field("Set-Cookie", "a=1").send("no");
          }
        };
    to(OPTIONS, serve(behind));
    String get = "GET %s HTTP/1.1¶Host: a¶¶";
    assertEquals("HTTP/1.1 204 No Content¶Via: 1.1 pollux¶¶", ask(get.formatted("/none")));
    assertEquals(
        "HTTP/1.1 304 Not Modified¶ETag: \"x\"¶Via: 1.1 pollux¶¶", ask(get.formatted("/same")));
    assertEquals(
        "HTTP/1.1 304 Not Modified¶Via: 1.1 pollux¶Content-Length: 7¶¶",
        ask(get.formatted("/told")));
    String piece = ask(get.formatted("/piece"));
    assertTrue(piece.endsWith("Transfer-Encoding: chunked¶¶3¶one¶3¶two¶0¶X-Sum: 6¶¶"), piece);
    String early = ask(get.formatted("/early"));
    assertTrue(early.startsWith("HTTP/1.1 103 Early Hints¶Link: </a>¶¶HTTP/1.1 200 OK¶"), early);
    assertTrue(early.contains("X-Late: 1"), early);
    String other = ask(get.formatted("/other"));
    assertTrue(other.contains("¶Upgrade: websocket¶Via: 1.1 pollux¶Connection: upgrade¶"), other);
    handler = (request, response) -> proxy.handle(request, response.field("Link", "</mine>"));
    String around = ask(get.formatted("/early"));
    assertTrue(around.startsWith("HTTP/1.1 103 Early Hints¶Link: </mine>¶¶HTTP/1.1 200 "), around);
    assertTrue(around.contains("200 OK¶Link: </mine>¶"), around);
    handler = proxy;
    assertTrue(ask(get.formatted("/")).contains("Set-Cookie: a=1"));
    String head = ask("HEAD /x HTTP/1.1¶Host: a¶¶");
    assertTrue(head.contains("Content-Length: 2") && head.endsWith("¶¶"), head);
  }

  @Test
  void failures_areAnswered() throws Exception {
    to(OPTIONS, "http://127.0.0.1:1");
    String refused = ask(get(""));
    assertTrue(refused.startsWith("HTTP/1.1 502 "), refused);
    assertFalse(refused.contains("127.0.0.1"), refused);
    String tunnel = ask("CONNECT a:1 HTTP/1.1¶Host: a:1¶¶");
    assertTrue(tunnel.startsWith("HTTP/1.1 405 "), tunnel);
    assertTrue(tunnel.contains("¶Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS¶"), tunnel);
    to(
        OPTIONS,
        serveRaw(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n")));
    assertTrue(ask(get("")).startsWith("HTTP/1.1 502 "));
    to(OPTIONS, serveRaw(answering("HTTP/1.1 200 OK")));
    wire.send(get(""));
    wire.pass(Duration.ofMinutes(2));
    String late = wire.read();
    assertTrue(late.startsWith("HTTP/1.1 504 "), late);
  }

  /** Sends this to whoever says something, and no more. */
  private static ConnectionHandler answering(String text) {
    return new ConnectionHandler() {
      @Override
      public void received(Connection connection, ByteBuffer data) {
        var _ = data.position(data.limit());
        var _ = connection.write((text + "\r\n").getBytes(ISO_8859_1));
      }
    };
  }

  @Test
  void answer_thatIsCutBehind_isCutHere() throws Exception {
    ConnectionHandler cutting =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            var _ = data.position(data.limit());
            var _ = connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            connection.close();
          }
        };
    to(OPTIONS, serveRaw(cutting));
    wire.send(get(""));
    wire.turn();
    assertTrue(wire.isReset());
  }

  @Test
  void targets_thatAreGone_areLeftAlone() throws Exception {
    String up = serve((_, response) -> response.send("up"));
    List<String> told = new ArrayList<>();
    to(
        OPTIONS.withFailureListener((uri, failure) -> told.add(uri + " " + failure.reason())),
        "http://127.0.0.1:1",
        up);
    for (int i = 0; i < 10; i++) {
      assertTrue(ask(get("")).endsWith("up"));
    }
    assertEquals(List.of("http://127.0.0.1:1 CONNECT_FAILED"), told);
    wire.pass(Duration.ofSeconds(3));
    for (int i = 0; i < 10; i++) {
      assertTrue(ask(get("")).endsWith("up"));
    }
    assertEquals(2, told.size());
  }

  @Test
  void targets_ofSockets_areToldApart() throws Exception {
    List<String> told = new ArrayList<>();
    to(
        OPTIONS.withFailureListener((uri, _) -> told.add(uri.toString())),
        "unix:/none/a",
        "unix:/none/b c",
        "unix:here");
    assertEquals("proxy to [unix:/none/a, unix:/none/b%20c, unix:here]", proxy.toString());
    assertTrue(ask(get("")).startsWith("HTTP/1.1 502 "));
    assertEquals(List.of("unix:/none/a", "unix:/none/b%20c", "unix:here"), told);
    assertEquals("unix:/none/a", proxy.targets().getFirst().target().toString());
  }

  @Test
  void health_decides() throws Exception {
    int[] status = {200};
    int[] asked = {0, 0};
    HttpHandler one =
        (request, response) -> {
          boolean isLook = request.path().equals("/health");
          asked[0] += isLook ? 0 : 1;
          response.status(isLook ? status[0] : 200).send("one");
        };
    HttpHandler two =
        (request, response) -> {
          asked[1] += request.path().equals("/health") ? 0 : 1;
          response.send("two");
        };
    to(OPTIONS.withHealthPath("/health"), serve(one), serve(two));
    ask(get(""));
    ask(get(""));
    assertEquals(List.of(1, 1), List.of(asked[0], asked[1]));
    status[0] = 503;
    wire.pass(Duration.ofSeconds(3));
    for (int i = 0; i < 6; i++) {
      ask(get(""));
    }
    assertEquals(List.of(1, 7), List.of(asked[0], asked[1]));
    status[0] = 200;
    wire.pass(Duration.ofSeconds(3));
    for (int i = 0; i < 6; i++) {
      ask(get(""));
    }
    assertEquals(List.of(4, 10), List.of(asked[0], asked[1]));
  }

  @Test
  void client_thatDoesNotRead_makesTheServerBehindWait() throws Exception {
    long[] written = {0};
    HttpHandler endless =
        (request, response) -> {
          response.begin("application/octet-stream");
          pour(response, written);
        };
    to(OPTIONS, serve(endless));
    wire.send(get(""));
    for (int i = 0; i < 200; i++) {
      wire.turn();
    }
    long stood = written[0];
    wire.turn();
    assertEquals(stood, written[0]);
    assertTrue(stood < 5 << 20, "written: " + stood);
    assertTrue(wire.receive(4 << 20) >= 4 << 20);
    assertTrue(written[0] > stood);
  }

  private static void pour(HttpResponse response, long[] written) {
    ByteBuffer piece = ByteBuffer.allocate(10_000);
    while (response.isOpen() && response.isWritable()) {
      if (response.write(piece.rewind()).isTaken()) {
        written[0] += piece.capacity();
      }
    }
    if (response.isOpen()) {
      response.whenWritable(() -> pour(response, written));
    }
  }

  @Test
  void server_thatDoesNotRead_makesTheClientWait() throws Exception {
    long[] read = {0};
    HttpRequest[] asked = {null};
    HttpHandler slow =
        (request, response) -> {
          asked[0] = request;
          request.body().stream(
              new HttpBodyHandler() {
                @Override
                public void data(ByteBuffer data) {
                  read[0] += data.remaining();
                  request.body().pause();
                }

                @Override
                public void end() {
                  response.send("read " + read[0]);
                }
              });
        };
    to(OPTIONS, serve(slow));
    int size = 8 << 20;
    wire.send("POST / HTTP/1.1¶Host: a¶Content-Length: " + size + "¶¶");
    byte[] body = new byte[1 << 16];
    int sent = 0;
    while (sent < size && !wire.connection.isReadingPaused()) {
      wire.write(body).turn();
      sent += body.length;
    }
    assertTrue(wire.connection.isReadingPaused());
    assertTrue(sent < size / 2, "sent: " + sent);
    while (sent < size) {
      asked[0].body().resume();
      wire.turn();
      if (!wire.connection.isReadingPaused()) {
        wire.write(body).turn();
        sent += body.length;
      }
    }
    for (int i = 0; i < 10_000 && read[0] < size; i++) {
      asked[0].body().resume();
      wire.turn();
    }
    assertTrue(wire.read().endsWith("read " + size));
  }

  @Test
  void webSocket_isPassedOn() throws Exception {
    WebSocketHandler echo =
        new WebSocketHandler() {
          @Override
          public void text(WebSocket socket, String text) {
            var _ = socket.send("echo " + text);
          }
        };
    to(OPTIONS, serve(WebSocketEndpoint.of(_ -> echo)));
    String ask =
        "GET / HTTP/1.1¶Host: a¶Connection: Upgrade¶Upgrade: websocket¶"
            + "Sec-WebSocket-Version: 13¶Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==¶¶";
    String answer = ask(ask);
    assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    assertTrue(answer.contains("¶Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=¶"), answer);
    wire.write(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'});
    assertEquals("\u0081\u0007echo hi", wire.read());
    assertTrue(wire.end().isEnded());
  }

  @Test
  void client_thatIsChanged_keepsTheTimesOfAProxy() {
    ProxyOptions changed = OPTIONS.withClient(client -> client.withConnectionsPerOrigin(7));
    assertEquals(7, changed.client().connectionsPerOrigin());
    assertEquals(Duration.ofSeconds(5), changed.client().connectTime());
    assertEquals(Duration.ofSeconds(5), changed.client().waitTime());
  }

  @Test
  void options_thatAreWrong_areRefused() {
    for (String wrong :
        List.of(
            "unix:",
            "127.0.0.1:80",
            "ftp://a",
            "http://a/b",
            "http://",
            "http://u:p@a",
            "http://a?b")) {
      assertThrows(IllegalArgumentException.class, () -> ReverseProxy.to(wrong), wrong);
    }
    assertThrows(IllegalArgumentException.class, ReverseProxy::to);
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withHealthPath("health"));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withDownTime(Duration.ZERO));
  }
}
