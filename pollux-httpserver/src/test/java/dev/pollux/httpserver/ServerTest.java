package dev.pollux.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server from its making to its stop, its contexts, filters and executors. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerTest {

  private static final HttpHandler NOTHING = exchange -> exchange.sendResponseHeaders(200, -1);

  private static HttpHandler saying(String text) {
    return exchange -> send(exchange, text);
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, text.length());
    exchange.getResponseBody().write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    exchange.close();
  }

  // ---- its making and its end

  @Test
  void provider_isFoundByTheJdk() {
    List<Class<?>> known =
        ServiceLoader.load(HttpServerProvider.class).stream()
            .<Class<?>>map(ServiceLoader.Provider::type)
            .toList();
    assertEquals(List.of(PolluxHttpServerProvider.class), known);
    assertInstanceOf(PolluxHttpServerProvider.class, HttpServerProvider.provider());
  }

  @Test
  void server_thatIsNotBound_hasNoAddress_andDoesNotStart() throws Exception {
    HttpServer server = HttpServer.create();
    assertNull(server.getAddress());
    assertThrows(IllegalStateException.class, server::start);
    assertThrows(NullPointerException.class, () -> server.bind(null, 0));
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    assertTrue(server.getAddress().getPort() > 0);
    assertThrows(
        BindException.class,
        () -> server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5));
    server.stop(0);
    assertThrows(IllegalStateException.class, server::start);
    server.stop(0);
  }

  @Test
  void address_thatIsTaken_isABindException() throws Exception {
    HttpServer first = Served.unstarted();
    assertThrows(BindException.class, () -> HttpServer.create(first.getAddress(), 0));
    first.stop(0);
    HttpServer second = HttpServer.create(first.getAddress(), 0);
    assertEquals(first.getAddress(), second.getAddress());
    second.stop(0);
  }

  @Test
  void whoConnectsBeforeTheStart_isServedAfterIt() throws Exception {
    HttpServer server = Served.unstarted();
    server.createContext("/", saying("late"));
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      socket.getOutputStream().write(Served.bytes("GET / HTTP/1.1¶Host: a¶Connection: close¶¶"));
      server.start();
      assertTrue(Served.readAll(socket).endsWith("late"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatIsSetBeforeTheStart_cannotBeAfterIt() throws Exception {
    try (Served served = Served.by(NOTHING)) {
      assertThrows(IllegalStateException.class, served.server::start);
      assertThrows(IllegalStateException.class, () -> served.server.setExecutor(Runnable::run));
      assertNull(served.server.getExecutor());
    }
  }

  @Test
  void stop_waitsForTheExchangesThatAre() throws Exception {
    CountDownLatch isIn = new CountDownLatch(1);
    CountDownLatch mayGo = new CountDownLatch(1);
    HttpHandler slow =
        exchange -> {
          isIn.countDown();
          try {
            mayGo.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          send(exchange, "done");
        };
    try (Served served = Served.by(slow)) {
      CompletableFuture<HttpResponse<String>> answer =
          served.client.sendAsync(
              HttpRequest.newBuilder(served.at("/")).timeout(Served.MOST).build(),
              HttpResponse.BodyHandlers.ofString());
      isIn.await();
      Thread stopping = Thread.ofVirtual().start(() -> served.server.stop(30));
      while (isListening(served)) {
        Thread.onSpinWait();
      }
      mayGo.countDown();
      assertEquals("done", answer.get().body());
      stopping.join();
      assertThrows(IllegalStateException.class, served.server::start);
    }
  }

  private static boolean isListening(Served served) throws IOException {
    try (Socket _ = served.connect()) {
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  @Test
  void stop_atOnce_letsWhatWasAnsweredReachItsClient() throws Exception {
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Boolean> answered = new CompletableFuture<>();
      HttpHandler handler =
          exchange -> {
            send(exchange, "answered");
            answered.complete(true);
          };
      try (Served served = Served.by(handler);
          Socket socket = served.connect()) {
        socket.getOutputStream().write(Served.bytes("GET / HTTP/1.1¶Host: a¶¶"));
        assertTrue(answered.get());
        served.server.stop(0);
        assertTrue(Served.readAll(socket).endsWith("answered"));
      }
    }
  }

  @Test
  void stop_byAHandler_ends() throws Exception {
    CompletableFuture<Boolean> stopped = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          send(exchange, "bye");
          exchange.getHttpContext().getServer().stop(0);
          stopped.complete(true);
        };
    try (Served served = Served.by(handler)) {
      assertEquals("bye", served.get("/").body());
      assertTrue(stopped.get());
    }
  }

  @Test
  void stop_withATimeThatIsNone_isRefused() throws Exception {
    try (Served served = Served.by(NOTHING)) {
      assertThrows(IllegalArgumentException.class, () -> served.server.stop(-1));
    }
  }

  // ---- contexts

  @Test
  void context_withTheLongestPathCounts() throws Exception {
    try (Served served = Served.by(saying("root"))) {
      served.server.createContext("/apps/", saying("apps"));
      HttpContext foo = served.server.createContext("/apps/foo/", saying("foo"));
      assertEquals("foo", served.get("/apps/foo/bar").body());
      assertEquals("apps", served.get("/apps/Foo/bar").body());
      assertEquals("apps", served.get("/apps/app1").body());
      assertEquals("root", served.get("/foo").body());
      assertEquals("foo", served.get("/apps/f%6fo/").body());
      served.server.removeContext(foo);
      assertEquals("apps", served.get("/apps/foo/bar").body());
      served.server.removeContext("/apps/");
      assertEquals("root", served.get("/apps/foo/bar").body());
      served.server.removeContext("/");
      HttpResponse<String> none = served.get("/foo");
      assertEquals(404, none.statusCode());
      assertEquals("<h1>404</h1>No context found for request", none.body());
    }
  }

  @Test
  void context_thatIsWrong_isRefused() throws Exception {
    try (Served served = Served.by(NOTHING)) {
      HttpServer server = served.server;
      assertThrows(IllegalArgumentException.class, () -> server.createContext("/", NOTHING));
      assertThrows(IllegalArgumentException.class, () -> server.createContext("a", NOTHING));
      assertThrows(IllegalArgumentException.class, () -> server.createContext("", NOTHING));
      assertThrows(NullPointerException.class, () -> server.createContext(null, NOTHING));
      assertThrows(NullPointerException.class, () -> server.createContext("/a", null));
      assertThrows(IllegalArgumentException.class, () -> server.removeContext("/a"));
      HttpContext gone = server.createContext("/a");
      server.removeContext(gone);
      assertThrows(IllegalArgumentException.class, () -> server.removeContext(gone));
      HttpContext set = server.createContext("/b", NOTHING);
      assertThrows(IllegalArgumentException.class, () -> set.setHandler(NOTHING));
      assertSame(server, set.getServer());
    }
  }

  @Test
  void context_withoutAHandler_isA500() throws Exception {
    try (Served served = Served.by(NOTHING)) {
      HttpContext bare = served.server.createContext("/bare");
      HttpResponse<String> response = served.get("/bare");
      assertEquals(500, response.statusCode());
      assertEquals("<h1>500</h1>No handler for context", response.body());
      bare.setHandler(saying("now"));
      assertEquals("now", served.get("/bare").body());
    }
  }

  // ---- filters and authenticators

  @Test
  void filters_areAskedInOrder_beforeTheAuthenticator() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (Served served = Served.by(saying("in"))) {
      served.context.getFilters().add(Filter.beforeHandler("1", e -> seen.add("1")));
      served.context.getFilters().add(Filter.beforeHandler("2", e -> seen.add("2")));
      served.context.setAuthenticator(
          new Authenticator() {
            @Override
            public Result authenticate(HttpExchange exchange) {
              seen.add("a");
              return new Failure(403);
            }
          });
      assertEquals(403, served.get("/").statusCode());
      assertEquals(List.of("1", "2", "a"), seen);
    }
  }

  @Test
  void basicAuthenticator_asks_andLetsIn() throws Exception {
    HttpHandler whoami =
        exchange -> {
          HttpPrincipal principal = exchange.getPrincipal();
          send(exchange, principal.getUsername() + " in " + principal.getRealm());
        };
    try (Served served = Served.by(whoami)) {
      served.context.setAuthenticator(
          new BasicAuthenticator("here") {
            @Override
            public boolean checkCredentials(String user, String password) {
              return user.equals("me") && password.equals("secret");
            }
          });
      HttpResponse<String> asked = served.get("/");
      assertEquals(401, asked.statusCode());
      assertEquals(
          List.of("Basic realm=\"here\", charset=\"UTF-8\""),
          asked.headers().allValues("WWW-Authenticate"));
      String token =
          Base64.getEncoder()
              .encodeToString("me:secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      HttpRequest.Builder request =
          HttpRequest.newBuilder(served.at("/"))
              .header("Authorization", "Basic " + token)
              .POST(HttpRequest.BodyPublishers.ofString("body"));
      assertEquals("me in here", served.send(request).body());
    }
  }

  // ---- executors

  @Test
  void handler_runsOnAVirtualThread_unlessAnExecutorIsSet() throws Exception {
    HttpHandler handler = exchange -> send(exchange, "" + Thread.currentThread().isVirtual());
    try (Served served = Served.by(handler)) {
      assertEquals("true", served.get("/").body());
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(2);
        Served served = Served.by(handler, pool)) {
      assertSame(pool, served.server.getExecutor());
      assertEquals("false", served.get("/").body());
    }
  }

  @Test
  void executor_thatRunsInItsCaller_mayBlock() throws Exception {
    HttpHandler echo =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getRequestBody().transferTo(exchange.getResponseBody());
          exchange.close();
        };
    try (Served served = Served.by(echo, Runnable::run)) {
      HttpRequest.Builder request = HttpRequest.newBuilder(served.at("/"));
      request.POST(HttpRequest.BodyPublishers.ofString("x".repeat(200_000)));
      assertEquals(200_000, served.send(request).body().length());
    }
  }

  @Test
  void executor_thatWaits_holdsUpNoOtherExchange() throws Exception {
    Semaphore permits = new Semaphore(1);
    CountDownLatch isIn = new CountDownLatch(1);
    CountDownLatch mayGo = new CountDownLatch(1);
    HttpHandler handler =
        exchange -> {
          isIn.countDown();
          try {
            mayGo.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.sendResponseHeaders(200, 1_000_000);
          exchange.getResponseBody().write(new byte[1_000_000]);
          exchange.close();
          permits.release();
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Served served =
            Served.by(
                handler,
                task -> {
                  permits.acquireUninterruptibly();
                  threads.execute(task);
                })) {
      HttpRequest request = HttpRequest.newBuilder(served.at("/")).timeout(Served.MOST).build();
      var one = served.client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      isIn.await();
      var two = served.client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      mayGo.countDown();
      assertEquals(1_000_000, one.get().body().length());
      assertEquals(1_000_000, two.get().body().length());
    }
  }

  /** A usual way to have a pool hold up who gives it too much. */
  @Test
  void executor_whoseQueueWaits_holdsUpNoAnswer() throws Exception {
    LinkedBlockingQueue<Runnable> waiting =
        new LinkedBlockingQueue<>(1) {
          @Override
          public boolean offer(Runnable task) {
            try {
              put(task);
              return true;
            } catch (InterruptedException e) {
              return false;
            }
          }
        };
    HttpHandler large =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 20; i++) {
            exchange.getResponseBody().write(new byte[20_000]);
            exchange.getResponseBody().flush();
          }
          exchange.close();
        };
    try (ExecutorService pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, waiting);
        Served served = Served.by(large, pool)) {
      HttpRequest request = HttpRequest.newBuilder(served.at("/")).timeout(Served.MOST).build();
      List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(served.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
      for (var one : all) {
        assertEquals(400_000, one.get().body().length());
      }
    }
  }

  @Test
  void executor_thatRefuses_isA503() throws Exception {
    try (Served served =
        Served.by(
            NOTHING,
            task -> {
              throw new RejectedExecutionException("full");
            })) {
      HttpResponse<String> response = served.get("/");
      assertEquals(503, response.statusCode());
      assertFalse(response.body().contains("full"), response.body());
    }
  }

  // ---- what the JDK brings

  @Test
  void simpleFileServer_servesByThis(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "content");
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder.toRealPath(),
            SimpleFileServer.OutputLevel.NONE);
    assertInstanceOf(Server.class, server);
    server.start();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      String close = " HTTP/1.1¶Host: a¶Connection: close¶¶";
      socket.getOutputStream().write(Served.bytes("GET /a.txt" + close));
      String said = Served.readAll(socket);
      assertTrue(said.startsWith("HTTP/1.1 200 OK¶"), said);
      assertTrue(said.endsWith("¶¶content"), said);
    } finally {
      server.stop(0);
    }
  }
}
