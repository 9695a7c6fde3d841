package dev.pollux.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is late. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TimeLimitsTest {

  private static Settings with(String property) {
    Properties all = new Properties();
    all.setProperty("sun.net.httpserver." + property, "1");
    return Settings.of(all, 1);
  }

  @Test
  void request_thatDoesNotCome_isA408_andItsHandlerIsTold() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    HttpHandler handler =
        exchange -> {
          try {
            byte[] _ = exchange.getRequestBody().readAllBytes();
          } catch (IOException e) {
            thrown.complete(e);
            throw e;
          }
        };
    try (Served served = Served.by(handler, with("maxReqTime"));
        Socket socket = served.connect()) {
      socket.getOutputStream().write(Served.bytes("POST / HTTP/1.1¶Content-Length: 2¶¶a"));
      assertTrue(Served.readAll(socket).startsWith("HTTP/1.1 408 "));
      assertInstanceOf(IOException.class, thrown.get());
    }
  }

  @Test
  void answer_thatDoesNotCome_isA503_andOneThatDoesIsNot() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    HttpHandler handler =
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/late")) {
            try {
              late.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          exchange.sendResponseHeaders(200, -1);
        };
    try (Served served = Served.by(handler, with("maxRspTime"))) {
      assertEquals(200, served.get("/").statusCode());
      assertEquals(503, served.get("/late").statusCode());
      late.countDown();
      assertEquals(200, served.get("/").statusCode());
    }
  }
}
