package dev.pollux.cli.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pollux serve}, as a process. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServeIT {

  private static final int LIMIT_MILLIS = 30_000;
  private static final int LARGE = 16 << 20;
  private static final Pattern PORT = Pattern.compile(":([0-9]+)/");

  @TempDir private Path folder;
  private Path site;

  @BeforeEach
  void makeSite() throws IOException {
    site = Files.createDirectory(folder.resolve("site"));
    Files.writeString(site.resolve("index.html"), "<h1>index</h1>");
    Files.writeString(site.resolve("large.bin"), "x".repeat(LARGE));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private static Socket send(int port, String target) throws IOException {
    Socket socket = connect(port);
    String request = "GET " + target + " HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  private static String get(int port, String target) throws IOException {
    try (Socket socket = send(port, target)) {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static int port(String line, String beginning) {
    Matcher port = PORT.matcher(line);
    assertTrue(line.startsWith(beginning) && port.find(), line);
    return Integer.parseInt(port.group(1));
  }

  private static int serving(Command server) throws IOException {
    return port(server.line(), "serving ");
  }

  @Test
  void serves_logs_andShowsFigures_untilItIsToldToStop() throws Exception {
    Path log = folder.resolve("access.log");
    try (Command server =
        new Command(
            "serve",
            site.toString(),
            "--port",
            "0",
            "--metrics",
            "0",
            "--access-log",
            log.toString())) {
      int figures = port(server.line(), "figures on http://127.0.0.1:");
      int port = serving(server);
      assertTrue(get(port, "/").endsWith("\r\n\r\n<h1>index</h1>"));
      assertTrue(get(figures, "/health/ready").startsWith("HTTP/1.1 200 "));
      assertTrue(get(figures, "/health/live").startsWith("HTTP/1.1 200 "));
      String text = get(figures, "/metrics");
      assertTrue(text.contains("\npollux_http_requests_total{method=\"GET\",status=\"2xx\"} 1\n"));
      server.signal("TERM");
      assertEquals(0, server.exitCode());
      assertTrue(Files.readString(log).contains("\"GET / HTTP/1.1\" 200 14 "), server.errors());
    }
  }

  @Test
  void stop_waitsForWhatIsUnderWay() throws Exception {
    try (Command server = new Command("serve", site.toString(), "--port", "0")) {
      int port = serving(server);
      try (Socket slow = send(port, "/large.bin")) {
        byte[] first = slow.getInputStream().readNBytes(1000);
        server.signal("TERM");
        int rest = slow.getInputStream().readAllBytes().length;
        int head = new String(first, ISO_8859_1).indexOf("\r\n\r\n") + 4;
        assertEquals(LARGE, first.length - head + rest);
      }
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void delay_saysNotReady_andStillServes() throws Exception {
    try (Command server =
        new Command("serve", site.toString(), "--port", "0", "--metrics", "0", "--delay", "10m")) {
      int figures = port(server.line(), "figures on ");
      int port = serving(server);
      server.signal("TERM");
      while (!get(figures, "/health/ready").startsWith("HTTP/1.1 503 ")) {
        Thread.onSpinWait();
      }
      assertTrue(get(port, "/").startsWith("HTTP/1.1 200 "));
      server.signal("TERM"); // a second one ends it at once
      assertEquals(128 + 15, server.exitCode());
    }
  }

  @Test
  void hangup_opensTheFolderAndTheLogAgain() throws Exception {
    Path log = folder.resolve("access.log");
    try (Command server =
        new Command("serve", site.toString(), "--port", "0", "--access-log", log.toString())) {
      int port = serving(server);
      assertTrue(get(port, "/").endsWith("index</h1>"));
      Files.move(site, folder.resolve("before"));
      Files.move(log, folder.resolve("before.log"));
      Files.createDirectory(site);
      Files.writeString(site.resolve("index.html"), "another");
      assertTrue(get(port, "/").endsWith("index</h1>"));
      server.signal("HUP");
      while (!get(port, "/").endsWith("another")) {
        Thread.onSpinWait();
      }
      while (!Files.exists(log) || Files.size(log) == 0) {
        Thread.onSpinWait();
        assertTrue(get(port, "/").endsWith("another"));
      }
      server.signal("INT");
      assertEquals(0, server.exitCode());
    }
  }

  @Test
  void tls_selfSigned_andWhoComesWithoutIsSentThere() throws Exception {
    try (Command server =
        new Command(
            "serve",
            site.toString(),
            "--port",
            "0",
            "--tls-self-signed",
            "--redirect-https",
            "0")) {
      int plain = port(server.line(), "redirecting from http://127.0.0.1:");
      int port = port(server.line(), "serving " + site + " on https://127.0.0.1:");
      String answer = get(plain, "/a?b");
      assertTrue(answer.startsWith("HTTP/1.1 301 "), answer);
      assertTrue(answer.contains("\r\nLocation: https://a:" + port + "/a?b\r\n"), answer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--port 99999, 99999 is not in 0 to 65535",
    "--redirect-https 0, --redirect-https needs --tls",
    "--unix x --port 1, --unix and --port do not go together",
    "--log-format json, needs --access-log",
    "--max-rate 0, is not 1 and more",
    "--delay soon, is not a time",
    "--replace-stale, needs --unix",
  })
  void mistake_isOneLine(String options, String said) throws Exception {
    String[] arguments = ("serve " + options).split(" ");
    try (Command server = new Command(arguments)) {
      assertEquals(2, server.exitCode());
      String errors = server.errors();
      assertTrue(errors.contains(said), errors);
      assertEquals(1, errors.lines().count(), errors);
    }
  }

  @Test
  void whatCannotBeServed_isOneLine() throws Exception {
    String none = folder.resolve("none").toString();
    try (Command server = new Command("serve", none, "--port", "0")) {
      assertEquals(1, server.exitCode());
      assertTrue(server.errors().startsWith("pollux serve: cannot serve " + none + ": "));
    }
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Command server =
            new Command(
                "serve", site.toString(), "--port", Integer.toString(taken.getLocalPort()))) {
      assertEquals(1, server.exitCode());
      assertTrue(server.errors().contains("another process has this port"), server.errors());
    }
  }
}
