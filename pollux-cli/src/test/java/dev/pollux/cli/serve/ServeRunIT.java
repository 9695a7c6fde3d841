package dev.pollux.cli.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pollux serve} does, from its first line to its end. */
class ServeRunIT {

  private static final int PIPE_BYTES = 1 << 16; // that it holds, see pipe(7)
  private static final int BIG_BYTES = 32 << 20;

  @TempDir private Path folder;
  private String dir;

  @BeforeEach
  void fill() throws IOException {
    dir = Files.createDirectory(folder.resolve("site")).toString();
    Files.writeString(Path.of(dir, "index.html"), "home");
    Files.write(Path.of(dir, "big.bin"), new byte[BIG_BYTES]);
  }

  @Test
  void files_log_figures_areThere() throws Exception {
    Path log = folder.resolve("access.log");
    try (Serving serving =
        new Serving(dir, "--port", "0", "--metrics", "0", "--access-log", log.toString())) {
      assertTrue(serving.lines.getLast().startsWith("serving " + dir + " on http://127.0.0.1:"));
      assertTrue(Serving.get(serving.port(), "/").endsWith("\r\n\r\nhome"));
      Serving.assertStatus(404, Serving.get(serving.port(), "/none"));
      Serving.assertStatus(404, Serving.get(serving.port(), "/metrics"));
      String metrics = Serving.get(serving.figuresPort(), "/metrics");
      assertTrue(
          metrics.contains("\npollux_http_requests_total{method=\"GET\",status=\"2xx\"} 1\n"));
      assertTrue(metrics.contains("\npollux_access_log_lost_lines_total 0\n"), metrics);
      Serving.assertStatus(200, Serving.get(serving.figuresPort(), "/health/live"));
      Serving.assertStatus(200, Serving.get(serving.figuresPort(), "/health/ready"));
      Serving.assertStatus(404, Serving.get(serving.figuresPort(), "/"));
      serving.stop();
      assertEquals("", serving.command.errors());
    }
    List<String> lines = Files.readAllLines(log);
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(
        lines.getFirst().matches("127.0.0.1 - - \\[.*\\] \"GET / HTTP/1.1\" 200 4 \"-\" \"-\""));
  }

  @Test
  void log_toStandardOutput_asJson() throws Exception {
    try (Serving serving =
        new Serving(dir, "--port", "0", "--access-log", "-", "--log-format", "json")) {
      Serving.assertStatus(200, Serving.get(serving.port(), "/"));
      String line = serving.command.line();
      assertTrue(line.matches("\\{.*\"target\":\"/\".*\"status\":200,\"bytes\":4,.*\\}"), line);
      serving.stop();
    }
  }

