package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The PROXY protocol before TLS, over loopback. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProxyServerTest {

  private static final HttpOptions BEHIND = HttpOptions.DEFAULT.withProxyProtocol(true);
  private static final byte[] HEADER = ProxyHeaders.binary();
  private static final byte[] GET = HttpWire.bytes("GET / HTTP/1.1¶Host: a¶Connection: close¶¶");
  private static final HttpHandler WHO =
      (request, response) -> response.send(request.scheme() + " " + request.remoteAddress());

  private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();

  /** Has a client do something. */
  private interface Use {
    void with(InetSocketAddress server) throws Exception;
  }

  private void serve(HttpOptions http, Tls tls, Use use) throws Exception {
    LoopOptions like =
        LoopOptions.DEFAULT.withErrorHandler(
            (_, what, thrown) -> reported.add(what + ": " + thrown));
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)).withTls(tls);
    try (LoopGroup loops = LoopGroup.start(2, like);
        HttpServer server = HttpServer.start(loops, at, http, WHO)) {
      use.with((InetSocketAddress) server.address());
    }
    assertEquals(List.of(), List.copyOf(reported));
  }

  private static Tls tls() {
    return Tls.server(HttpKeys.context());
  }

  private static SSLSocket secure(Socket socket) throws IOException {
    SSLContext context = HttpKeys.context();
    return (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", 0, true);
  }

  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    String answer = new String(in.readAllBytes(), ISO_8859_1);
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void tls_beginsBehindTheHeader() throws Exception {
    serve(
        BEHIND,
        tls(),
        server -> {
          try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.getOutputStream().write(HEADER);
            try (SSLSocket secure = secure(socket)) {
              secure.getOutputStream().write(GET);
              assertEquals("https /192.0.2.1:1234", answer(secure));
              assertEquals("", secure.getApplicationProtocol());
            }
          }
        });
  }

  @Test
  void tls_asksForTheProtocol() throws Exception {
    serve(
        BEHIND,
        tls(),
        server -> {
          try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.getOutputStream().write(HEADER);
            try (SSLSocket secure = secure(socket)) {
              var asked = secure.getSSLParameters();
              asked.setApplicationProtocols(new String[] {"h2", "http/1.1"});
              secure.setSSLParameters(asked);
              secure.getOutputStream().write(GET);
              assertEquals("https /192.0.2.1:1234", answer(secure));
              assertEquals("http/1.1", secure.getApplicationProtocol());
            }
          }
        });
  }

  @Test
  void tls_withoutAHeader_isCutOff() throws Exception {
    serve(
        BEHIND,
        tls(),
        server -> {
          try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.getOutputStream().write(hello());
            assertTrue(isCutOff(socket));
          }
        });
  }

  @Test
  void plain_behindAHeader_whereTlsIsExpected_isNotAnswered() throws Exception {
    serve(
        BEHIND,
        tls(),
        server -> {
          try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.getOutputStream().write(joined(HEADER, GET));
            String answer = new String(readToEnd(socket), ISO_8859_1);
            assertTrue(!answer.contains("HTTP/1.1 "), answer);
          }
        });
  }

  @Test
  void headerAndHello_cutAnywhere() throws Exception {
    byte[] bytes = joined(HEADER, hello());
    serve(
        BEHIND,
        tls(),
        server -> {
          for (int cut = 0; cut <= bytes.length; cut += cut < HEADER.length + 8 ? 1 : 29) {
            try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
              socket.setTcpNoDelay(true);
              OutputStream out = socket.getOutputStream();
              out.write(bytes, 0, cut);
              out.flush();
              out.write(bytes, cut, bytes.length - cut);
              byte[] record = socket.getInputStream().readNBytes(6);
              assertEquals(22, record[0], "a handshake, cut at " + cut); // RFC 8446, 5.1
              assertEquals(2, record[5], "the server's hello, cut at " + cut);
            }
          }
        });
  }

  @Test
  void plain_headerAndRequestInOnePacket() throws Exception {
    serve(
        BEHIND,
        null,
        server -> {
          byte[] bytes = joined(HEADER, GET);
          for (int cut = 0; cut <= bytes.length; cut++) {
            try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
              socket.setTcpNoDelay(true);
              socket.getOutputStream().write(Arrays.copyOf(bytes, cut));
              socket.getOutputStream().write(Arrays.copyOfRange(bytes, cut, bytes.length));
              assertEquals("http /192.0.2.1:1234", answer(socket), "cut at " + cut);
            }
          }
        });
  }

  /** What a client says first. */
  private static byte[] hello() throws IOException {
    SSLEngine engine = HttpKeys.context().createSSLEngine("localhost", 0);
    engine.setUseClientMode(true);
    var record = java.nio.ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(java.nio.ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  private static boolean isCutOff(Socket socket) {
    return readToEnd(socket).length == 0;
  }

  private static byte[] readToEnd(Socket socket) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (IOException e) {
      return all.toByteArray(); // a reset is an end, too
    }
    return all.toByteArray();
  }
}
