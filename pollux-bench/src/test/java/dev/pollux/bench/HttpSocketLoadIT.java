package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The load in C that speaks WebSocket, before a server of a few lines. */
class HttpSocketLoadIT {

  private static final OptionalInt ANY = OptionalInt.empty();
  private static final int SENT_BYTES = 22; // head, mask, text
  private static final int TEXT_FROM = 6;
  private static final byte[] CLOSE = HexFormat.of().parseHex("88820102030402ea"); // with 1000
  private static final String SHAKEN =
      """
      HTTP/1.1 101 Switching Protocols
      upgrade: websocket
      Connection: Upgrade
      SEC-WEBSOCKET-ACCEPT:\ts3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """
          .replace("\n", "\r\n");

  private static HttpServers servers;

  @BeforeAll
  static void compile() throws IOException {
    servers = HttpServers.open(List.of(), List.of(HttpScenario.WS64));
  }

  @AfterAll
  static void remove() throws IOException {
    servers.close();
  }

  @Test
  void messages_areMasked_noTwoAlike_andAsManyInFlightAsIsSaid() throws Exception {
    try (Small server = new Small(SHAKEN, frame -> frame)) {
      for (HttpScenario scenario : List.of(HttpScenario.WS64, HttpScenario.WS64X16)) {
        server.texts.clear();
        server.masks.clear();
        HttpLoad.Sample sample = loaded(scenario, server);
        assertTrue(sample.requests() > 0 && sample.p50() <= sample.p99(), sample.toString());
        assertTrue(sample.requests() <= server.texts.size(), sample.toString());
        assertTrue(server.masks.size() > server.texts.size() / 2, "masks");
      }
      server.awaitEnds();
      assertEquals(128, server.closes.get());
    }
  }

  @Test
  void answer_thatIsWrong_endsTheLoad_withWhatItWas() throws IOException {
    assertFails("came back where", frame -> Arrays.fill(frame, 2, frame.length, (byte) 'f'));
    assertFails("begins with 82 10", frame -> frame[0] = (byte) 0x82);
    assertFails("begins with 01 10", frame -> frame[0] = 1);
    assertFails("begins with 81 0f", frame -> frame[1] = 15);
    assertFails("begins with 81 90", frame -> frame[1] = (byte) 0x90);
  }

  private static void assertFails(String problem, Consumer<byte[]> change) throws IOException {
    UnaryOperator<byte[]> changed =
        frame -> {
          change.accept(frame);
          return frame;
        };
    try (Small server = new Small(SHAKEN, changed)) {
      assertMessage(problem, server);
    }
  }

  @Test
  void handshake_thatIsNone_endsTheLoad_withWhatItWas() throws IOException {
    assertShakes("was answered by HTTP/1.1 200 OK", SHAKEN.replaceFirst("101.*", "200 OK"));
    assertShakes("lacks a field", SHAKEN.replace("s3pP", "S3pP"));
    assertShakes("lacks a field", SHAKEN.replace("upgrade: w", "upgrade: x"));
    assertShakes("lacks a field", SHAKEN.replace("Connection: Up", "Connection: Down"));
    assertShakes("not asked for", SHAKEN + "x");
    assertShakes("an extension", SHAKEN.replace("upg", "Sec-WebSocket-Extensions: x\r\nupg"));
    assertShakes("no answer to the handshake", "");
  }

  private static void assertShakes(String problem, String answer) throws IOException {
    try (Small server = new Small(answer, frame -> frame)) {
      assertMessage(problem, server);
    }
  }

  private static void assertMessage(String problem, Small server) {
    IOException e = assertThrows(IOException.class, () -> loaded(HttpScenario.WS64, server));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private static HttpLoad.Sample loaded(HttpScenario scenario, Small server) throws IOException {
    int port = server.listener.getLocalPort();
    try (HttpLoad.Run run = servers.load(false, ANY).closed(scenario, port, 1)) {
      run.begin();
      return run.sample();
    }
  }

  /** Answers the handshake, and each frame by what is made of the one that is right. */
  private static final class Small implements AutoCloseable {

    final Set<String> texts = ConcurrentHashMap.newKeySet();
    final Set<String> masks = ConcurrentHashMap.newKeySet();
    final AtomicInteger closes = new AtomicInteger();
    final ServerSocket listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    private final String shaken;
    private final UnaryOperator<byte[]> answers;
    private final Set<Thread> threads = new HashSet<>();
    private final Thread accepting;

    Small(String shaken, UnaryOperator<byte[]> answers) throws IOException {
      this.shaken = shaken;
      this.answers = answers;
      this.accepting = Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listener.accept();
          threads.add(Thread.ofVirtual().start(() -> serve(socket)));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          var _ = head.append((char) in.read());
        }
        socket.getOutputStream().write(shaken.getBytes(ISO_8859_1));
        byte[] begin = shaken.isEmpty() ? CLOSE : in.readNBytes(CLOSE.length);
        while (begin.length == CLOSE.length && begin[0] != CLOSE[0]) {
          byte[] frame = Arrays.copyOf(begin, SENT_BYTES);
          int rest = SENT_BYTES - CLOSE.length;
          int _ = in.readNBytes(frame, CLOSE.length, rest);
          socket.getOutputStream().write(answers.apply(unmasked(frame)));
          begin = in.readNBytes(CLOSE.length);
        }
        closes.addAndGet(Arrays.equals(CLOSE, begin) ? 1 : 0);
      } catch (IOException e) {
        // The load was ended.
      }
    }

    private byte[] unmasked(byte[] frame) {
      byte[] answer = new byte[SENT_BYTES - 4];
      answer[0] = frame[0];
      answer[1] = (byte) (frame[1] & 0x7f);
      for (int i = TEXT_FROM; i < SENT_BYTES; i++) {
        answer[i - 4] = (byte) (frame[i] ^ frame[2 + (i - TEXT_FROM) % 4]);
      }
      assertTrue(frame[1] < 0, "not masked");
      assertTrue(texts.add(new String(answer, 2, 16, ISO_8859_1)), "two alike");
      boolean _ = masks.add(new String(frame, 2, 4, ISO_8859_1));
      return answer;
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }

    /** Waits for the ends of all connections, which the load has closed. */
    void awaitEnds() throws IOException, InterruptedException {
      listener.close();
      accepting.join();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
