package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.FileRegion;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.UnixAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server on the real kernel, and the JDK's client: also in the blocking style. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpServerTest {

  private final ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();

  /** Serves, has a client do something, and ends. */
  private interface Use {
    void with(HttpServer server, HttpClient client, URI uri) throws Exception;
  }

  private void serve(HttpHandler handler, Use use) throws Exception {
    LoopOptions like =
        LoopOptions.DEFAULT.withErrorHandler(
            (_, what, thrown) -> reported.add(what + ": " + thrown));
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    try (LoopGroup loops = LoopGroup.start(2, like);
        HttpServer server = HttpServer.start(loops, at, handler);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      int port = ((InetSocketAddress) server.address()).getPort();
      use.with(server, client, URI.create("http://127.0.0.1:" + port + "/"));
    }
  }

  private static java.net.http.HttpRequest.Builder to(URI uri) {
    return java.net.http.HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
  }

  @Test
  void client_getsAndPosts() throws Exception {
    HttpHandler handler = (request, response) -> request.body().whole(body -> response.send(body));
    serve(
        handler,
        (_, client, uri) -> {
          for (int i = 0; i < 20; i++) {
            var post = to(uri).POST(BodyPublishers.ofString("hello " + i)).build();
            assertEquals("hello " + i, client.send(post, BodyHandlers.ofString()).body());
          }
        });
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void blocking_echoesMuch() throws Exception {
    byte[] much = new byte[5_000_000];
    new Random(1).nextBytes(much);
    HttpHandler echo =
        HttpBlocking.handler(exchange -> exchange.input().transferTo(exchange.output()));
    serve(
        echo,
        (_, client, uri) -> {
          var post = to(uri).POST(BodyPublishers.ofByteArray(much)).build();
          assertArrayEquals(much, client.send(post, BodyHandlers.ofByteArray()).body());
          var chunked =
              to(uri)
                  .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(much)))
                  .build();
          assertArrayEquals(much, client.send(chunked, BodyHandlers.ofByteArray()).body());
        });
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void blocking_short_hasItsLength() throws Exception {
    HttpHandler handler =
        HttpBlocking.handler(exchange -> {
          exchange.send("Hello ");
          exchange.status(201).field("X-Name", exchange.request().target()).send("you");
        });
    serve(
        handler,
        (_, client, uri) -> {
          var answer = client.send(to(uri).build(), BodyHandlers.ofString());
          assertEquals("Hello you", answer.body());
          assertEquals(201, answer.statusCode());
          assertEquals("/", answer.headers().firstValue("X-Name").orElseThrow());
          assertEquals(9, answer.headers().firstValueAsLong("Content-Length").orElseThrow());
        });
  }

  @Test
  void blocking_thrown_is500() throws Exception {
    HttpHandler failing =
        HttpBlocking.handler(exchange -> {
          exchange.send("some");
          throw new IllegalStateException("planted");
        });
    serve(
        failing,
        (_, client, uri) -> {
          var answer = client.send(to(uri).build(), BodyHandlers.ofString());
          assertEquals(500, answer.statusCode());
          assertEquals("500 Internal Server Error\n", answer.body());
        });
    assertEquals(1, reported.size(), reported.toString());
    assertTrue(reported.element().contains("planted"), reported.toString());
  }

  @Test
  void blocking_clientGone_isToldToTheThread_andToNobodyElse() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    AtomicReference<Exception> told = new AtomicReference<>();
    HttpHandler endless =
        HttpBlocking.handler(exchange -> {
          try (OutputStream out = exchange.output()) {
            while (true) {
              out.write(new byte[1000]);
              begun.countDown();
            }
          } catch (IOException e) {
            told.set(e);
            throw e;
          } finally {
            over.countDown();
          }
        });
    serve(
        endless,
        (server, _, uri) -> {
          try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), uri.getPort())) {
            socket.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶¶"));
            begun.await();
          }
          over.await();
          assertTrue(told.get().getMessage().contains("is over"), String.valueOf(told.get()));
        });
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void pool_full_is503() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService pool =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1))) {
      HttpHandler slow =
          HttpBlocking.handler(
              pool,
              exchange -> {
                begun.countDown();
                go.await();
                exchange.send("done");
              });
      serve(
          slow,
          (_, client, uri) -> {
            var first = client.sendAsync(to(uri).build(), BodyHandlers.ofString());
            begun.await();
            List<Integer> statuses = new ArrayList<>();
            var second = client.sendAsync(to(uri).build(), BodyHandlers.ofString());
            var third = client.sendAsync(to(uri).build(), BodyHandlers.ofString());
            var refused = second.applyToEither(third, java.net.http.HttpResponse::statusCode);
            assertEquals(503, refused.get());
            go.countDown();
            statuses.add(first.get().statusCode());
            assertEquals(List.of(200), statuses);
            assertEquals(200 + 503, second.get().statusCode() + third.get().statusCode());
          });
    }
  }

  @Test
  void stop_answersWhatIsInWork_andCloses() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    HttpHandler slow =
        HttpBlocking.handler(exchange -> {
          begun.countDown();
          go.await();
          exchange.send("done");
        });
    serve(
        slow,
        (server, client, uri) -> {
          try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), uri.getPort())) {
            socket.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶¶"));
            begun.await();
            server.stop(Duration.ofSeconds(30));
            go.countDown();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.endsWith("\r\n\r\ndone"), answer);
          }
          server.stopped().get();
        });
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void readiness_saysNo_whenTheServerStops() throws Exception {
    Readiness readiness = new Readiness();
    assertEquals(200, HttpCall.get("/").to(readiness).status());
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    HttpOptions http = HttpOptions.DEFAULT.withReadiness(readiness);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, http, readiness)) {
      assertTrue(readiness.isReady());
      server.stop(Duration.ofSeconds(30));
      assertEquals(503, HttpCall.get("/").to(readiness).status());
      server.stopped().get();
    }
    readiness.set(true);
    assertEquals(200, HttpCall.get("/").to(readiness).status());
  }

  @Test
  void unixSocket_isServed() throws Exception {
    Path path = Files.createTempDirectory("pollux").resolve("http.sock");
    HttpHandler hello = (request, response) -> response.send(request.host());
    ServerOptions at = ServerOptions.at(UnixAddress.path(path));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer _ = HttpServer.start(loops, at, hello);
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      String ask = "GET / HTTP/1.1¶Host: unix¶Connection: close¶¶";
      assertTrue(client.write(ByteBuffer.wrap(HttpWire.bytes(ask))) > 0);
      InputStream in = Channels.newInputStream(client);
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.endsWith("\r\n\r\nunix"), answer);
    }
    Files.deleteIfExists(path);
    Files.delete(path.getParent());
  }

  @Test
  void connections_atTheLimit_areServed_andOneMoreIsClosed() throws Exception {
    assertEquals(10_000, HttpServer.MAX_CONNECTIONS);
    HttpHandler hello = (_, response) -> response.send("hello");
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    ServerOptions at = ServerOptions.at(new InetSocketAddress(loopback, 0)).withMaxConnections(2);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, hello)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      try (Socket first = new Socket(loopback, port);
          Socket second = new Socket(loopback, port)) {
        assertTrue(isServed(first) && isServed(second));
        try (Socket third = new Socket(loopback, port)) {
          assertEquals(-1, third.getInputStream().read());
        } catch (IOException e) {
          assertTrue(e.getMessage().contains("reset"), e.getMessage());
        }
        assertTrue(isServed(first));
      }
    }
  }

  private static boolean isServed(Socket socket) throws IOException {
    socket.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶¶"));
    StringBuilder answer = new StringBuilder();
    int c = 0;
    while (c >= 0 && !answer.toString().endsWith("hello")) {
      c = socket.getInputStream().read();
      answer.append((char) c);
    }
    return c >= 0;
  }

  @Test
  void blocking_interrupted_isBrokenOff_andNothingIsSentTwice() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    HttpHandler endless =
        HttpBlocking.handler(exchange -> {
          thread.set(Thread.currentThread());
          byte[] piece = new byte[HttpBlocking.BUFFER_BYTES];
          try {
            while (true) {
              exchange.output().write(piece);
              begun.countDown();
            }
          } catch (IOException e) {
            exchange.output().flush(); // it goes on as if nothing was
          }
        });
    serve(
        endless,
        (_, _, uri) -> {
          try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), uri.getPort())) {
            socket.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶¶"));
            begun.await();
            while (thread.get().getState() != Thread.State.WAITING) {
              Thread.onSpinWait(); // until the client's window is full
            }
            thread.get().interrupt();
            byte[] got;
            try {
              got = socket.getInputStream().readAllBytes();
            } catch (IOException e) {
              got = new byte[0];
            }
            String text = new String(got, StandardCharsets.ISO_8859_1);
            assertTrue(!text.endsWith("\r\n0\r\n\r\n"), "a whole answer");
          }
        });
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void answersThatWait_beyondTheLimit_areNotKept_andShortOnesGoOn() throws Exception {
    byte[] large = new byte[20_000_000];
    HttpHandler handler =
        (request, response) ->
            response.send(request.path().equals("/large") ? large : new byte[] {'h', 'i'});
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    ServerOptions at = ServerOptions.at(new InetSocketAddress(loopback, 0));
    HttpOptions http = HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withQueuedBytes(1 << 20));
    byte[] ask = HttpWire.bytes("GET /large HTTP/1.1¶Host: a¶Connection: close¶¶");
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, http, handler)) {
      int port = ((InetSocketAddress) server.address()).getPort();
      try (Socket first = new Socket(loopback, port);
          Socket second = new Socket(loopback, port);
          Socket third = new Socket(loopback, port)) {
        first.getOutputStream().write(ask);
        assertEquals('H', first.getInputStream().read()); // and no more: the rest waits
        second.getOutputStream().write(ask);
        int got;
        try {
          got = second.getInputStream().readAllBytes().length;
        } catch (IOException e) {
          got = 0;
        }
        assertTrue(got < large.length, "no more than the kernel takes: " + got);
        third.getOutputStream().write(HttpWire.bytes("GET / HTTP/1.1¶Host: a¶Connection: close¶¶"));
        String short1 = new String(third.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(short1.endsWith("\r\n\r\nhi"), short1);
        assertTrue(first.getInputStream().readAllBytes().length > large.length);
      }
    }
  }

  @Test
  void files_manyToASlowReader_allArrive(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "f".repeat(100));
    HttpHandler handler =
        (request, response) -> {
          if (request.path().equals("/large")) {
            response.send(new byte[8_000_000]);
          } else {
            response.send(FileRegion.open(request.loop().sys(), file, 0, 100));
          }
        };
    int count = 100;
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withConnection(ConnectionOptions.DEFAULT.withMaxQueuedFiles(2));
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, handler)) {
      InetSocketAddress address = (InetSocketAddress) server.address();
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        String large = "GET /large HTTP/1.1¶Host: a¶¶";
        String small = "GET / HTTP/1.1¶Host: a¶¶".repeat(count - 1);
        String last = "GET / HTTP/1.1¶Host: a¶Connection: close¶¶";
        socket.getOutputStream().write(HttpWire.bytes(large + small + last));
        byte[] all = socket.getInputStream().readAllBytes();
        String text = new String(all, StandardCharsets.ISO_8859_1);
        assertEquals(count + 1, text.split("HTTP/1.1 200", -1).length - 1);
        assertTrue(text.endsWith("f".repeat(100)));
      }
    }
    assertEquals(List.of(), List.copyOf(reported));
  }

  @Test
  void file_behindAnswersThatWait_comesBehindThem(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "f".repeat(100));
    Router service =
        new Router()
            .get("/big", (_, response) -> response.send("x".repeat(15_000)))
            .get(
                "/file",
                (request, response) ->
                    response.send(FileRegion.open(request.loop().sys(), file, 0, 100)));
    ConnectionOptions few =
        ConnectionOptions.DEFAULT
            .withLowWaterBytes(1000)
            .withHighWaterBytes(60_000)
            .withMaxQueuedBytes(60_000);
    ServerOptions at =
        ServerOptions.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .withConnection(few);
    String big = "GET /big HTTP/1.1¶Host: a¶¶".repeat(3);
    String some = big + "GET /file HTTP/1.1¶Host: a¶¶";
    String last = "GET /file HTTP/1.1¶Host: a¶Connection: close¶¶";
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server = HttpServer.start(loops, at, service);
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(server.address());
      socket.getOutputStream().write(HttpWire.bytes(some.repeat(160) + last));
      byte[] all = socket.getInputStream().readAllBytes();
      String text = new String(all, StandardCharsets.ISO_8859_1);
      assertEquals(160 * 4 + 1, text.split("HTTP/1.1 200", -1).length - 1);
      assertTrue(text.endsWith("f".repeat(100)));
    }
  }
}
