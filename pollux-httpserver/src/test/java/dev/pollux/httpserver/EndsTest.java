package dev.pollux.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each exchange comes to an end, whatever the threads of the program do. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EndsTest {

  private static final int MUCH = 8 << 20; // more than all buffers on the way

  private static final int PIECE = 16 << 10;
  private static final String EXPECT = "Expect: 100-continue¶";

  /** What comes until the end; nothing if that is a reset. */
  private static byte[] readAll(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException _) {
      return new byte[0];
    }
  }

  private static void ask(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.replace("¶", "\r\n").getBytes(UTF_8));
  }

  /** The handler is interrupted in a write, and closes its exchange all the same. */
  @Test
  void interruptedWrite_thenClose_endsTheConnection() throws Exception {
    HttpHandler handler =
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            Thread.currentThread().interrupt();
            out.write(new byte[MUCH]); // has to wait for room
          }
        };
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      ask(socket, "GET / HTTP/1.1¶Host: a¶¶");
      String said = new String(readAll(socket), UTF_8);
      assertFalse(said.endsWith("0\r\n\r\n"), "it is whole");
    }
  }

  /** Nor is the dispatcher's thread ended by it, where that runs the handlers. */
  @Test
  void interruptFlag_leftByAHandlerInItsCaller_stopsNobodyElse() throws Exception {
    HttpHandler handler =
        exchange -> {
          Served.send(exchange, 200, "here");
          Thread.currentThread().interrupt();
        };
    try (Served served = Served.by(handler, Runnable::run)) {
      for (int i = 0; i < 3; i++) {
        assertEquals("here", served.get("/").body());
      }
    }
  }

  /** A stream that writes at its close, as those that compress do. */
  private static final class Trailing extends FilterOutputStream {
    Trailing(OutputStream out) {
      super(out);
    }

    @Override
    public void close() throws IOException {
      out.write('!');
      super.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, 304", "GET, 204", "HEAD, 200", "GET, 302"})
  void filterThatWritesAtTheEnd_isNotAskedToWhereNothingIsToCome(String method, int status)
      throws Exception {
    HttpHandler handler = exchange -> exchange.sendResponseHeaders(status, -1);
    try (Served served = Served.by(handler)) {
      served
          .context
          .getFilters()
          .add(
              new Filter() {
                @Override
                public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                  exchange.setStreams(null, new Trailing(exchange.getResponseBody()));
                  chain.doFilter(exchange);
                }

                @Override
                public String description() {
                  return "writes at the end";
                }
              });
      String said = served.raw(method + " / HTTP/1.1¶Host: a¶Connection: close¶¶");
      assertTrue(said.startsWith("HTTP/1.1 " + status), said);
    }
  }

  /**
   * What its buffer holds is being sent: to send it again would be an answer of another content.
   */
  @Test
  void closeByAnotherThread_duringAWrite_isNoEndInOrder() throws Exception {
    CompletableFuture<HttpExchange> stuck = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          byte[] piece = new byte[PIECE];
          stuck.complete(exchange);
          while (true) {
            out.write(piece);
          }
        };
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      ask(socket, "GET / HTTP/1.1¶Host: a¶¶");
      HttpExchange exchange = stuck.get();
      LockSupport.parkNanos(
          300_000_000); // the client does not read: by then it is within a write, or will be
      exchange.close();
      byte[] said = readAll(socket);
      int end = Math.max(0, said.length - 5);
      assertFalse(new String(said, end, said.length - end, UTF_8).equals("0\r\n\r\n"));
    }
  }

  @Test
  void available_ofABodyThatWasAskedFor_waitsForTheNext() throws Exception {
    CompletableFuture<Boolean> isEmptied = new CompletableFuture<>();
    HttpHandler handler =
        Served.telling(exchange -> {
          InputStream in = exchange.getRequestBody();
          StringBuilder all = new StringBuilder(new String(in.readNBytes(3), UTF_8));
          isEmptied.complete(true);
          while (in.available() > 0) {
            all.append((char) in.read());
          }
          throw new IOException(all.toString());
        });
    try (Served served = Served.by(handler);
        Socket socket = served.connect()) {
      ask(socket, "POST / HTTP/1.1¶Host: a¶" + Served.CLOSE + EXPECT + "Content-Length: 6¶¶");
      InputStream in = socket.getInputStream();
      String told = new String(in.readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length()), UTF_8);
      assertTrue(told.startsWith("HTTP/1.1 100"), told);
      ask(socket, "abc");
      assertTrue(isEmptied.get());
      LockSupport.parkNanos(50_000_000); // so that it looks before more is there
      ask(socket, "def");
      String said = new String(in.readAllBytes(), UTF_8);
      assertTrue(said.endsWith("IOException: abcdef"), said);
    }
  }
}
