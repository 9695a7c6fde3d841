package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loops that turn, and one that a task holds. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LivenessTest {

  private static final int LIMIT_MILLIS = 30_000;

  private final Sys sys = NativeSys.open();

  private static String ask(HttpServer server) throws IOException {
    int port = ((InetSocketAddress) server.address()).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void loop_thatATaskHolds_isNamed_untilItTurnsAgain() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (LoopGroup own = LoopGroup.start(sys, 1, LoopOptions.DEFAULT.withName("own"));
        LoopGroup group = LoopGroup.start(sys, 2, LoopOptions.DEFAULT.withName("work"));
        HttpServer server =
            HttpServer.start(
                own,
                ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Liveness.of(group.loops()).withTime(Duration.ofMillis(300)))) {
      String answer = ask(server);
      assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("ok\n"), answer);
      assertTrue(answer.contains("Cache-Control: no-store"), answer);
      try {
        group
            .loops()
            .get(1)
            .execute(() -> {
              held.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        assertTrue(held.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS));
        String stuck = ask(server);
        assertTrue(stuck.startsWith("HTTP/1.1 503 "), stuck);
        String name = group.loops().get(1).toString();
        assertTrue(stuck.endsWith("\r\n\r\n" + name + " does not turn\n"), stuck);
      } finally {
        end.countDown();
      }
      assertTrue(ask(server).startsWith("HTTP/1.1 200 "));
    }
  }

  /** Who looks again and again at a loop that is stuck does not fill its queue. */
  @Test
  void looks_atALoop_haveOneTaskWait() throws Exception {
    List<String> told = new ArrayList<>();
    LoopOptions two = LoopOptions.DEFAULT.withTaskCapacity(2);
    try (EventLoop loop = EventLoop.open(ModelSys.virtual(1, Faults.none()), two)) {
      LoopLook look = new LoopLook(loop);
      for (int i = 0; i < 10; i++) {
        String name = "look " + i;
        look.ask(_ -> told.add(name));
      }
      LoopLook.Asker gone = _ -> told.add("gone");
      look.ask(gone);
      look.forget(gone);
      assertTrue(loop.offer(() -> told.add("task")));
      int _ = loop.runOnce(0);
      assertEquals(11, told.size());
      assertEquals("look 0", told.getFirst());
      assertEquals("task", told.getLast());
      look.ask(_ -> told.add("again"));
      int _ = loop.runOnce(0);
      assertEquals("again", told.getLast());
      for (int i = 0; i < 2; i++) {
        assertTrue(loop.offer(() -> {}));
      }
      look.ask(_ -> told.add("full"));
      int _ = loop.runOnce(0);
      look.ask(_ -> told.add("then"));
      int _ = loop.runOnce(0);
      assertEquals(List.of("full", "then"), told.subList(12, 14)); // both, by the later one's task
    }
  }

  @Test
  void noLoops_areAlive_andNoTimeIsNone() throws Exception {
    Liveness none = Liveness.of(List.of());
    assertEquals("ok\n", HttpCall.get("/").on(sys, none).text());
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
      assertThrows(IllegalArgumentException.class, () -> none.withTime(wrong));
    }
  }
}
