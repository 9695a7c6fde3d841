package dev.pollux.cli.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux serve --proxy}, in front of others of its kind. */
class ServeProxyIT {

  @TempDir private Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.writeString(folder.resolve("index.html"), "home");
    Files.write(folder.resolve("big.bin"), new byte[8 << 20]);
  }

  @Test
  void requests_arePassedOn() throws Exception {
    try (Serving behind = new Serving(folder.toString(), "--port", "0")) {
      String target = "http://127.0.0.1:" + behind.port();
      try (Serving proxy = new Serving("--port", "0", "--proxy", target)) {
        assertTrue(proxy.lines.getLast().startsWith("serving " + target + " on http://127.0.0.1:"));
        String home = Serving.get(proxy.port(), "/");
        assertTrue(home.endsWith("\r\n\r\nhome"), home);
        assertTrue(home.contains("\r\nVia: 1.1 pollux\r\n"), home);
        assertTrue(Serving.get(proxy.port(), "/big.bin").length() > 8 << 20);
        Serving.assertStatus(404, Serving.get(proxy.port(), "/none"));
        proxy.stop();
        assertEquals("", proxy.command.errors());
      }
    }
  }

  @Test
  void targets_ofASocket_andGoneOnes_areAsked() throws Exception {
    String socket = folder.resolve("behind.sock").toString();
    try (Serving _ = new Serving(folder.toString(), "--unix", socket);
        Serving proxy =
            new Serving(
                "--port",
                "0",
                "--proxy",
                "http://127.0.0.1:1,unix:" + socket,
                "--proxy-health",
                "/index.html")) {
      for (int i = 0; i < 10; i++) {
        Serving.assertStatus(200, Serving.get(proxy.port(), "/"));
      }
    }
  }

  @Test
  void target_thatIsGone_isSaid() throws Exception {
    try (Serving proxy = new Serving("--port", "0", "--proxy", "http://127.0.0.1:1")) {
      Serving.assertStatus(502, Serving.get(proxy.port(), "/"));
      proxy.stop();
      String said = proxy.command.errors();
      assertTrue(
          said.startsWith(
              "pollux serve: http://127.0.0.1:1 cannot be reached: GET http://127.0.0.1:1/: "),
          said);
      assertTrue(said.contains("\npollux serve: http://127.0.0.1:1 is down: GET "), said);
      assertEquals(2, said.lines().count(), said);
    }
  }

  @Test
  void target_thatGoesDown_andIsUpAgain_isSaid_shown_andReady() throws Exception {
    Files.writeString(folder.resolve("health"), "well");
    try (Serving behind = new Serving(folder.toString(), "--port", "0")) {
      String target = "http://127.0.0.1:" + behind.port();
      String[] options = {"--port", "0", "--metrics", "0", "--proxy", target};
      try (Serving proxy = new Serving(with(options, "--proxy-health", "/health"))) {
        int figures = proxy.figuresPort();
        Serving.await("ready", () -> isReady(figures));
        assertTrue(isUp(figures, target, 1));
        Files.delete(folder.resolve("health"));
        Serving.await("down", () -> !isReady(figures));
        assertTrue(isUp(figures, target, 0));
        proxy.awaitSaid(target + " is down: /health is answered by 404\n", 1);
        Serving.assertStatus(200, Serving.get(proxy.port(), "/")); // as there is no other one
        Files.writeString(folder.resolve("health"), "well");
        proxy.awaitSaid(target + " is up again: /health is answered by 200\n", 1);
        assertTrue(isReady(figures));
        proxy.stop();
        assertEquals(2, proxy.command.errors().lines().count(), proxy.command.errors());
      }
    }
  }

  @Test
  void target_ofAnAuthorityOfOnesOwn_isBelievedIfThatIsSaid() throws Exception {
    String certificate = folder.resolve("certificate.pem").toString();
    String key = folder.resolve("key.pem").toString();
    Certificates.create(folder.resolve("store"), Path.of(certificate), Path.of(key));
    String[] tls = {folder.toString(), "--port", "0", "--tls", certificate, key};
    try (Serving behind = new Serving(tls)) {
      String target = "https://localhost:" + behind.port();
      String[] options = {"--port", "0", "--proxy", target};
      try (Serving proxy = new Serving(options)) {
        Serving.assertStatus(502, Serving.get(proxy.port(), "/"));
        proxy.awaitSaid(target + " is not believed to be who it says, ", 1);
      }
      String[] trusting =
          with(options, "--proxy-ca", certificate, "--proxy-cert", certificate, key);
      try (Serving proxy = new Serving(trusting)) {
        Serving.assertStatus(200, Serving.get(proxy.port(), "/"));
        proxy.stop();
        assertEquals("", proxy.command.errors());
      }
    }
  }

  /** A target that asks for the certificate of its clients. */
  @Test
  void certificate_isShown_toATargetThatAsks() throws Exception {
    Path store = folder.resolve("store");
    String certificate = folder.resolve("certificate.pem").toString();
    String key = folder.resolve("key.pem").toString();
    Certificates.create(store, Path.of(certificate), Path.of(key));
    try (SSLServerSocket behind = asking(store)) {
      String target = "https://localhost:" + behind.getLocalPort();
      String[] options = {"--port", "0", "--proxy", target, "--proxy-ca", certificate};
      try (Serving proxy = new Serving(with(options, "--proxy-cert", certificate, key));
          Socket client = Serving.connect(proxy.port())) {
        Serving.ask(client, "/");
        try (SSLSocket far = (SSLSocket) behind.accept()) {
          assertEquals('G', far.getInputStream().read());
          assertEquals("CN=localhost", far.getSession().getPeerPrincipal().getName());
        }
      }
    }
  }

  private static SSLServerSocket asking(Path file) throws Exception {
    char[] password = "secret".toCharArray();
    KeyStore store = KeyStore.getInstance(file.toFile(), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    return socket;
  }

  static String[] with(String[] options, String... more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
  }

  private static boolean isReady(int figures) throws IOException {
    return Serving.get(figures, "/health/ready").startsWith("HTTP/1.1 200 ");
  }

  private static boolean isUp(int figures, String target, int value) throws IOException {
    String row = "\npollux_proxy_target_up{target=\"" + target + "\"} " + value + "\n";
    return Serving.get(figures, "/metrics").contains(row);
  }

  /** Neither its client nor the server behind ends it, and the drain is an hour. */
  @Test
  void tunnel_holdsUpNoStop_andEndsInOrder() throws Exception {
    try (ServerSocket behind = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String target = "http://127.0.0.1:" + behind.getLocalPort();
      try (Serving proxy = new Serving("--port", "0", "--drain", "1h", "--proxy", target);
          Socket client = Serving.connect(proxy.port())) {
        String upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        String ask = "GET / HTTP/1.1\r\nHost: a\r\n" + upgrade;
        client.getOutputStream().write(ask.getBytes(ISO_8859_1));
        try (Socket far = behind.accept()) {
          String answer = "HTTP/1.1 101 Switching Protocols\r\n" + upgrade + "hi";
          far.getOutputStream().write(answer.getBytes(ISO_8859_1));
          InputStream in = client.getInputStream();
          String came = "";
          while (!came.endsWith("\r\n\r\nhi")) {
            came += (char) in.read();
          }
          proxy.command.signal("TERM");
          assertEquals(-1, in.read()); // and no reset
          client.shutdownOutput();
          assertTrue(new String(far.getInputStream().readAllBytes(), ISO_8859_1).endsWith("\r\n"));
        }
        assertEquals(0, proxy.command.exitCode(), proxy.command.errors());
      }
    }
  }
}
