package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.EchoBenchmark.Processors;
import dev.pollux.bench.echo.TlsKey;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The HTTP servers as processes: what they answer, and that they end. */
class HttpServersIT {

  private static final OptionalInt ANY = OptionalInt.empty();
  private static final Processors ANYWHERE = new Processors(ANY, ANY);
  private static final int DEADLINE_MILLIS = 10_000;
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String DATE = "date: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT";

  private static final String SUITE = "TLS_AES_256_GCM_SHA384";
  private static final short AES_256 = 0x1302; // the same: RFC 8446, B.4
  private static final int MOST_RUNS = 10;
  private static final int HELLO_BYTES = 200; // any has more

  private static final String SHAKE =
      """
      GET /ws HTTP/1.1
      Host: localhost
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """
          .replace("\n", "\r\n");

  /** The example of RFC 6455, 5.7; and a Close with 1000 under a mask of zeros. */
  private static final byte[] TEXT = HexFormat.of().parseHex("818537fa213d7f9f4d5158");

  private static final byte[] CLOSE = HexFormat.of().parseHex("88820000000003e8");

  private static HttpServers servers;

  @BeforeAll
  static void compile() throws IOException {
    servers = HttpServers.open(HttpServers.ALL, List.of(HttpScenario.values()));
  }

  @AfterAll
  static void remove() throws IOException {
    servers.close();
  }

  /** Those that can be started here; {@code pollux-serve} may have to be built, so not here. */
  static List<String> servers() {
    boolean hasNginx = Nginx.isInstalled();
    return HttpServers.ALL.stream()
        .filter(each -> !each.equals(HttpServers.SERVE))
        .filter(each -> hasNginx || !each.startsWith(HttpServers.NGINX))
        .filter(each -> Haproxy.isInstalled() || !each.equals(HttpServers.HAPROXY))
        .filter(each -> OpenSsl.isAvailable() || !each.equals(HttpServers.NETTY_OPENSSL))
        .toList();
  }

  private static List<String> answering(HttpScenario scenario) {
    return servers().stream().filter(each -> HttpServers.answers(each, scenario)).toList();
  }

  /** Those that add up. */
  static List<String> adding() {
    return answering(HttpScenario.BASELINE11);
  }

  /** Those that know a sum. */
  static List<String> summing() {
    return answering(HttpScenario.CHURN10);
  }

  static List<String> servingFiles() {
    return answering(HttpScenario.FILES20);
  }

  static List<String> encrypting() {
    return answering(HttpScenario.TLS64);
  }

  static List<String> echoing() {
    return answering(HttpScenario.WS64);
  }

  static List<String> passingOn() {
    return answering(HttpScenario.PROXY64);
  }

  /** Those that count bodies, too. */
  static List<String> full() {
    return answering(HttpScenario.PLAINTEXT64);
  }

