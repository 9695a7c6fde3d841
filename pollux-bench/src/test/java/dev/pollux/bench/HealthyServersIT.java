package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.bench.EchoBenchmark.Processors;
import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.Finding;
import dev.pollux.inspect.InspectOptions;
import dev.pollux.inspect.Inspector;
import dev.pollux.inspect.Report;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that are well are not called ill while they work: nothing is certain of any of them. */
class HealthyServersIT {

  private static final OptionalInt ANY = OptionalInt.empty();
  private static final String GET = "GET /baseline11?a=1&b=2 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final Path REDIS = Path.of("/usr/bin/redis-server");
  private static final int CLIENTS = 6;
  private static final int LOOKS = 3; // diagnoses, of three looks each
  private static final int DEADLINE_MILLIS = 10_000;

  private static HttpServers servers;

  @BeforeAll
  static void compile() throws IOException {
    servers = HttpServers.open(HttpServers.ALL, List.of(HttpScenario.values()));
  }

  @AfterAll
  static void remove() throws IOException {
    servers.close();
  }

  static List<String> adding() {
    return HttpServersIT.adding();
  }

  @ParameterizedTest
  @MethodSource("adding")
  void server_underLoad_hasNothingThatIsCertain(String name) throws Exception {
    try (EchoProcess server = servers.start(name, new Processors(ANY, ANY))) {
      assertHealthy(server.pid(), server.port(), GET);
    }
  }

  @TestFactory
  Stream<DynamicTest> redis_underLoad_hasNothingThatIsCertain() {
    if (!Files.isExecutable(REDIS)) {
      return Stream.of(DynamicTest.dynamicTest("redis-server is not installed here", () -> {}));
    }
    return Stream.of(
        DynamicTest.dynamicTest(
            "redis-server",
            () -> {
              int port = freePort();
              Process redis =
                  new ProcessBuilder(
                          REDIS.toString(),
                          "--port",
                          "" + port,
                          "--bind",
                          "127.0.0.1",
                          "--save",
                          "")
                      .redirectOutput(Redirect.DISCARD)
                      .redirectErrorStream(true)
                      .start();
              try {
                awaitPort(port);
                assertHealthy(redis.pid(), port, "PING\r\n");
              } finally {
                redis.destroyForcibly().waitFor();
              }
            }));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws IOException {
    for (int i = 0; ; i++) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (i == DEADLINE_MILLIS / 10) {
          throw e;
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  private static void assertHealthy(long pid, int port, String request) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicLong answers = new AtomicLong();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofPlatform().start(() -> ask(port, request, isOver, answers)));
    }
    InspectOptions options = InspectOptions.DEFAULT.withDeep(true).withPause(Duration.ofMillis(60));
    List<Finding> certain = new ArrayList<>();
    try (Inspector inspector = Inspector.open(NativeSys.open(), pid, options)) {
      for (int i = 0; i < LOOKS; i++) {
        Report report = inspector.diagnose();
        report.findings().stream()
            .filter(each -> each.confidence() == Confidence.CERTAIN)
            .forEach(certain::add);
      }
    } finally {
      isOver.set(true);
      for (Thread client : clients) {
        client.join();
      }
    }
    assertEquals(List.of(), certain);
    assertTrue(answers.get() > LOOKS, "it did not answer");
  }

  private static void ask(int port, String request, AtomicBoolean isOver, AtomicLong answers) {
    byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
    byte[] answer = new byte[1 << 12];
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(DEADLINE_MILLIS);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      while (!isOver.get()) {
        out.write(bytes);
        if (in.read(answer) < 0) {
          return;
        }
        answers.incrementAndGet();
      }
    } catch (IOException _) {
      // the others go on, and whether any was answered is asserted
    }
  }
}
