package dev.pollux.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.Errno;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Each meter of a server, after it did something known over loopback. */
class ServerMetricsTest {

  /** Does what the first byte says, and else sends it back. */
  private static final class Obedient implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      switch (data.get(data.position())) {
        case 't' -> throw new IllegalStateException("on purpose");
        case 'c' -> connection.close();
        case 'l' -> connection.reset(CloseCause.of(CloseReason.LIMIT, "on purpose"));
        case 'p' -> connection.close(CloseCause.of(CloseReason.PROTOCOL, "on purpose"));
        default -> {
          var _ = connection.write(data);
          return;
        }
      }
      var _ = data.position(data.limit());
    }
  }

  private static Map<String, Double> closed(Box box) {
    Map<String, Double> closed = new TreeMap<>();
    box.find("pollux.server.connections.closed").functionCounters().stream()
        .filter(each -> each.count() > 0)
        .forEach(each -> closed.put(String.valueOf(each.getId().getTag("cause")), each.count()));
    return closed;
  }

  @Test
  void connections_andBytes_areCounted() throws Exception {
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at(), _ -> new Obedient());
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.of("app", "a"))) {
      metrics.bindTo(box.registry);
      Box.Peer peer = box.connect(server.address()).send("hello").await("hello");
      String name = Addresses.text(server.address());
      String[] tags = {"app", "a", "server", name};
      assertEquals(1, box.value("pollux.server.connections.open", tags));
      assertEquals(1, box.value("pollux.server.connections.accepted", tags));
      assertEquals(5, box.value("pollux.server.transferred", "direction", "received"));
      assertEquals(5, box.value("pollux.server.transferred", "direction", "sent"));
      assertEquals(Map.of(), closed(box));
      peer.close();
      box.until("its end", () -> server.connectionCount() == 0);
      assertEquals(0, box.value("pollux.server.connections.open"));
      assertEquals(Map.of("end_of_stream", 1.0), closed(box));
    }
  }

  @Test
  void ends_byEachCause_areCounted() throws Exception {
    ConnectionOptions like =
        ConnectionOptions.DEFAULT.withAllIdle(Duration.ofMillis(200)).withObserver(SILENT);
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at().withConnection(like), _ -> new Obedient());
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
      metrics.bindTo(box.registry);
      for (String what : List.of("t", "c", "l", "p")) {
        Box.Peer peer = box.connect(server.address()).send(what);
        peer.awaitEnd();
        peer.close();
      }
      Box.Peer reset = box.connect(server.address()).send("x").await("x");
      reset.reset();
      Box.Peer idle = box.connect(server.address()).send("x").await("x");
      idle.awaitEnd();
      idle.close();
      box.until("their ends", () -> server.connectionCount() == 0);
      assertEquals(
          Map.of(
              "handler_failed", 1.0,
              "closed", 1.0,
              "limit", 1.0,
              "protocol", 1.0,
              "reset", 1.0,
              "idle", 1.0),
          closed(box));
      assertEquals(
          CloseReason.values().length,
          box.find("pollux.server.connections.closed").meters().size());
    }
  }

  private static final dev.pollux.net.ConnectionObserver SILENT =
      new dev.pollux.net.ConnectionObserver() {
        @Override
        public void failed(Connection connection, String what, Throwable thrown) {}
      };

  @Test
  void connections_beyondTheLimit_areRefusedByIt() throws Exception {
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at().withMaxConnections(1), _ -> new Obedient());
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
      metrics.bindTo(box.registry);
      Box.Peer _ = box.connect(server.address()).send("x").await("x");
      box.connect(server.address()).awaitEnd();
      assertRefused(box, "connections");
    }
  }

  private static void assertRefused(Box box, String limit) {
    for (String each : List.of("connections", "loop_tasks", "descriptors", "memory")) {
      double expected = each.equals(limit) ? 1 : 0;
      assertEquals(expected, box.value("pollux.server.connections.refused", "limit", each), each);
    }
  }

  @Test
  void connections_withoutADescriptorOrMemory_areRefusedByThat() throws Exception {
    for (String limit : List.of("descriptors", "memory")) {
      try (Box box = new Box();
          Server server =
              Server.open(box.loop, Box.at(), _ -> new Obedient(), ServerListener.NONE);
          PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
        metrics.bindTo(box.registry);
        boolean[] isOut = {true};
        String failing = limit.equals("memory") ? "epollCtl" : "accept4";
        int errno = limit.equals("memory") ? Errno.ENOMEM : Errno.EMFILE;
        box.inject(call -> {
          boolean now = isOut[0] && call.equals(failing);
          isOut[0] &= !now;
          return now ? -errno : null;
        });
        box.connect(server.address()).awaitEnd();
        assertRefused(box, limit);
      }
    }
  }

  @Test
  void accepting_thatPauses_isCounted() throws Exception {
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at(), _ -> new Obedient(), ServerListener.NONE);
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
      metrics.bindTo(box.registry);
      box.inject(call -> call.equals("accept4") ? -Errno.ENOMEM : null);
      Box.Peer peer = box.connect(server.address());
      box.until("a pause", () -> box.value("pollux.server.accept.pauses") == 1);
      box.inject(_ -> null);
      Box.Peer _ = peer.send("x").await("x");
      assertEquals(1, box.value("pollux.server.accept.pauses"));
      assertEquals(1, box.value("pollux.server.connections.accepted"));
    }
  }

  /** A loop whose queue is full is given no connection. */
  @Test
  void connections_withoutRoomInTheQueue_areRefusedByThat() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT.withTaskCapacity(2));
        Server server = Server.start(loops, Box.at(), _ -> new Obedient());
        PolluxServerMetrics metrics = new PolluxServerMetrics(server, Tags.empty())) {
      metrics.bindTo(registry);
      for (EventLoop loop : loops.loops()) {
        loop.execute(() -> {
          begun.countDown();
          await(goOn);
        });
      }
      begun.await();
      for (EventLoop loop : loops.loops()) {
        while (loop.offer(() -> {})) {}
      }
      try (SocketChannel refused = SocketChannel.open(server.address())) {
        assertTrue(isOver(refused));
      } finally {
        goOn.countDown();
      }
      assertEquals(
          1,
          Box.find(registry, "pollux.server.connections.refused", "limit", "loop_tasks")
              .functionCounter()
              .count());
    }
  }

  private static boolean isOver(SocketChannel channel) {
    try {
      return channel.read(ByteBuffer.allocate(1)) < 0; // blocks: bounded by the test's time
    } catch (IOException _) {
      return true;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void meters_areTakenAway_byClose() throws Exception {
    try (Box box = new Box();
        Server server = Server.open(box.loop, Box.at(), _ -> new Obedient())) {
      PolluxServerMetrics metrics = new PolluxServerMetrics(server, MetricsOptions.DEFAULT);
      metrics.bindTo(box.registry);
      assertEquals(
          List.of(
              "pollux.server.accept.pauses",
              "pollux.server.connections.accepted",
              "pollux.server.connections.closed",
              "pollux.server.connections.open",
              "pollux.server.connections.refused",
              "pollux.server.transferred"),
          Box.names(box.registry));
      metrics.close();
      assertEquals(List.of(), Box.names(box.registry));
    }
  }
}
