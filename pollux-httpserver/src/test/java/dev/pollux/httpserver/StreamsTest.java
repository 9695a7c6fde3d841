package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

/** What is read of a request, and written of an answer, in the terms of the JDK's API. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamsTest {

  // ---- the content of the answer

  @Test
  void content_beforeTheHead_isRefused() throws Exception {
    for (HttpHandler code :
        List.<HttpHandler>of(
            exchange -> exchange.getResponseBody().write(1),
            exchange -> exchange.getResponseBody().write(new byte[3]),
            exchange -> exchange.getResponseBody().flush(),
            exchange -> exchange.getResponseBody().close())) {
      try (Served served = Served.by(Served.telling(code))) {
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
    String said = Served.ask(handler, "GET / HTTP/1.1¶Host: a¶¶");
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
        "HTTP/1.1 200 OK¶Connection: close¶¶abc", Served.ask(handler, "GET / HTTP/1.0¶Host: a¶¶"));
  }

  // ---- streams

  @Test
  void body_thatIsClosed_cannotBeRead() throws Exception {
    HttpHandler code =
        exchange -> {
          exchange.getRequestBody().close();
          int _ = exchange.getRequestBody().read();
        };
    try (Served served = Served.by(Served.telling(code))) {
      HttpRequest.Builder request = HttpRequest.newBuilder(served.at("/"));
      request.POST(HttpRequest.BodyPublishers.ofString("body"));
      assertEquals("IOException: Stream is closed", served.send(request).body());
    }
  }

  /** Programs take 0 for the end, although it means nothing of the kind. */
  @Test
  void body_thatIsThere_isAvailable_untilItsEnd() throws Exception {
    HttpHandler handler =
        exchange -> {
          InputStream in = exchange.getRequestBody();
          StringBuilder said = new StringBuilder();
          while (in.available() > 0) {
            byte[] some = new byte[Math.min(3, in.available())];
            int count = in.read(some);
            said.append(new String(some, 0, count, UTF_8));
          }
          in.close();
          assertEquals(0, in.available());
          Served.send(exchange, 200, said.toString());
        };
    try (Served served = Served.by(handler)) {
      HttpRequest.Builder request = HttpRequest.newBuilder(served.at("/"));
      request.POST(HttpRequest.BodyPublishers.ofString("a body of some length"));
      assertEquals("a body of some length", served.send(request).body());
    }
  }

  @Test
  void thread_thatIsInterrupted_isSoStill() throws Exception {
    CompletableFuture<Boolean> is = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          Thread.currentThread().interrupt();
          assertThrows(IOException.class, () -> exchange.getRequestBody().read());
          is.complete(Thread.currentThread().isInterrupted());
          throw new IOException("as it is asked to end");
        };
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      socket.getOutputStream().write(Served.bytes("PUT / HTTP/1.1¶Content-Length: 9¶¶"));
      assertEquals("", Served.readAll(socket));
      assertTrue(is.get());
    }
  }

  @Test
  void body_thatIsNotRead_leavesTheConnectionToTheNext() throws Exception {
    try (Served served = Served.by(exchange -> Served.send(exchange, 200, "ok"))) {
      String one = "POST / HTTP/1.1¶Host: a¶Content-Length: 4¶¶body";
      String two = "GET / HTTP/1.1¶Host: a¶" + Served.CLOSE + "¶";
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
            Served.send(exchange, 200, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          Served.bytes(
              "POST / HTTP/1.1¶Host: a¶Expect: 100-continue¶Content-Length: 2¶"
                  + Served.CLOSE
                  + "¶"));
      byte[] told = socket.getInputStream().readNBytes(25);
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(told, UTF_8));
      out.write(Served.bytes("hi"));
      assertTrue(Served.readAll(socket).endsWith("¶¶hi"));
    }
  }

  @Test
  void client_thatExpects100_isNotAsked_byWhoOnlyLooksAndCloses() throws Exception {
    HttpHandler handler =
        exchange -> {
          assertEquals(0, exchange.getRequestBody().available());
          exchange.getRequestBody().close();
          Served.send(exchange, 403, "no");
        };
    String ask = "POST / HTTP/1.1¶Host: a¶Expect: 100-continue¶Content-Length: 2¶¶";
    String said = Served.ask(handler, ask);
    assertEquals("HTTP/1.1 403 Forbidden¶Connection: close¶Content-Length: 2¶¶no", said);
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
}
