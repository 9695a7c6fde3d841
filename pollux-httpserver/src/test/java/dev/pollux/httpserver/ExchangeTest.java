package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
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
          Served.send(exchange, 200, "");
        };
    String asked =
        "POST /a%20b?c=d HTTP/1.1¶Host: h¶x-one: 1¶X-One: 2¶content-length: 4¶"
            + Served.CLOSE
            + "¶body";
    assertEquals(
        "HTTP/1.1 200 OK¶Connection: close¶Content-Length: 0¶¶", Served.ask(handler, asked));
    assertEquals(
        "POST | /a%20b?c=d | HTTP/1.1 | / | [1, 2] "
            + "| [Connection, Content-length, Host, X-one] | body | -1 | null",
        seen.get());
  }

  @Test
  void requestHeaders_cannotBeChanged() throws Exception {
    HttpHandler handler = Served.telling(exchange -> exchange.getRequestHeaders().add("A", "b"));
    String said = Served.ask(handler, "GET / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶");
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
          Served.send(exchange, 200, "");
        };
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      socket.getOutputStream().write(Served.bytes("GET / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶"));
      assertTrue(Served.readAll(socket).startsWith("HTTP/1.1 200 OK¶"));
      assertEquals(socket.getLocalSocketAddress(), remote.get());
      assertEquals(socket.getRemoteSocketAddress(), local.get());
      assertEquals(served.server.getAddress(), local.get());
    }
  }

  @Test
  void request_withoutHost_isTaken() throws Exception {
    String said =
        Served.ask(
            exchange -> Served.send(exchange, 200, "x"), "GET / HTTP/1.1¶" + Served.CLOSE + "¶");
    assertEquals("HTTP/1.1 200 OK¶Connection: close¶Content-Length: 1¶¶x", said);
  }

  @Test
  void attributes_areThoseOfTheContext() throws Exception {
    HttpHandler handler =
        exchange -> {
          Object before = exchange.getAttribute("key");
          exchange.setAttribute("key", before == null ? "set" : null);
          Served.send(exchange, 200, before + " " + exchange.getHttpContext().getAttributes());
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
            Served.send(exchange, 200, "");
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
    "HEAD, 200, 3, Content-Length: 3¶¶",
    "HEAD, 200, 0, ¶",
    "GET, 205, 3, Content-Length: 0¶¶",
    "HEAD, 200, -1, ¶"
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
    String said = Served.ask(handler, method + " / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶");
    String line = said.substring(0, said.indexOf('¶') + 1);
    assertEquals(line + Served.CLOSE + behind, said);
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
        Served.ask(handler, "HEAD / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶"));
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
          Served.send(exchange, 200, "ok");
        };
    assertEquals(
        "HTTP/1.1 200 OK¶X-latin: \u00e4¶X-many-words: 1¶X-many-words: 2¶"
            + "Connection: close¶Content-Length: 2¶¶ok",
        sorted(Served.ask(handler, "GET / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶")));
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
  void head_thatIsRefused_leavesNothingBehind() throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.getResponseHeaders().set("X-Good", "1");
          exchange.getResponseHeaders().set("X bad", "1");
          assertThrows(IllegalArgumentException.class, () -> exchange.sendResponseHeaders(200, -1));
          exchange.getResponseHeaders().remove("X bad");
          exchange.sendResponseHeaders(500, -1);
        };
    assertEquals(
        "HTTP/1.1 500 Internal Server Error¶X-good: 1¶Connection: close¶Content-Length: 0¶¶",
        Served.ask(handler, "GET / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶"));
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
    try (Served served = Served.by(Served.telling(e -> e.sendResponseHeaders(status, -1)))) {
      String said = served.get("/").body();
      assertTrue(said.startsWith("IllegalArgumentException: status: " + status), said);
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
                      Served.send(exchange, 200, "later");
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
    String said = Served.ask(HttpExchange::close, "GET / HTTP/1.1¶Host: a¶¶");
    assertEquals("", said);
  }

  @Test
  void exchange_thatIsClosed_hasNoHead() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.close();
          thrown.complete(
              assertThrows(IOException.class, () -> exchange.sendResponseHeaders(200, -1)));
        };
    assertEquals("", Served.ask(handler, "GET / HTTP/1.1¶Host: a¶¶"));
    assertEquals("the exchange is closed", thrown.get().getMessage());
  }

  @Test
  void length_thatIsNone_isRefused() throws Exception {
    try (Served served = Served.by(Served.telling(e -> e.sendResponseHeaders(200, -7)))) {
      assertEquals("IllegalArgumentException: Content-Length: -7", served.get("/").body());
    }
  }

  @Test
  void headers_sayHowMuchFollows_alsoAfterwards() throws Exception {
    CompletableFuture<String> length = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.getResponseHeaders().set("X-Blank", " a b ");
          exchange.getResponseHeaders().set("Content-length", "77");
          Served.send(exchange, 200, "four");
          length.complete(exchange.getResponseHeaders().getFirst("Content-Length"));
        };
    String said = Served.ask(handler, "GET /?a[]=b HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶");
    assertTrue(said.contains("X-blank: a b¶"), said);
    assertEquals("4", length.get());
  }

  @Test
  void handler_thatThrowsBeforeItsHead_endsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          throw new IOException("no database");
        };
    try (Served served = Served.by(handler)) {
      assertThrows(IOException.class, () -> served.get("/"));
      assertEquals("", served.raw("GET / HTTP/1.1¶Host: a¶¶"));
    }
  }

  @Test
  void handler_thatThrowsBehindItsAnswer_changesNothing() throws Exception {
    HttpHandler handler =
        exchange -> {
          Served.send(exchange, 200, "ok " + exchange.getRemoteAddress().getPort());
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
    String said = Served.ask(handler, "GET / HTTP/1.1¶Host: a¶¶");
    assertFalse(said.contains("0¶¶"), said);
  }

  @Test
  void handler_thatAsksForClose_endsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          exchange.getResponseHeaders().set("Connection", "close");
          Served.send(exchange, 200, "ok");
        };
    assertEquals(
        "HTTP/1.1 200 OK¶Connection: close¶Content-Length: 2¶¶ok",
        Served.ask(handler, "GET / HTTP/1.1¶Host: a¶¶"));
  }
}
