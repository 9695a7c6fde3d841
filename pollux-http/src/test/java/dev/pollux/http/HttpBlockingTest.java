package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An exchange in the blocking style that no handler's return ends. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpBlockingTest {

  private static final String ASK = "GET / HTTP/1.1¶Host: a¶Connection: close¶¶";

  private static final Duration GRACE = Duration.ofMillis(100);
  private static final HttpOptions OPTIONS =
      HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withBodyGrace(GRACE));

  /** What answers an exchange, on a thread of its own. */
  @FunctionalInterface
  private interface Code {
    void answer(HttpBlocking exchange) throws Exception;
  }

  private final Queue<String> reported = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  /** What a client reads when this answers; what it threw and reported is known then. */
  private String ask(Code code) throws Exception {
    return ask(ASK, code);
  }

  private String ask(String request, Code code) throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    LoopOptions options =
        LoopOptions.DEFAULT.withErrorHandler(
            (loop, what, failure) -> reported.add(String.valueOf(failure)));
    ServerOptions at = ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (LoopGroup loops = LoopGroup.start(1, options);
        HttpServer server = HttpServer.start(loops, at, OPTIONS, later(code, answered))) {
      int port = ((InetSocketAddress) server.address()).getPort();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(HttpWire.bytes(request));
        String said = readAll(socket);
        assertTrue(answered.await(30, TimeUnit.SECONDS), said);
        return said;
      }
    }
  }

  private HttpHandler later(Code code, CountDownLatch answered) {
    return (request, response) -> {
      HttpBlocking exchange = HttpBlocking.open(request, response);
      EventLoop loop = request.loop();
      Thread _ =
          loop.options()
              .threads()
              .start(
                  Thread.ofVirtual(),
                  () -> {
                    try {
                      code.answer(exchange);
                    } catch (Exception e) {
                      thrown.add(e);
                    } finally {
                      answered.countDown();
                    }
                  });
    };
  }

  private static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException e) {
      all.writeBytes("(reset)".getBytes(StandardCharsets.UTF_8));
    }
    return all.toString(StandardCharsets.ISO_8859_1)
        .replaceAll("Date: [^\r]*\r\n", "")
        .replace("\r\n", "¶");
  }

  @Test
  void end_sendsWhatWasWritten_withItsLength() throws Exception {
    String said =
        ask(exchange -> {
          exchange.status(201).send("four");
          exchange.end();
          exchange.end();
          exchange.abort();
          assertThrows(IOException.class, () -> exchange.output().write(1));
        });
    assertTrue(said.startsWith("HTTP/1.1 201 Created¶"), said);
    assertTrue(said.endsWith("¶Content-Length: 4¶¶four"), said);
    assertTrue(thrown.isEmpty(), thrown::toString);
    assertTrue(reported.isEmpty(), reported::toString);
  }

  @Test
  void streamed_saysNoLength_howeverShort() throws Exception {
    String said =
        ask(exchange -> {
          exchange.streamed().last().output().write('a');
          exchange.end();
        });
    assertTrue(said.endsWith("¶Transfer-Encoding: chunked¶¶1¶a¶0¶¶"), said);
  }

  @Test
  void abort_isTheEndOfTheConnection_andIsReportedOnlyWithACause() throws Exception {
    String said = ask(HttpBlocking::abort);
    assertTrue(said.isEmpty() || said.equals("(reset)"), said);
    assertTrue(reported.isEmpty(), reported::toString);
    said = ask(exchange -> exchange.abort(new IllegalStateException("planted")));
    assertTrue(said.isEmpty() || said.equals("(reset)"), said);
    assertEquals("[java.lang.IllegalStateException: planted]", reported.toString());
  }

  @Test
  void fail_isA500_andBehindTheAnswerAReportAlone() throws Exception {
    String said = ask(exchange -> exchange.fail(new IllegalStateException("planted")));
    assertTrue(said.startsWith("HTTP/1.1 500 "), said);
    assertEquals("[java.lang.IllegalStateException: planted]", reported.toString());
    said =
        ask(exchange -> {
          exchange.send("ok");
          exchange.end();
          exchange.fail(new IllegalStateException("late"));
        });
    assertTrue(said.endsWith("¶¶ok"), said);
    assertTrue(reported.toString().contains("late"), reported::toString);
  }

  @Test
  void fail_withAnHttpException_saysIt() throws Exception {
    String said = ask(exchange -> exchange.fail(new HttpException(409, "twice")));
    assertTrue(said.startsWith("HTTP/1.1 409 Conflict¶"), said);
    assertTrue(reported.isEmpty(), reported::toString);
  }

  @Test
  void end_thatThrows_isTheEndOfTheConnection() throws Exception {
    String said =
        ask(exchange -> {
          Thread.currentThread().interrupt();
          exchange.send("lost");
          assertThrows(IOException.class, exchange::end);
          exchange.abort();
        });
    assertTrue(thrown.isEmpty(), thrown::toString);
    assertTrue(said.isEmpty() || said.equals("(reset)") || said.endsWith("lost"), said);
  }

  /** Nobody has asked for the body: that nothing of it comes is no fault of the client's. */
  @Test
  void bodyThatNobodyWaitsFor_isNeverTooSlow() throws Exception {
    String said =
        ask(
            "POST / HTTP/1.1¶Host: a¶Connection: close¶Transfer-Encoding: chunked¶¶",
            exchange -> {
              exchange.streamed().output().write('a');
              LockSupport.parkNanos(4 * GRACE.toNanos());
              exchange.output().write('b');
              exchange.end();
            });
    assertTrue(said.startsWith("HTTP/1.1 200"), said);
    assertTrue(said.endsWith("¶0¶¶"), said);
  }

  @Test
  void bodyThatIsWaitedFor_isTooSlow() throws Exception {
    String said =
        ask(
            "POST / HTTP/1.1¶Host: a¶Connection: close¶Transfer-Encoding: chunked¶¶",
            exchange -> {
              int _ = exchange.input().read();
              exchange.end();
            });
    assertTrue(said.startsWith("HTTP/1.1 408"), said);
  }
}