  @Test
  void stats_areARow() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--stats", "--loops", "2")) {
      assertTrue(serving.command.line().contains("req/s"));
      assertTrue(serving.command.line().trim().matches("[0-9,.% -]+"));
      serving.stop();
    }
  }

  /** IPv4's wildcard is not that of IPv6, which others may reach. */
  @Test
  void figures_areWhereRequestsAre_andNowhereElse() throws Exception {
    try (Serving serving =
        new Serving(folder.toString(), "--host", "0.0.0.0", "--port", "0", "--metrics", "0")) {
      String line = serving.lines.getFirst();
      assertTrue(line.matches("figures on http://0.0.0.0:\\d+/metrics \\(all .*\\)"), line);
      int figures = serving.figuresPort();
      Serving.assertStatus(200, Serving.get(figures, "/health/live"));
      InetAddress six = InetAddress.ofLiteral("::1");
      assertThrows(IOException.class, () -> new Socket(six, figures).close());
      serving.stop();
    }
  }

  @Test
  void delay_saysNotReady_andStillServes() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--metrics", "0", "--delay", "1h")) {
      serving.command.signal("TERM");
      int figures = serving.figuresPort();
      Serving.await("503", () -> Serving.get(figures, "/health/ready").startsWith("HTTP/1.1 503 "));
      Serving.assertStatus(200, Serving.get(figures, "/health/live"));
      Serving.assertStatus(200, Serving.get(serving.port(), "/"));
      serving.command.signal("TERM");
      assertEquals(128 + 15, serving.command.exitCode());
    }
  }

  @Test
  void delay_ofNothing_isNone() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--delay", "0s")) {
      serving.stop();
    }
  }

  /** Out of descriptors it has something to say, on the thread that accepts. */
  @Test
  void standardError_thatNobodyReads_holdsNothing() throws Exception {
    Path fifo = folder.resolve("errors");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    List<String> launcher =
        List.of("sh", "-c", "exec prlimit --nofile=64 \"$@\" 2>\"$0\"", fifo.toString());
    try (RandomAccessFile reader = new RandomAccessFile(fifo.toFile(), "rw")) {
      reader.write("x\n".repeat(PIPE_BYTES / 2).getBytes(ISO_8859_1)); // and it is full
      try (Serving serving = new Serving(launcher, dir, "--port", "0", "--access-log", "-")) {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          open.add(Serving.connect(serving.port()));
        }
        for (int i = 0; i < 10; i++) {
          serving.command.signal("HUP");
        }
        for (Socket socket : open) {
          socket.close();
        }
        Serving.await("room", () -> isServed(serving.port()));
        serving.stop();
      }
    }
  }

  /** A client that goes in the middle of a head, and one that sends none. */
  @Test
  void log_hasWhatWasRefused_andWhatNeverBecameARequest() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--access-log", "-")) {
      try (Socket socket = Serving.connect(serving.port())) {
        socket.getOutputStream().write("GET /half HT".getBytes(ISO_8859_1));
        socket.shutdownOutput();
        assertEquals(-1, socket.getInputStream().read());
      }
      String half = serving.command.line();
      assertTrue(half.matches("127\\.0\\.0\\.1 - - .* \"GET /half HT\" 499 0 \"-\" \"-\""), half);
      try (Socket socket = Serving.connect(serving.port())) {
        socket.getOutputStream().write("\u0016\u0003\u0001 odd\r\n\r\n".getBytes(ISO_8859_1));
        Serving.assertStatus(400, new String(rest(socket), ISO_8859_1));
      }
      String odd = serving.command.line();
      assertTrue(odd.matches(".* \"\\\\x16\\\\x03\\\\x01 odd\" 400 \\d+ \"-\" \"-\""), odd);
      serving.stop();
    }
  }

  private static Socket slowReader(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 12);
    socket.setSoTimeout(Serving.LIMIT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Serving.ask(socket, "/big.bin");
    assertEquals('H', socket.getInputStream().read()); // it is under way
    return socket;
  }

  private static boolean isRefused(int port) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !probe.isConnected();
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void signal_slowDownload_isFinished() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0");
        Socket socket = slowReader(serving.port())) {
      serving.command.signal("TERM");
      Serving.await("the listener's end", () -> isRefused(serving.port()));
      assertTrue(serving.command.process.isAlive());
      assertTrue(socket.getInputStream().readAllBytes().length > BIG_BYTES);
      assertEquals(0, serving.command.exitCode());
    }
  }

  @Test
  void signal_second_endsAtOnce_andADrainHasABound() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--drain", "1h");
        Socket _ = slowReader(serving.port())) {
      serving.command.signal("TERM");
      Serving.await("the listener's end", () -> isRefused(serving.port()));
      serving.command.signal("INT");
      assertEquals(128 + 2, serving.command.exitCode());
    }
    try (Serving serving = new Serving(dir, "--port", "0", "--drain", "100ms");
        Socket _ = slowReader(serving.port())) {
      serving.stop();
    }
  }

  @Test
  void unix_isServed_andStaleReplaced() throws Exception {
    Path path = folder.resolve("serve.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path));
    try (Serving serving = new Serving(dir, "--unix", path.toString(), "--replace-stale")) {
      assertTrue(serving.lines.getLast().endsWith(path.toString()), serving.lines.toString());
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        int _ = client.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1)));
        ByteBuffer answer = ByteBuffer.allocate(4096);
        while (client.read(answer) >= 0) {}
        assertTrue(new String(answer.array(), 0, answer.position(), ISO_8859_1).endsWith("home"));
      }
      serving.stop();
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void proxyProtocol_isTheClientOfTheLog_andNeeded() throws Exception {
    try (Serving serving =
            new Serving(dir, "--port", "0", "--proxy-protocol", "--access-log", "-");
        Socket socket = Serving.connect(serving.port())) {
      socket
          .getOutputStream()
          .write("PROXY TCP4 192.0.2.7 192.0.2.8 1 80\r\n".getBytes(ISO_8859_1));
      Serving.ask(socket, "/");
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      Serving.assertStatus(200, answer);
      assertTrue(serving.command.line().startsWith("192.0.2.7 - - "));
      try (Socket without = Serving.connect(serving.port())) {
        Serving.ask(without, "/");
        assertEquals("", new String(rest(without), ISO_8859_1));
      }
      serving.stop();
    }
  }

  /** Nothing, also where the end is a reset. */
  private static byte[] rest(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException _) {
      return new byte[0];
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void maxConnections_andPerAddress_shedOneMore() throws Exception {
    for (String option : new String[] {"--max-connections", "--max-per-address"}) {
      try (Serving serving = new Serving(dir, "--port", "0", option, "2")) {
        List<Socket> open = new ArrayList<>();
        try {
          for (int i = 0; i < 2; i++) {
            Socket socket = Serving.connect(serving.port());
            open.add(socket);
            String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            assertEquals('H', socket.getInputStream().read());
          }
          Socket more = Serving.connect(serving.port());
          open.add(more);
          assertEquals("", new String(rest(more), ISO_8859_1), option);
        } finally {
          for (Socket socket : open) {
            socket.close();
          }
        }
        Serving.await("room", () -> isServed(serving.port()));
        serving.stop();
      }
    }
  }

  private static boolean isServed(int port) {
    try {
      return Serving.get(port, "/").endsWith("home");
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void maxRate_isRefusedBeyond() throws Exception {
    try (Serving serving = new Serving(dir, "--port", "0", "--max-rate", "1")) {
      Serving.assertStatus(200, Serving.get(serving.port(), "/"));
      Serving.await("429", () -> Serving.get(serving.port(), "/").startsWith("HTTP/1.1 429 "));
      serving.stop();
    }
  }
}
