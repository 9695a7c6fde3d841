package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.NetStats;
import dev.pollux.net.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Who is cut off when a loop has much in memory, on real sockets. */
class UnsentMemoryTest {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int LONG = 50_000;
  private static final int SILENT = 40;

  private final CountDownLatch later = new CountDownLatch(SILENT);

  private void handle(HttpRequest request, HttpResponse response) {
    switch (request.path()) {
      case "/later" -> {
        var _ = response.later();
        later.countDown();
      }
      case "/large" -> {
        var _ = response.send(new byte[20_000_000]);
      }
      default -> {
        var _ = response.send(new byte[LONG]);
      }
    }
  }

  private interface Body {
    void run(LoopGroup loops, int port) throws Exception;
  }

  private void serve(long mostBytes, Body body) throws Exception {
    ServerOptions at = ServerOptions.at(new InetSocketAddress(LOOPBACK, 0));
    HttpLimits limits = HttpLimits.DEFAULT.withQueuedBytes(mostBytes);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        HttpServer server =
            HttpServer.start(loops, at, HttpOptions.DEFAULT.withLimits(limits), this::handle)) {
      body.run(loops, ((InetSocketAddress) server.address()).getPort());
    }
  }

  private static byte[] ask(String path) {
    return HttpWire.bytes("GET " + path + " HTTP/1.1¶Host: a¶Connection: close¶¶");
  }

  private static void requireWholeAnswer(int port) throws IOException {
    try (Socket good = new Socket(LOOPBACK, port)) {
      good.getOutputStream().write(ask("/"));
      int got = good.getInputStream().readAllBytes().length;
      assertTrue(got > LONG, "bytes of the answer: " + got);
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within 10 s");
      Thread.onSpinWait();
    }
  }

  /** They have sent much behind a request that is answered later, which nobody has read. */
  @Test
  void unreadInput_ofSome_cutsNoAnswerOfOthers() throws Exception {
    serve(
        0,
        (loops, port) -> {
          NetStats stats = NetStats.of(loops.loops().getFirst());
          List<Socket> silent = new ArrayList<>();
          try {
            for (int i = 0; i < SILENT; i++) {
              silent.add(new Socket(LOOPBACK, port));
              byte[] much = Arrays.copyOf(ask("/later"), 1 << 16);
              silent.getLast().getOutputStream().write(much);
            }
            assertTrue(later.await(10, TimeUnit.SECONDS));
            until(() -> stats.memoryBytes() > 0);
            assertEquals(0, stats.unsentMemoryBytes());
            requireWholeAnswer(port);
          } finally {
            for (Socket each : silent) {
              each.close();
            }
          }
        });
  }

  /** Nothing of it is to be kept. */
  @Test
  void answer_thatTheKernelTakes_isWhole_whateverWaitsOfOthers() throws Exception {
    serve(
        1 << 20,
        (loops, port) -> {
          try (Socket slow = new Socket(LOOPBACK, port)) {
            slow.getOutputStream().write(ask("/large"));
            assertEquals('H', slow.getInputStream().read());
            NetStats stats = NetStats.of(loops.loops().getFirst());
            until(() -> stats.unsentMemoryBytes() > 1 << 20);
            requireWholeAnswer(port);
            assertTrue(slow.getInputStream().readAllBytes().length > 20_000_000);
          }
        });
  }
}
