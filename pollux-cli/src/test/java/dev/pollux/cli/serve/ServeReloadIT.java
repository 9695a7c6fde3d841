package dev.pollux.cli.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Certificates;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux serve} with TLS, under SIGHUP, and on a terminal that is closed. */
class ServeReloadIT {

  @TempDir private Path folder;
  private Path site;

  @BeforeEach
  void fill() throws IOException {
    site = Files.createDirectory(folder.resolve("site"));
    Files.writeString(site.resolve("index.html"), "home");
  }

  /** Trusts everybody: who it is, is what is looked at. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private record Seen(Certificate certificate, String answer) {}

  /** A client without a session of before. */
  private static Seen get(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Serving.LIMIT_MILLIS);
      Serving.ask(socket, "/");
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      Serving.assertStatus(200, answer);
      return new Seen(socket.getSession().getPeerCertificates()[0], answer);
    }
  }

  @Test
  void selfSigned_encrypts_andPlainIsRedirected() throws Exception {
    try (Serving serving =
        new Serving(site.toString(), "--port", "0", "--tls-self-signed", "--redirect-https", "0")) {
      assertTrue(serving.lines.getLast().contains(" on https://"), serving.lines.toString());
      assertTrue(get(serving.port()).answer().endsWith("home"));
      int plain = serving.port("redirecting from ");
      String answer = Serving.get(plain, "/a?b=c");
      Serving.assertStatus(301, answer);
      String to = "\r\nLocation: https://localhost:" + serving.port() + "/a?b=c\r\n";
      assertTrue(answer.contains(to), answer);
      try (Socket socket = Serving.connect(plain)) {
        String tunnel = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(tunnel.getBytes(ISO_8859_1));
        Serving.assertStatus(405, new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
      }
      serving.stop();
    }
  }

  /** As clients reach it behind a container's mapping. */
  @Test
  void redirect_isToThePublicPort() throws Exception {
    String[] ports = {"443", "9443"};
    String[] hosts = {"localhost", "localhost:9443"};
    for (int i = 0; i < ports.length; i++) {
      String[] options = {
        "--port", "0", "--tls-self-signed", "--redirect-https", "0", "--public-port", ports[i]
      };
      String[] all = java.util.Arrays.copyOf(options, options.length + 1);
      all[options.length] = site.toString();
      try (Serving serving = new Serving(all)) {
        String answer = Serving.get(serving.port("redirecting from "), "/a?b=c");
        assertTrue(answer.contains("\r\nLocation: https://" + hosts[i] + "/a?b=c\r\n"), answer);
        serving.stop();
      }
    }
  }

  @Test
  void hangup_opensDirAndLogAgain() throws Exception {
    Path log = folder.resolve("access.log");
    Path old = folder.resolve("access.log.1");
    try (Serving serving =
        new Serving(site.toString(), "--port", "0", "--access-log", log.toString())) {
      Serving.assertStatus(200, Serving.get(serving.port(), "/"));
      Files.move(log, old);
      Files.move(site, folder.resolve("site.1"));
      Path next = Files.createDirectory(site);
      Files.writeString(next.resolve("index.html"), "new");
      assertTrue(Serving.get(serving.port(), "/").endsWith("home"));
      serving.command.signal("HUP");
      serving.awaitSaid("serve: reloaded", 1);
      assertTrue(Serving.get(serving.port(), "/").endsWith("new"));
      Serving.await("a line", () -> Files.exists(log) && Files.size(log) > 0);
      Files.move(site, folder.resolve("site.2"));
      serving.command.signal("HUP");
      serving.awaitSaid("as before", 1);
      assertTrue(Serving.get(serving.port(), "/").endsWith("new"));
      serving.stop();
    }
    assertEquals(4, Files.readAllLines(old).size() + Files.readAllLines(log).size());
  }

  @Test
  void hangup_readsCertificates_andBrokenOnesLeaveAllAsItWas() throws Exception {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Certificates.create(folder.resolve("1.p12"), certificate, key);
    try (Serving serving =
        new Serving(
            site.toString(), "--port", "0", "--tls", certificate.toString(), key.toString())) {
      Certificate first = get(serving.port()).certificate();
      Path nextCertificate = folder.resolve("cert2.pem");
      Path nextKey = folder.resolve("key2.pem");
      Certificates.create(folder.resolve("2.p12"), nextCertificate, nextKey);
      Files.move(nextCertificate, certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.move(site, folder.resolve("site.1"));
      Files.writeString(Files.createDirectory(site).resolve("index.html"), "new");
      serving.command.signal("HUP"); // the key is another's
      serving.awaitSaid("as before", 1);
      Seen seen = get(serving.port());
      assertEquals(first, seen.certificate());
      assertTrue(seen.answer().endsWith("home"), seen.answer());
      Files.move(nextKey, key, StandardCopyOption.REPLACE_EXISTING);
      serving.command.signal("HUP");
      serving.awaitSaid("serve: reloaded", 1);
      Seen then = get(serving.port());
      assertNotEquals(first, then.certificate());
      assertTrue(then.answer().endsWith("new"), then.answer());
      serving.stop();
    }
  }

  @Test
  void hangup_thatGetsStuck_keepsNoSignalFromEndingIt() throws Exception {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Path log = folder.resolve("access.log");
    Certificates.create(folder.resolve("1.p12"), certificate, key);
    String[] options = {"--port", "0", "--access-log", log.toString(), "--tls", "", "", ""};
    options[5] = certificate.toString();
    options[6] = key.toString();
    options[7] = site.toString();
    try (Serving serving = new Serving(options)) {
      Files.delete(certificate);
      Process fifo = new ProcessBuilder("mkfifo", certificate.toString()).start();
      assertEquals(0, fifo.onExit().get().exitValue());
      Files.delete(log);
      serving.command.signal("HUP"); // which reads what nobody writes
      Serving.await("a reload", () -> Files.exists(log));
      serving.stop();
    }
  }

  /** By script(1), whose end closes the terminal that it made. */
  @Test
  void terminal_closed_endsIt() throws Exception {
    String line =
        "exec env --default-signal=HUP,INT,TERM \"$JAVA\" --enable-native-access=ALL-UNNAMED"
            + " -cp \"$CP\" dev.pollux.cli.Main serve --port 0 \"$SITE\" >\"$OUT\"";
    File out = Files.createFile(folder.resolve("out")).toFile();
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
    builder.environment().put("JAVA", Path.of(System.getProperty("java.home"), "bin", "java") + "");
    builder.environment().put("CP", System.getProperty("java.class.path"));
    builder.environment().put("SITE", site.toString());
    builder.environment().put("OUT", out.toString());
    Process script = builder.start();
    List<ProcessHandle> all = List.of();
    try {
      Serving.await("the address", () -> Files.readString(out.toPath()).contains("serving "));
      all = script.descendants().toList();
      assertTrue(!all.isEmpty());
      script.destroyForcibly();
      for (ProcessHandle each : all) {
        each.onExit().get(Serving.LIMIT_MILLIS, TimeUnit.MILLISECONDS);
      }
    } finally {
      script.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
