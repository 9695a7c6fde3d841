package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.http.Compression;
import dev.pollux.http.HttpBlocking;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client and our server, on the kernel, from threads that block. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServedTest {

  private static final int MUCH = 8 << 20;
  private static final byte[] DATA = new byte[MUCH];

  static {
    new Random(1).nextBytes(DATA);
  }

  @TempDir Path folder;
  private final CountDownLatch isHanging = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private LoopGroup loops;
  private HttpServer server;
  private HttpClient client;
  private BlockingClient blocking;

  @BeforeEach
  void serve() throws Exception {
    loops = LoopGroup.start(2, LoopOptions.DEFAULT);
    start(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  private void start(SocketAddress address) throws Exception {
    Router service =
        new Router()
            .get("/hello", (_, response) -> response.send("Hello"))
            .get("/long", (_, response) -> response.send("Pollux and Castor. ".repeat(10_000)))
            .get("/much", (_, response) -> response.send(DATA))
            .get("/away", (_, response) -> response.redirect(302, "/hello"))
            .get(
                "/hang",
                HttpBlocking.handler(exchange -> {
                  isHanging.countDown();
                  boolean _ = mayGoOn.await(60, TimeUnit.SECONDS);
                  exchange.send("late");
                }))
            .post(
                "/echo",
                HttpBlocking.handler(exchange -> {
                  byte[] all = exchange.input().readAllBytes();
                  exchange.output().write(all);
                }));
    server = HttpServer.start(loops, ServerOptions.at(address), Compression.gzip().around(service));
    ClientOptions options =
        ClientOptions.DEFAULT
            .withRedirects(3)
            .withLimits(ClientLimits.DEFAULT.withWholeBytes(2 * MUCH));
    EventLoop loop = loops.next();
    client = HttpClient.of(loop, options);
    blocking = client.blocking();
  }

  @AfterEach
  void stop() throws Exception {
    mayGoOn.countDown();
    CountDownLatch closed = new CountDownLatch(1);
    client
        .loop()
        .execute(() -> {
          client.close();
          closed.countDown();
        });
    assertTrue(closed.await(10, TimeUnit.SECONDS));
    server.close();
    loops.close();
  }

  private String uri(String path) {
    return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + path;
  }

  private ClientRequest get(String path) {
    return ClientRequest.get(uri(path));
  }

  @Test
  void answers_areThose() throws Exception {
    assertEquals("Hello", blocking.send(get("/hello")).text());
    assertEquals("Hello", blocking.send(get("/away")).text());
    assertEquals(404, blocking.send(get("/nowhere")).status());
    WholeAnswer deflated = blocking.send(get("/long"));
    assertEquals(190_000, deflated.body().length);
    assertTrue(deflated.head().isInflated());
    assertArrayEquals(DATA, blocking.send(get("/much")).body());
    assertEquals(0, blocking.send(ClientRequest.of("HEAD", uri("/hello"))).body().length);
  }

  @Test
  void bodies_goBothWays() throws Exception {
    ClientRequest post = ClientRequest.of("POST", uri("/echo"));
    assertEquals("hello", blocking.send(post.withBody("hello")).text());
    byte[] some = Arrays.copyOf(DATA, 900_000);
    assertArrayEquals(some, blocking.send(post, new ByteArrayInputStream(some)).body());
    ClientRequest known = post.withStreamedBody(some.length).withContinue();
    try (BlockingAnswer answer = blocking.open(known, new ByteArrayInputStream(some));
        InputStream in = answer.body()) {
      assertEquals(200, answer.head().status());
      assertThrows(IllegalStateException.class, answer::trailers);
      assertArrayEquals(some, in.readAllBytes());
      assertEquals(0, answer.trailers().count());
      assertEquals(-1, in.read());
    }
  }

  @Test
  void streams_thatBreak_areTold() throws Exception {
    ClientRequest post = ClientRequest.of("POST", uri("/echo"));
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }

          @Override
          public int read(byte[] to, int from, int count) throws IOException {
            throw new IOException("broken");
          }
        };
    IOException thrown = assertThrows(IOException.class, () -> blocking.send(post, broken));
    assertEquals("broken", thrown.getMessage());
    InputStream three = new ByteArrayInputStream(new byte[3]);
    ClientException less =
        assertThrows(ClientException.class, () -> blocking.send(post.withStreamedBody(4), three));
    assertEquals(FailureReason.HANDLER_FAILED, less.reason());
    assertThrows(IllegalArgumentException.class, () -> blocking.send(post.withStreamedBody()));
    assertEquals("Hello", blocking.send(get("/hello")).text());
  }

  @Test
  void answer_thatIsClosedEarly_isCutOff() throws Exception {
    try (BlockingAnswer answer = blocking.open(get("/much"))) {
      assertEquals(MUCH, answer.head().length());
      assertEquals(DATA[0], (byte) answer.body().read());
    }
    assertEquals("Hello", blocking.send(get("/hello")).text());
  }

  @Test
  void threads_ofAnyKind_askAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(threads.submit(() -> blocking.send(get("/hello")).text()));
      }
      for (Future<String> each : all) {
        assertEquals("Hello", each.get());
      }
    }
  }

  @Test
  void interrupt_cancels() throws Exception {
    List<Throwable> caught = new ArrayList<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                blocking.send(get("/hang"));
              } catch (Exception e) {
                caught.add(e);
              }
            });
    assertTrue(isHanging.await(10, TimeUnit.SECONDS));
    thread.interrupt();
    thread.join();
    assertEquals(InterruptedException.class, caught.getFirst().getClass());
    mayGoOn.countDown();
    assertEquals("Hello", blocking.send(get("/hello")).text());
  }

  @Test
  void loopThread_isNotBlocked() throws Exception {
    List<Throwable> caught = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    client
        .loop()
        .execute(() -> {
          try {
            blocking.send(get("/hello"));
          } catch (Exception e) {
            caught.add(e);
          }
          done.countDown();
        });
    assertTrue(done.await(10, TimeUnit.SECONDS));
    assertEquals(IllegalStateException.class, caught.getFirst().getClass());
    assertThrows(IllegalStateException.class, () -> client.send(get("/"), new Heard()));
  }

  @Test
  void failures_areThrown() throws Exception {
    int port = ((InetSocketAddress) server.address()).getPort();
    ClientException tls =
        assertThrows(
            ClientException.class,
            () -> blocking.send(ClientRequest.get("https://127.0.0.1:" + port + "/")));
    assertEquals(FailureReason.TLS_FAILED, tls.reason());
    assertFalse(tls.isSent());
    ClientException unknown =
        assertThrows(
            ClientException.class,
            () -> blocking.send(ClientRequest.get("http://nowhere.invalid/")));
    assertEquals(FailureReason.UNKNOWN_HOST, unknown.reason());
    assertTrue(unknown.getMessage().contains("nowhere.invalid"));
    server.close();
    ClientException refused =
        assertThrows(
            ClientException.class,
            () -> blocking.send(ClientRequest.get("http://127.0.0.1:" + port + "/")));
    assertEquals(FailureReason.CONNECT_FAILED, refused.reason());
    assertNull(refused.getCause().getCause());
  }

  @Test
  void unixSocket_isAskedByItsPath() throws Exception {
    server.close();
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("s"));
    start(path);
    ClientRequest request = ClientRequest.get("http://localhost/away").withAddress(path);
    WholeAnswer answer = blocking.send(request);
    assertEquals("Hello", answer.text());
    byte[] body = "over there".getBytes(UTF_8);
    ClientRequest echo =
        ClientRequest.of("POST", "http://localhost/echo").withAddress(path).withBody(body);
    assertArrayEquals(body, blocking.send(echo).body());
  }
}
