package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an exchange says and does, in the terms of the JDK's API. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ExchangeTest {

  private static final String CLOSE = "Connection: close¶";

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** What the handler's code throws when it is run, told by the answer. */
  private static HttpHandler telling(HttpHandler code) {
    return exchange -> {
      String said = "nothing";
      try {
        code.handle(exchange);
      } catch (IOException | RuntimeException e) {
        said = e.getClass().getSimpleName() + ": " + e.getMessage();
      }
      send(exchange, 200, said);
    };
  }

  private static String ask(HttpHandler handler, String request) throws IOException {
    try (Served served = Served.by(handler)) {
      return served.raw(request);
    }
  }

  // ---- the request

  @Test
  void request_isAsItWasSent() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          seen.complete(
              String.join(
                  " | ",
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  exchange.getProtocol(),
                  exchange.getHttpContext().getPath(),
                  exchange.getRequestHeaders().get("X-ONE").toString(),
                  exchange.getRequestHeaders().keySet().stream().sorted().toList().toString(),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                  "" + exchange.getResponseCode(),
                  "" + exchange.getPrincipal()));
          send(exchange, 200, "");
        };
    String asked =
        "POST /a%20b?c=d HTTP/1.1¶Host: h¶x-one: 1¶X-One: 2¶content-length: 4¶" + CLOSE + "¶body";
    assertEquals("HTTP/1.1 200 OK¶Connection: close¶Content-Length: 0¶¶", ask(handler, asked));
    assertEquals(
        "POST | /a%20b?c=d | HTTP/1.1 | / | [1, 2] "
            + "| [Connection, Content-length, Host, X-one] | body | -1 | null",
        seen.get());
  }

  @Test
  void requestHeaders_cannotBeChanged() throws Exception {
    HttpHandler handler = telling(exchange -> exchange.getRequestHeaders().add("A", "b"));
    String said = ask(handler, "GET / HTTP/1.1¶Host: a¶" + CLOSE + "¶");
    assertTrue(said.contains("UnsupportedOperationException"), said);
  }

  @Test
  void addresses_areThoseOfTheConnection() throws Exception {
    CompletableFuture<InetSocketAddress> remote = new CompletableFuture<>();
    CompletableFuture<InetSocketAddress> local = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          remote.complete(exchange.getRemoteAddress());
          local.complete(exchange.getLocalAddress());
          assertFalse(exchange instanceof HttpsExchange);
          send(exchange, 200, "");
        };
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      socket.getOutputStream().write(Served.bytes("GET / HTTP/1.1¶Host: a¶" + CLOSE + "¶"));
      assertTrue(Served.readAll(socket).startsWith("HTTP/1.1 200 OK¶"));
      assertEquals(socket.getLocalSocketAddress(), remote.get());
      assertEquals(socket.getRemoteSocketAddress(), local.get());
      assertEquals(served.server.getAddress(), local.get());
    }
  }

  @Test
  void request_withoutHost_isTaken() throws Exception {
    String said = ask(exchange -> send(exchange, 200, "x"), "GET / HTTP/1.1¶" + CLOSE + "¶");
    assertEquals("HTTP/1.1 200 OK¶Connection: close¶Content-Length: 1¶¶x", said);
  }

  @Test
  void attributes_areThoseOfTheContext() throws Exception {
    HttpHandler handler =
        exchange -> {
          Object before = exchange.getAttribute("key");
          exchange.setAttribute("key", before == null ? "set" : null);
          send(exchange, 200, before + " " + exchange.getHttpContext().getAttributes());
        };
    try (Served served = Served.by(handler)) {
      assertEquals("null {key=set}", served.get("/").body());
      assertEquals("set {}", served.get("/").body());
      assertThrows(NullPointerException.class, () -> new NullName().check());
    }
  }

  /** A null name is refused before anything is asked. */
  private static final class NullName {
    void check() throws Exception {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      HttpHandler handler =
          exchange -> {
            thrown.complete(
                assertThrows(NullPointerException.class, () -> exchange.getAttribute(null)));
            send(exchange, 200, "");
          };
      try (Served served = Served.by(handler)) {
        assertEquals(200, served.get("/").statusCode());
      }
      throw (NullPointerException) thrown.get();
    }
  }

  // ---- the head of the answer

  @ParameterizedTest
  @CsvSource({
    "GET, 200, 3, Content-Length: 3¶¶abc",
    "GET, 200, 0, Transfer-Encoding: chunked¶¶3¶abc¶0¶¶",
    "GET, 200, -1, Content-Length: 0¶¶",
    "GET, 204, 3, ¶",
    "GET, 304, 3, ¶",
    "HEAD, 200, 3, Content-Length: 0¶¶",
    "HEAD, 200, -1, Content-Length: 0¶¶"
  })
  void head_saysHowMuchFollows(String method, int status, long length, String behind)
      throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(status, length);
          assertEquals(status, exchange.getResponseCode());
          if (!method.equals("HEAD") && status == 200 && length >= 0) {
            exchange.getResponseBody().write("abc".getBytes(UTF_8));
          }
          exchange.close();
        };
    String said = ask(handler, method + " / HTTP/1.1¶Host: a¶" + CLOSE + "¶");
    String line = said.substring(0, said.indexOf('¶') + 1);
    assertEquals(line + CLOSE + behind, said);
    assertTrue(line.startsWith("HTTP/1.1 " + status + " "), line);
  }

  @Test
  void head_ofHead_saysTheLengthThatTheHandlerSays() throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Length", "12");
          exchange.sendResponseHeaders(200, -1);
        };
    assertEquals(
        "HTTP/1.1 200 OK¶Connection: close¶Content-Length: 12¶¶",
        ask(handler, "HEAD / HTTP/1.1¶Host: a¶" + CLOSE + "¶"));
  }

  @Test
  void fields_areSentAsTheJdkWritesNames_framingIsOurs() throws Exception {
    HttpHandler handler =
        exchange -> {
          var headers = exchange.getResponseHeaders();
          headers.add("x-many-words", "1");
          headers.add("X-MANY-WORDS", "2");
          headers.set("Content-Length", "77");
          headers.set("Transfer-Encoding", "gzip");
          headers.set("Date", "today");
          headers.set("Keep-Alive", "timeout=1");
          headers.set("X-Latin", "\u00e4");
          send(exchange, 200, "ok");
        };
    assertEquals(
        "HTTP/1.1 200 OK¶X-latin: \u00e4¶X-many-words: 1¶X-many-words: 2¶"
            + "Connection: close¶Content-Length: 2¶¶ok",
        sorted(ask(handler, "GET / HTTP/1.1¶Host: a¶" + CLOSE + "¶")));
  }

  /** The fields of {@link com.sun.net.httpserver.Headers} come in no order: those of X- first. */
  private static String sorted(String said) {
    int end = said.indexOf("¶¶");
    List<String> lines = List.of(said.substring(0, end).split("¶", -1));
    List<String> own = lines.stream().filter(line -> line.startsWith("X-")).sorted().toList();
    List<String> others = lines.stream().skip(1).filter(line -> !line.startsWith("X-")).toList();
    return lines.getFirst()
        + "¶"
        + String.join("¶", own)
        + "¶"
        + String.join("¶", others)
        + said.substring(end);
  }

  @Test
  void head_cannotBeSentTwice() throws Exception {
    CompletableFuture<String> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          IOException e =
              assertThrows(IOException.class, () -> exchange.sendResponseHeaders(200, 2));
          thrown.complete(e.getMessage());
          exchange.getResponseBody().write(new byte[] {'o', 'k'});
          exchange.close();
        };
    try (Served served = Served.by(handler)) {
      assertEquals("ok", served.get("/").body());
      assertEquals("headers already sent", thrown.get());
    }
  }

  @ParameterizedTest
  @CsvSource({"100", "199", "600", "0", "-5"})
  void status_thatIsNone_isRefused(int status) throws Exception {
    try (Served served = Served.by(telling(e -> e.sendResponseHeaders(status, -1)))) {
      String said = served.get("/").body();
      assertTrue(said.startsWith("IllegalArgumentException: status: " + status), said);
    }
  }

  // ---- the content of the answer

  @Test
  void content_beforeTheHead_isRefused() throws Exception {
    for (HttpHandler code :
        List.<HttpHandler>of(
            exchange -> exchange.getResponseBody().write(1),
            exchange -> exchange.getResponseBody().write(new byte[3]),
            exchange -> exchange.getResponseBody().flush(),
            exchange -> exchange.getResponseBody().close())) {
      try (Served served = Served.by(telling(code))) {
        assertEquals("IOException: response headers not sent yet", served.get("/").body());
      }
    }
  }

  @Test
  void content_thatIsTooMuch_isRefused_andTheRestGoesOn() throws Exception {
    CompletableFuture<String> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          OutputStream out = exchange.getResponseBody();
          thrown.complete(
              assertThrows(IOException.class, () -> out.write(new byte[3])).getMessage());
          out.write(new byte[] {'o', 'k'});
          assertThrows(IOException.class, () -> out.write(1));
          out.close();
          assertEquals(
              "stream closed", assertThrows(IOException.class, () -> out.write(1)).getMessage());
          out.close();
          out.flush();
        };
    try (Served served = Served.by(handler)) {
      assertEquals("ok", served.get("/").body());
      assertEquals("too many bytes to write to stream", thrown.get());
    }
  }

  @Test
  void content_thatIsTooLittle_cutsTheConnection() throws Exception {
    CompletableFuture<String> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 20_000);
          OutputStream out = exchange.getResponseBody();
          out.write(new byte[17_000]);
          thrown.complete(assertThrows(IOException.class, out::close).getMessage());
        };
    String said = ask(handler, "GET / HTTP/1.1¶Host: a¶¶");
    assertTrue(said.startsWith("HTTP/1.1 200 OK¶Content-Length: 20000¶¶"), said);
    assertTrue(said.length() < 20_000, said);
    assertEquals("insufficient bytes written to stream: 3000 are missing", thrown.get());
  }

  @ParameterizedTest
  @CsvSource({"0", "1000000"})
  void content_thatIsLong_comesWhole(long length) throws Exception {
    byte[] piece = "0123456789".repeat(1_000).getBytes(UTF_8);
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, length);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 100; i++) {
              out.write(piece);
            }
          }
        };
    try (Served served = Served.by(handler)) {
      HttpResponse<String> response = served.get("/");
      assertEquals(1_000_000, response.body().length());
      assertEquals(length > 0, response.headers().firstValue("Content-Length").isPresent());
    }
  }

  @Test
  void content_thatIsFlushed_isThereBeforeTheEnd() throws Exception {
    CompletableFuture<Boolean> read = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          out.write('a');
          out.flush();
          assertTrue(read.orTimeout(30, TimeUnit.SECONDS).join());
          out.write('b');
          out.close();
        };
    try (Served served = Served.by(handler)) {
      HttpRequest request = HttpRequest.newBuilder(served.at("/")).timeout(Served.MOST).build();
      InputStream in =
          served.client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
      assertEquals('a', in.read());
      read.complete(true);
      assertEquals('b', in.read());
      assertEquals(-1, in.read());
    }
  }

  @Test
  void toHttp10_theEndIsThatOfTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          assertEquals("HTTP/1.0", exchange.getProtocol());
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("abc".getBytes(UTF_8));
          exchange.close();
        };
    assertEquals(
        "HTTP/1.1 200 OK¶Connection: close¶¶abc", ask(handler, "GET / HTTP/1.0¶Host: a¶¶"));
  }

  // ---- streams

  @Test
  void body_thatIsClosed_cannotBeRead() throws Exception {
    HttpHandler code =
        exchange -> {
          exchange.getRequestBody().close();
          int _ = exchange.getRequestBody().read();
        };
    try (Served served = Served.by(telling(code))) {
      HttpRequest.Builder request = HttpRequest.newBuilder(served.at("/"));
      request.POST(HttpRequest.BodyPublishers.ofString("body"));
      assertEquals("IOException: Stream is closed", served.send(request).body());
    }
  }

  @Test
  void body_thatIsNotRead_leavesTheConnectionToTheNext() throws Exception {
    try (Served served = Served.by(exchange -> send(exchange, 200, "ok"))) {
      String one = "POST / HTTP/1.1¶Host: a¶Content-Length: 4¶¶body";
      String two = "GET / HTTP/1.1¶Host: a¶" + CLOSE + "¶";
      assertEquals(
          "HTTP/1.1 200 OK¶Content-Length: 2¶¶okHTTP/1.1 200 OK¶Connection: close¶"
              + "Content-Length: 2¶¶ok",
          served.raw(one + two));
    }
  }

  @Test
  void body_thatIsCutOff_isAnIoException() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          try {
            byte[] _ = exchange.getRequestBody().readAllBytes();
            thrown.complete(new AssertionError("it came"));
          } catch (IOException e) {
            thrown.complete(e);
            throw e;
          }
        };
    try (Served served = Served.by(handler)) {
      Socket socket = served.connect();
      socket.getOutputStream().write(Served.bytes("PUT / HTTP/1.1¶Content-Length: 9¶¶some"));
      socket.close();
      assertInstanceOf(IOException.class, thrown.get());
    }
  }

  @Test
  void client_thatExpects100_isToldWhenTheBodyIsRead() throws Exception {
    HttpHandler handler =
        exchange ->
            send(exchange, 200, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          Served.bytes(
              "POST / HTTP/1.1¶Host: a¶Expect: 100-continue¶Content-Length: 2¶" + CLOSE + "¶"));
      byte[] told = socket.getInputStream().readNBytes(25);
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(told, UTF_8));
      out.write(Served.bytes("hi"));
      assertTrue(Served.readAll(socket).endsWith("¶¶hi"));
    }
  }

  @Test
  void streams_thatAFilterWraps_areUsed() throws Exception {
    HttpHandler handler =
        exchange -> {
          OutputStream inner = exchange.getResponseBody();
          exchange.setStreams(
              null,
              new FilterOutputStream(inner) {
                @Override
                public void close() throws IOException {
                  out.write('!');
                  super.close();
                }
              });
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('a');
          exchange.close();
        };
    try (Served served = Served.by(handler)) {
      assertEquals("a!", served.get("/").body());
    }
  }

  // ---- how it ends

  @Test
  void exchange_isAnsweredAfterItsHandler_byAnotherThread() throws Exception {
    HttpHandler handler =
        exchange -> {
          Thread _ =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      send(exchange, 200, "later");
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
        };
    try (Served served = Served.by(handler)) {
      assertEquals("later", served.get("/").body());
    }
  }

  @Test
  void exchange_closedWithoutAnAnswer_endsItsConnection() throws Exception {
    String said = ask(HttpExchange::close, "GET / HTTP/1.1¶Host: a¶¶");
    assertTrue(said.isEmpty() || said.equals("(reset)"), said);
  }

  @Test
  void handler_thatThrowsBeforeItsHead_endsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          throw new IOException("no database");
        };
    try (Served served = Served.by(handler)) {
      assertThrows(IOException.class, () -> served.get("/"));
      String said = served.raw("GET / HTTP/1.1¶Host: a¶¶");
      assertTrue(said.isEmpty() || said.equals("(reset)"), said);
    }
  }

  @Test
  void handler_thatThrowsBehindItsAnswer_changesNothing() throws Exception {
    HttpHandler handler =
        exchange -> {
          send(exchange, 200, "ok " + exchange.getRemoteAddress().getPort());
          throw new NumberFormatException("too late");
        };
    try (Served served = Served.by(handler)) {
      assertEquals(served.get("/").body(), served.get("/").body());
    }
  }

  @Test
  void handler_thatThrowsWithinItsAnswer_cutsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('a');
          exchange.getResponseBody().flush();
          throw new IllegalStateException("lost");
        };
    String said = ask(handler, "GET / HTTP/1.1¶Host: a¶¶");
    assertFalse(said.contains("0¶¶"), said);
  }

  @Test
  void handler_thatAsksForClose_endsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.getResponseHeaders().set("Connection", "close");
          send(exchange, 200, "ok");
        };
    assertEquals(
        "HTTP/1.1 200 OK¶Connection: close¶Content-Length: 2¶¶ok",
        ask(handler, "GET / HTTP/1.1¶Host: a¶¶"));
  }
}
