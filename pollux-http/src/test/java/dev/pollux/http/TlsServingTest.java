package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP within TLS: which protocol is agreed on, and what the handler sees of it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsServingTest {

  private static final String PASSWORD = "secret";

  @TempDir static Path folder;
  private static SSLContext context;

  @BeforeAll
  static void makeKeys() throws Exception {
    Path file = folder.resolve("keys.p12");
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-genkeypair",
      "-alias",
      "a",
      "-keyalg",
      "EC",
      "-groupname",
      "secp256r1",
      "-dname",
      "CN=localhost",
      "-ext",
      "san=dns:localhost,ip:127.0.0.1",
      "-validity",
      "30",
      "-keystore",
      file.toString(),
      "-storetype",
      "PKCS12",
      "-storepass",
      PASSWORD
    };
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD.toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    trust.init(trusted);
    context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  /** Connects by the protocols that are offered, and asks. */
  private static String ask(int port, String... protocols) throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(loopback, port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(protocols);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶Connection: close¶¶"));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return socket.getApplicationProtocol() + " " + answer.substring(answer.indexOf("\r\n\r\n"));
    }
  }

  @Test
  void protocol_isAgreedOn_orRefused() throws Exception {
    HttpHandler scheme = (request, response) -> response.send(request.scheme());
    ServerOptions options =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withTls(Tls.server(context));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, options, scheme)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      assertEquals("http/1.1 \r\n\r\nhttps", ask(port, "http/1.1"));
      assertEquals("http/1.1 \r\n\r\nhttps", ask(port, "h2", "http/1.1"));
      assertEquals(" \r\n\r\nhttps", ask(port)); // who offers nothing speaks this
      assertThrows(SSLException.class, () -> ask(port, "h2"));
      try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
        URI uri = URI.create("https://localhost:" + port + "/");
        var request = java.net.http.HttpRequest.newBuilder(uri).build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertEquals("https", answer.body());
        assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
      }
    }
  }

  @Test
  void webSocket_withinTls_isServed() throws Exception {
    WebSocketEndpoint echo =
        WebSocketEndpoint.of(request -> {
          String scheme = request.scheme();
          return new WebSocketHandler() {
            @Override
            public void text(WebSocket socket, String text) {
              var _ = socket.send(scheme + text);
            }
          };
        });
    ServerOptions options =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withTls(Tls.server(context));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, options, echo);
        HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      int port = ((InetSocketAddress) server.address()).getPort();
      StringBuilder all = new StringBuilder();
      CompletableFuture<String> end = new CompletableFuture<>();
      java.net.http.WebSocket.Listener listener =
          new java.net.http.WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onText(
                java.net.http.WebSocket socket, CharSequence data, boolean isLast) {
              all.append(data);
              socket.request(1);
              return isLast ? socket.sendClose(1000, "") : null;
            }

            @Override
            public @Nullable CompletionStage<?> onClose(
                java.net.http.WebSocket socket, int code, String reason) {
              end.complete(code + " " + all.length());
              return null;
            }
          };
      URI uri = URI.create("wss://localhost:" + port + "/");
      var socket = client.newWebSocketBuilder().buildAsync(uri, listener).join();
      socket.sendText("*".repeat(300_000), true).join();
      assertEquals("1000 300005", end.get(60, TimeUnit.SECONDS));
    }
  }
}
