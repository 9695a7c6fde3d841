package dev.pollux.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The load in C that asks for sums, before a server of a few lines. */
class HttpSumLoadIT {

  private static final OptionalInt ANY = OptionalInt.empty();
  private static final String RIGHT = answer("55");

  private static HttpServers servers;

  @BeforeAll
  static void compile() throws IOException {
    servers = HttpServers.open(List.of(), List.of(HttpScenario.values()));
  }

  @AfterAll
  static void remove() throws IOException {
    servers.close();
  }

  @Test
  void shortConnections_haveTenRequestsEach_andAreClosedByTheLoad() throws IOException {
    try (Small server = new Small(_ -> RIGHT)) {
      HttpLoad.Sample sample = loaded(HttpScenario.CHURN10, server);
      server.awaitEnds();
      long full = server.ended.stream().filter(count -> count == 10).count();
      long least = sample.requests() / 10 - HttpScenario.CHURN10.connections();
      assertTrue(full >= least && full > 0, full + " of " + sample);
      assertTrue(server.ended.stream().allMatch(count -> count <= 10), "more than ten");
      assertTrue(sample.nanos() >= 1_000_000_000 && sample.p50() <= sample.p99());
    }
  }

  @Test
  void idleConnections_areAnsweredOnce_andOpenWhileTheOthersAreLoaded() throws IOException {
    int idle = 100;
    String[] load = {"8", String.valueOf(idle), "0", "get", "1"};
    try (Small server = new Small(_ -> RIGHT)) {
      try (Child child = child(server, load)) {
        assertEquals("ready", child.line());
        assertEquals(idle, server.requests.get());
        assertEquals(0, server.ended.size());
        assertEquals("connections 8", child.ask("go"));
        assertTrue(child.line().startsWith("result "));
        assertEquals(0, server.ended.size());
      }
      server.awaitEnds();
      assertEquals(idle + 8, server.ended.size());
      assertEquals(idle, server.ended.stream().filter(count -> count == 1).count());
    }
  }

  @Test
  void answer_inPieces_orInOtherLetters_isAnAnswer() throws IOException {
    String other = "HTTP/1.1 200 \r\nServer: x\r\nCONTENT-LENGTH:\t2\r\n\r\n55";
    try (Small server = new Small(i -> i % 2 == 0 ? other : RIGHT)) {
      server.isSlow = true;
      assertTrue(loaded(HttpScenario.CHURN10, server).requests() > 0);
    }
  }

  @Test
  void answer_thatIsWrong_endsTheLoad_withWhatItWas() throws IOException {
    assertFails("answered '56' where '55' is right", answer("56"));
    assertFails("answered '5' where '55' is right", answer("5"));
    assertFails("1 bytes behind an answer", RIGHT + "x");
    assertFails("answered by HTTP/1.1 404 Not Found", "HTTP/1.1 404 Not Found\r\n\r\n");
    assertFails("an answer without Content-Length", "HTTP/1.1 200 OK\r\n\r\n55");
    assertFails("a Content-Length that is no number", RIGHT.replace("h: 2", "h: 2x"));
    assertFails("no answer in ", "x".repeat(2000));
    assertFails("closed by the server behind 3 answers", "");
  }

  /** Answers rightly three times on each connection, and then so; nothing is a close. */
  private static void assertFails(String problem, String last) throws IOException {
    try (Small server = new Small(i -> i < 3 ? RIGHT : last)) {
      IOException e = assertThrows(IOException.class, () -> loaded(HttpScenario.CHURN10, server));
      assertTrue(e.getMessage().contains(problem), e.getMessage());
    }
  }

  private static HttpLoad.Sample loaded(HttpScenario scenario, Small server) throws IOException {
    try (HttpLoad.Run run = servers.load(false, ANY).closed(scenario, server.port(), 1)) {
      run.begin();
      return run.sample();
    }
  }

  private static Child child(Small server, String... arguments) throws IOException {
    String program = servers.load(false, ANY).programs().path("http_load").toString();
    List<String> command = new ArrayList<>(List.of(program));
    command.add(String.valueOf(server.port()));
    command.addAll(List.of(arguments));
    return Child.start(command, ANY);
  }

  private static String answer(String content) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + content.length() + "\r\n\r\n" + content;
  }

  /** Answers GETs, by what is said for the first, second, ... request of a connection. */
  private static final class Small implements AutoCloseable {

    final AtomicInteger requests = new AtomicInteger();

    /** How many requests each connection had that has ended. */
    final Queue<Integer> ended = new ConcurrentLinkedQueue<>();

    volatile boolean isSlow; // an answer leaves byte by byte
    private final IntFunction<String> answers;
    private final ServerSocket listener;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    Small(IntFunction<String> answers) throws IOException {
      this.answers = answers;
      this.listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
      threads.add(Thread.ofVirtual().start(this::accept));
    }

    int port() {
      return listener.getLocalPort();
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
      int count = 0;
      try (socket) {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        while (isAsked(in)) {
          requests.incrementAndGet();
          byte[] answer = answers.apply(count).getBytes(ISO_8859_1);
          if (answer.length == 0) {
            break;
          }
          count++;
          for (int i = 0; isSlow && i < answer.length - 1; i++) {
            socket.getOutputStream().write(answer[i]);
          }
          int from = isSlow ? answer.length - 1 : 0;
          socket.getOutputStream().write(answer, from, answer.length - from);
        }
      } catch (IOException e) {
        // The load was ended with answers unread.
      }
      ended.add(count);
    }

    /** Reads to the end of a head; false if there is none. */
    private static boolean isAsked(InputStream in) throws IOException {
      for (int c = in.read(), matched = 0; c >= 0; c = in.read()) {
        matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
        if (matched == 4) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void close() {
      awaitEnds();
    }

    /** Waits for the ends of all connections, which the load has closed. */
    void awaitEnds() {
      try {
        listener.close();
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
