package dev.pollux.http.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Access logs and figures, of a server that is asked over sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LogTest {

  private static final HttpHandler HELLO = (_, response) -> response.send("Hello");

  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Sends each text on a connection of its own, and reads until that ends. */
  private static void ask(HttpObserver observer, HttpHandler handler, String... texts)
      throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    ServerOptions at = ServerOptions.at(new InetSocketAddress(loopback, 0));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server =
            HttpServer.start(loops, at, HttpOptions.DEFAULT.withObserver(observer), handler)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      for (String text : texts) {
        try (Socket socket = new Socket(loopback, port)) {
          socket.getOutputStream().write(text.replace("¶", "\r\n").getBytes(ISO_8859_1));
          byte[] _ = socket.getInputStream().readAllBytes();
        }
      }
    }
  }

  private static String get(String target, String fields) {
    return "GET " + target + " HTTP/1.1¶Host: a¶Connection: close¶" + fields + "¶";
  }

  private String logged(AccessLogFormat format, String... texts) throws IOException {
    try (AccessLog log = AccessLog.to(out, format, problems::add)) {
      ask(log, HELLO, texts);
    }
    assertEquals(List.of(), problems);
    return out.toString(UTF_8);
  }

  @Test
  void line_tellsWhoAskedWhatAndWhatCameOfIt() throws IOException {
    String line = logged(AccessLogFormat.COMBINED, get("/a?b", "Referer: r¶User-Agent: u¶"));
    String expected = "127.0.0.1 - - \\[[^]]+\\] \"GET /a\\?b HTTP/1.1\" 200 5 \"r\" \"u\"\n";
    assertTrue(line.matches(expected), line);
  }

  @Test
  void line_cannotBeForged() throws IOException {
    String line = logged(AccessLogFormat.COMBINED, get("/", "User-Agent: a\"b\\c\t\u00e9¶"));
    assertTrue(line.endsWith(" \"-\" \"a\\x22b\\x5cc\\x09\\xe9\"\n"), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void json_isOfAsciiAndEscaped() throws IOException {
    String line = logged(AccessLogFormat.JSON, get("/x", "User-Agent: a\"b\\c\t\u00e9¶"));
    assertTrue(line.contains("\"userAgent\":\"a\\\"b\\\\c\\u0009\\u00e9\""), line);
    assertTrue(line.startsWith("{\"time\":\"") && line.endsWith(",\"whole\":true}\n"), line);
    assertTrue(line.contains(",\"target\":\"/x\",") && line.contains(",\"status\":200,"), line);
  }

  @Test
  void refusedHead_isALine_too() throws IOException {
    String line = logged(AccessLogFormat.COMMON, "GET / HTTP/1.1¶Host : a¶¶");
    assertTrue(line.matches("127.0.0.1 - - \\[[^]]+\\] \"-\" 400 [0-9]+\n"), line);
  }

  @Test
  void brokenOff_isALine_of499() throws IOException {
    HttpHandler cut =
        (_, response) -> {
          response.length(10).write("half");
          throw new IllegalStateException("the other half is missing");
        };
    try (AccessLog log = AccessLog.to(out, AccessLogFormat.COMMON, problems::add)) {
      try {
        ask(log, cut, get("/", ""));
      } catch (IOException _) {
        // it was reset
      }
    }
    String line = out.toString(UTF_8);
    assertTrue(line.endsWith("\"GET / HTTP/1.1\" 499 4\n"), line);
  }

  @Test
  void slowDisk_losesLines_countsThem_andSaysSo() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isFree = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int octet) {
            out.write(octet);
          }

          @Override
          public void write(byte[] bytes, int from, int count) {
            isAsked.countDown();
            try {
              isFree.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            out.write(bytes, from, count);
          }
        };
    AccessLog log = AccessLog.to(slow, AccessLogFormat.COMMON, 200, problems::add);
    try {
      String[] many = Collections.nCopies(20, get("/", "")).toArray(String[]::new);
      ask(log, HELLO, many); // nobody waits for the disk
      isAsked.await();
      assertTrue(log.lostLines() > 0);
    } finally {
      isFree.countDown();
      log.close();
    }
    String text = out.toString(UTF_8);
    assertTrue(text.contains("# " + log.lostLines() + " lines were lost\n"), text);
    assertEquals(20, log.lostLines() + text.lines().filter(line -> line.endsWith(" 5")).count());
  }

  @Test
  void disk_thatRefuses_isToldOnce_andWrittenToAgain() throws IOException {
    boolean[] isFull = {true};
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int octet) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            synchronized (isFull) {
              if (isFull[0]) {
                throw new IOException("no space");
              }
            }
            out.write(bytes, from, count);
          }
        };
    try (AccessLog log = AccessLog.to(full, AccessLogFormat.COMMON, problems::add)) {
      ask(log, HELLO, get("/", ""), get("/", ""));
      while (log.lostLines() < 2) {
        Thread.onSpinWait();
      }
      synchronized (isFull) {
        isFull[0] = false;
      }
      ask(log, HELLO, get("/again", ""));
    }
    assertEquals("the access log cannot be written: no space", problems.getFirst());
    assertEquals("the access log is written again; 2 lines were lost", problems.getLast());
    assertEquals(2, problems.size());
    String text = out.toString(UTF_8);
    assertTrue(text.startsWith("# 2 lines were lost\n") && text.contains("/again"), text);
  }

  @Test
  void reopen_afterARename_losesNothing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("access.log");
    Path old = folder.resolve("old.log");
    try (AccessLog log = AccessLog.toFile(file, AccessLogFormat.COMMON, problems::add)) {
      ask(log, HELLO, get("/1", ""));
      while (Files.size(file) == 0) {
        Thread.onSpinWait();
      }
      Files.move(file, old);
      log.reopen();
      ask(log, HELLO, get("/2", ""));
    }
    assertTrue(Files.readString(old).contains("/1"));
    assertTrue(Files.readString(file).contains("/2"));
    assertEquals(List.of(), problems);
  }

  @Test
  void metrics_countWhatWasAnswered_andAreReadAsText() throws IOException {
    HttpMetrics metrics = new HttpMetrics();
    metrics.addCounter("own_total", "Of somebody else.", () -> 7);
    ask(metrics, HELLO, get("/", ""), get("/", ""), "BREW / HTTP/1.1¶Host: a¶Connection: close¶¶");
    ask(metrics, HELLO, "no request¶¶");
    assertEquals(4, metrics.requests());
    String text = metrics.text();
    assertTrue(text.contains("\npollux_http_requests_total{method=\"GET\",status=\"2xx\"} 2\n"));
    assertTrue(text.contains("{method=\"other\",status=\"2xx\"} 1\n"), text);
    assertTrue(text.contains("{method=\"none\",status=\"4xx\"} 1\n"), text);
    assertTrue(text.contains("\npollux_http_request_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
    assertTrue(text.contains("\npollux_http_request_duration_seconds_count 3\n"), text);
    assertTrue(text.contains("_bucket{le=\"0.0001\"} "), text);
    assertTrue(text.endsWith("# TYPE own_total counter\nown_total 7\n"), text);
    for (String line : text.split("\n", -1)) {
      assertTrue(
          line.isEmpty()
              || line.matches("# (HELP|TYPE) [a-z_]+ .+")
              || line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]+\"(,[a-z]+=\"[^\"]+\")*\\})? [0-9.]+"),
          line);
    }
  }
}