  @ParameterizedTest
  @MethodSource("adding")
  void server_addsUp_inWhateverPiecesItIsAsked_andEndsWithItsHandle(String name) throws Exception {
    EchoProcess server = servers.start(name, ANYWHERE);
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    try (server;
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setTcpNoDelay(true);
      String target = " /baseline11?a=-13&b=42 HTTP/1.1\r\nHost: localhost\r\n";
      String chunked = "Transfer-Encoding: chunked\r\n\r\n1\r\n2\r\n1\r\n0\r\n0\r\n\r\n";
      String[] requests = {
        "GET" + target + "\r\n",
        "POST" + target + "Content-Length: 3\r\n\r\n-30",
        "POST" + target + chunked
      };
      List<String> sums = List.of("29", "-1", "49");
      for (int i = 0; i < requests.length; i++) {
        send(socket, requests[i]);
        assertText(sums.get(i), socket);
        for (int at = 0; at < requests[i].length(); at++) {
          send(socket, requests[i].substring(at, at + 1));
        }
        assertText(sums.get(i), socket);
      }
      assertEquals(server.asked(), server.allocatedBytes().isPresent());
    }
    process.onExit().get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @MethodSource("summing")
  void loadOfSums_isAnsweredInEveryScenario(String name) throws IOException {
    HttpLoad load = servers.load(false, ANY);
    try (EchoProcess server = servers.start(name, ANYWHERE)) {
      for (HttpScenario scenario : HttpScenario.values()) {
        if (scenario.sums() != null && HttpServers.answers(name, scenario)) {
          int runs = 0; // the first second may pass before a cold server has answered anything
          while (requests(load, scenario, server) == 0) {
            assertTrue(++runs < MOST_RUNS, scenario.label());
          }
        }
      }
    }
  }

  private static long requests(HttpLoad load, HttpScenario scenario, EchoProcess server)
      throws IOException {
    try (HttpLoad.Run run = load.closed(scenario, server.port(), 1)) {
      run.begin();
      return run.sample().requests();
    }
  }

  @ParameterizedTest
  @MethodSource("full")
  void server_answersAlike_andEndsWithItsHandle(String name) throws Exception {
    EchoProcess server = servers.start(name, ANYWHERE);
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    try (server;
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setTcpNoDelay(true);
      send(socket, GET);
      assertAnswer("Hello, World!", socket);
      for (int i = 0; i < GET.length(); i++) { // in as many pieces as it has bytes
        send(socket, GET.substring(i, i + 1));
      }
      assertAnswer("Hello, World!", socket);
      send(socket, GET + post("0123456789") + GET + post("x".repeat(1 << 16)));
      assertAnswer("Hello, World!", socket);
      assertAnswer("10", socket);
      assertAnswer("Hello, World!", socket);
      assertAnswer("65536", socket);
      send(socket, post("abc").replaceFirst("bc$", ""));
      send(socket, "bc" + GET);
      assertAnswer("3", socket);
      assertAnswer("Hello, World!", socket);
      assertEquals(server.asked(), server.allocatedBytes().isPresent());
      send(socket, "GET / HTTP/1.1\r\nno field\r\n\r\n" + GET);
      String refusal = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertTrue(refusal.isEmpty() || refusal.startsWith("HTTP/1.1 400 "), refusal);
    }
    process.onExit().get(5, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @MethodSource("servingFiles")
  void file_isAnsweredWhole_andOfItsType(String name) throws IOException {
    try (EchoProcess server = servers.start(name, ANYWHERE);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      List<String> paths = new ArrayList<>(HttpFiles.SPREAD);
      paths.add(HttpFiles.SMALL);
      for (String path : paths) {
        byte[] content = Files.readAllBytes(servers.files().file(path));
        send(socket, GET.replace(" / ", " " + path + " "));
        String fields = String.join("\n", head(socket)).toLowerCase(Locale.ROOT);
        assertTrue(fields.startsWith("http/1.1 200 ok\n"), fields);
        assertTrue(fields.contains("\ncontent-length: " + content.length + "\n"), fields);
        assertTrue(fields.contains("\ncontent-type: " + type(path) + "\n"), fields);
        assertTrue(fields.contains("\nlast-modified: "), fields);
        assertArrayEquals(content, socket.getInputStream().readNBytes(content.length), path);
      }
    }
  }

  private static String type(String path) {
    return switch (path.substring(path.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "webp" -> "image/webp";
      default -> "text/plain; charset=utf-8";
    };
  }

  /** The client offers one suite, as wrk is told to. */
  @ParameterizedTest
  @MethodSource("encrypting")
  void tls_isOfVersion13_andTheAnswerAlike(String name) throws IOException {
    SSLSocketFactory trusting = TlsKey.read(servers.files().key()).trusting().getSocketFactory();
    InetAddress here = InetAddress.getLoopbackAddress();
    try (EchoProcess server = servers.start(name, ANYWHERE);
        SSLSocket socket = (SSLSocket) trusting.createSocket(here, server.port())) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
      socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", SUITE});
      for (int i = 0; i < 2; i++) {
        send(socket, GET);
        assertText("Hello, World!", socket);
      }
      assertEquals("TLSv1.3", socket.getSession().getProtocol());
      assertEquals(server.asked(), server.allocatedBytes().isPresent());
    }
  }

  /** As wrk's OpenSSL would not by itself, and some servers have favourites. */
  @Test
  void wrk_offersOneSuite_alsoToAServerThatLikesAnother() throws Exception {
    if (!HttpLoad.isInstalled()) {
      return; // then nobody sends with TLS
    }
    try (ServerSocket listener = new ServerSocket(0, 99, InetAddress.getLoopbackAddress())) {
      listener.setSoTimeout(DEADLINE_MILLIS);
      HttpLoad load = servers.load(false, ANY);
      try (HttpLoad.Run _ = load.closed(HttpScenario.TLS64, listener.getLocalPort(), 1)) {
        ByteBuffer hello = ByteBuffer.allocate(0);
        while (!hello.hasRemaining()) { // the first connection is ended at once
          try (Socket socket = listener.accept()) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            hello = ByteBuffer.wrap(socket.getInputStream().readNBytes(HELLO_BYTES));
          }
        }
        assertEquals(Set.of(AES_256), suites13(hello));
      }
    }
  }

  /** Of the version 1.3, in the first message of a client: RFC 8446, 4.1.2 and 5.1. */
  private static Set<Short> suites13(ByteBuffer hello) {
    hello.position(5 + 4 + 2 + 32); // the heads of record and message, version, random
    int sessionBytes = hello.get();
    hello.position(hello.position() + sessionBytes);
    Set<Short> suites = new HashSet<>();
    for (int left = hello.getShort(); left > 0; left -= 2) {
      short suite = hello.getShort();
      if (suite >> 8 == 0x13) {
        suites.add(suite);
      }
    }
    return suites;
  }

  @ParameterizedTest
  @MethodSource("full")
  void ownLoad_isAnsweredInEveryScenario(String name) throws IOException {
    HttpLoad load = servers.load(true, ANY);
    try (EchoProcess server = servers.start(name, ANYWHERE);
        HttpLoad.Run pipelined = load.closed(HttpScenario.PIPELINED16, server.port(), 1);
        HttpLoad.Run bodies = load.closed(HttpScenario.POST64K, server.port(), 1);
        HttpLoad.Run paced = load.fixed(HttpScenario.PLAINTEXT64, server.port(), 640, 1)) {
      assertEquals(0, pipelined.sample().requests() % 16);
      assertTrue(bodies.sample().requests() >= 64);
      long requests = paced.sample().requests(); // ten sweeps, one more or less
      assertTrue(requests >= 64 && requests <= 11 * 64, requests + " requests");
    }
  }

  /** Also messages in pieces: what the load looks at is that each comes back whole. */
  @ParameterizedTest
  @MethodSource("echoing")
  void socket_sendsBack_whatTheLoadSends_andEndsInOrder(String name) throws Exception {
    HttpLoad load = servers.load(false, ANY);
    try (EchoProcess server = servers.start(name, ANYWHERE)) {
      for (HttpScenario scenario : List.of(HttpScenario.WS64, HttpScenario.WS64X16)) {
        assertTrue(requests(load, scenario, server) > 0, scenario.label());
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
        send(socket, SHAKE);
        List<String> head = head(socket);
        assertTrue(head.getFirst().startsWith("HTTP/1.1 101 "), head.getFirst());
        for (byte each : TEXT) {
          socket.getOutputStream().write(each);
        }
        byte[] answer = {(byte) 0x81, 5, 'H', 'e', 'l', 'l', 'o'};
        assertArrayEquals(answer, socket.getInputStream().readNBytes(answer.length));
        socket.getOutputStream().write(CLOSE);
        byte[] closed = {(byte) 0x88, 2, 3, (byte) 0xe8};
        assertArrayEquals(closed, socket.getInputStream().readAllBytes());
      }
    }
  }

  /** What is behind says what it was asked by {@code Hello, World!}, and by how many bytes came. */
  @ParameterizedTest
  @MethodSource("passingOn")
  void proxy_passesOn_bothWays(String name) throws IOException {
    HttpLoad load = servers.load(true, ANY);
    try (EchoProcess server = servers.start(name, ANYWHERE);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      for (int i = 0; i < 2; i++) {
        send(socket, GET);
        assertText("Hello, World!", socket);
        send(socket, post("0123456789"));
        assertText("10", socket);
      }
      assertTrue(requests(load, HttpScenario.PROXY64, server) > 0);
      assertEquals(server.asked(), server.allocatedBytes().isPresent());
    }
  }

  @Test
  void haproxy_thatIsNotInstalled_saysSo() {
    if (!Haproxy.isInstalled()) {
      Exception e =
          assertThrows(
              UnsupportedOperationException.class,
              () -> servers.start(HttpServers.HAPROXY, ANYWHERE));
      assertTrue(e.getMessage().startsWith("is not installed"), e.getMessage());
    }
  }

  @Test
  void nginx_thatIsNotInstalled_saysSo() throws IOException {
    if (!Nginx.isInstalled()) {
      Exception e =
          assertThrows(
              UnsupportedOperationException.class,
              () -> servers.start(HttpServers.NGINX, ANYWHERE));
      assertTrue(e.getMessage().startsWith("is not installed"), e.getMessage());
    }
  }

  @Test
  void load_withoutAServer_isAnErrorThatQuotesIt() throws IOException {
    HttpLoad load = servers.load(true, ANY);
    int port = 1; // where nothing listens
    try (HttpLoad.Run run = load.closed(HttpScenario.PLAINTEXT64, port, 1)) {
      IOException e = assertThrows(IOException.class, run::sample);
      assertTrue(e.getMessage().contains("Connection refused"), e.getMessage());
    }
  }

  private static String post(String body) {
    return "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /** Reads one answer, of whatever fields, with a text. */
  private static void assertText(String sum, Socket socket) throws IOException {
    List<String> lines = head(socket);
    assertTrue(lines.getFirst().startsWith("HTTP/1.1 200"), lines.getFirst());
    String fields = String.join("\n", lines).toLowerCase(Locale.ROOT);
    assertTrue(fields.contains("\ncontent-type: text/plain"), fields);
    assertTrue(fields.contains("\ncontent-length: " + sum.length() + "\n"), fields);
    assertEquals(sum, new String(socket.getInputStream().readNBytes(sum.length()), ISO_8859_1));
  }

  /** Reads one answer, and looks at all of it. */
  private static void assertAnswer(String content, Socket socket) throws IOException {
    List<String> lines = head(socket);
    assertEquals("HTTP/1.1 200 OK", lines.getFirst());
    assertTrue(lines.get(1).matches("(?i)" + DATE), lines.get(1));
    assertTrue(lines.get(2).equalsIgnoreCase("content-type: text/plain; charset=utf-8"));
    assertTrue(lines.get(3).equalsIgnoreCase("content-length: " + content.length()));
    assertEquals("", lines.get(4));
    InputStream in = socket.getInputStream();
    assertEquals(content, new String(in.readNBytes(content.length()), ISO_8859_1));
  }

  /** The lines of one, with an empty one at the end. */
  private static List<String> head(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      assertTrue(c >= 0, "closed behind " + head);
      var _ = head.append((char) c);
    }
    return head.toString().lines().toList();
  }
}
