package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests answered by workers, on both kernels, by both kinds of threads. */
@Timeout(60)
class WorkersTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;
  private static final Framing LINES = Framing.lines(4096);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static String text(ByteBuffer payload) {
    return ISO_8859_1.decode(payload.duplicate()).toString();
  }

  private static Workers workers(String kind, int count, int capacity) {
    return kind.equals("virtual")
        ? Workers.virtual(count, capacity)
        : Workers.platform(count, capacity);
  }

  private static String numbered(int from, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < from + count; i++) {
      lines.append(i).append('\n');
    }
    return lines.toString();
  }

  @ParameterizedTest
  @CsvSource({"native, platform", "native, virtual", "model, platform", "model, virtual"})
  void requests_ofManyConnections_areAnsweredInTheirOrder(String kernel, String kind)
      throws Exception {
    try (NetBox box =
            NetBox.on(kernel, LoopOptions.DEFAULT.withTaskCapacity(2).withTasksPerTurn(1));
        Workers workers = workers(kind, 4, 3)) { // a loop with room for 2 tasks: always full
      Set<String> inWork = ConcurrentHashMap.newKeySet();
      AtomicInteger overlaps = new AtomicInteger();
      WorkHandler handler =
          (request, reply) -> {
            String key = reply.connection().toString();
            overlaps.addAndGet(inWork.add(key) ? 0 : 1);
            Thread.onSpinWait();
            reply.write(request);
            boolean _ = inWork.remove(key);
          };
      List<NetBox.Peer> peers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        peers.add(box.connect(OPTIONS, workers.handlers(LINES, handler)));
      }
      for (NetBox.Peer peer : peers) {
        peer.send(numbered(0, 100));
      }
      for (NetBox.Peer peer : peers) {
        peer.expect(numbered(0, 100));
        peer.end();
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      }
      assertEquals(0, overlaps.get(), "two requests of one connection at a time");
      NetBox.until("all counted", () -> workers.stats().activeCount() == 0);
      assertEquals(new WorkerStats(2000, 0, 0, 0, 0, 0), workers.stats());
    }
  }

  /** One worker that is held, a queue of 2, and 5 connections with 4 requests each. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void queue_full_stopsReadingAndDropsNothing(String kernel) throws Exception {
    Semaphore permits = new Semaphore(0);
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 2)) {
      WorkHandler handler =
          (request, reply) -> {
            permits.acquire();
            reply.write(request);
          };
      List<NetBox.Peer> peers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
        peers.add(peer);
        peer.send(numbered(0, 4));
        int asked = i + 1;
        NetBox.until("asked", () -> total(workers) == asked);
      }
      WorkerStats full = new WorkerStats(0, 0, 0, 2, 2, 1);
      NetBox.until("one taken", () -> workers.stats().equals(full)); // which may be after the rest
      for (NetBox.Peer peer : peers) {
        box.onLoop(() -> assertTrue(peer.connection().isReadingPaused()));
      }
      permits.release(1);
      peers.getFirst().expect("0\n");
      NetBox.until("admitted", () -> total(workers) == 5);
      assertEquals(2, workers.stats().queuedCount());
      permits.release(19);
      peers.getFirst().expect("1\n2\n3\n");
      for (NetBox.Peer peer : peers.subList(1, 5)) {
        peer.expect(numbered(0, 4));
      }
      for (NetBox.Peer peer : peers) {
        NetBox.until("reading", () -> !peer.connection().isReadingPaused());
      }
    }
  }

  private static int total(Workers workers) {
    WorkerStats stats = workers.stats();
    return stats.queuedCount() + stats.waitingCount() + stats.activeCount();
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void worker_thatThrows_closesThatConnectionAlone(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(2, 8)) {
      HandlerFactory factory =
          workers.handlers(
              LINES,
              (request, reply) -> {
                if (text(request).equals("bad")) {
                  throw new IllegalStateException("no such thing");
                }
                reply.write(request);
              });
      NetBox.Peer bad = box.connect(OPTIONS, factory);
      NetBox.Peer good = box.connect(OPTIONS, factory);
      bad.send("bad\n");
      box.expectClosed(bad, CloseReason.HANDLER_FAILED, "no such thing");
      good.send("good\n");
      good.expect("good\n");
      NetBox.until("counted", () -> workers.stats().failedCount() == 1); // after it is told
    }
  }

  /** The first request is in work, the second held, that of another connection in the queue. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void connection_closedInTheMiddle_hasItsRequestsDroppedAndCounted(String kernel)
      throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 8)) {
      WorkHandler handler =
          (request, reply) -> {
            started.countDown();
            go.await();
            handled.incrementAndGet();
            reply.write(request);
          };
      NetBox.Peer first = box.connect(OPTIONS, workers.handlers(LINES, handler));
      first.send("a\nb\n");
      started.await();
      NetBox.Peer second = box.connect(OPTIONS, workers.handlers(LINES, handler));
      second.send("c\n");
      NetBox.until("queued", () -> workers.stats().queuedCount() == 1);
      NetBox.until("held", () -> first.connection().isReadingPaused());
      box.onLoop(() -> first.connection().reset());
      box.onLoop(() -> second.connection().reset());
      box.expectClosed(first, CloseReason.CUT_OFF, "");
      box.expectClosed(second, CloseReason.CUT_OFF, "");
      go.countDown();
      NetBox.until("dropped", () -> workers.stats().droppedCount() == 2);
      assertEquals(1, handled.get());
      assertEquals("", first.readAll());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void peer_thatEndsAfterItsRequests_getsEveryAnswer(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.virtual(3, 4)) {
      NetBox.Peer peer =
          box.connect(OPTIONS, workers.handlers(LINES, (request, reply) -> reply.write(request)));
      peer.send(numbered(0, 200));
      peer.end();
      assertEquals(numbered(0, 200), peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  /** It is not the close that has a deadline. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void peer_thatEndsAndReadsLate_getsEveryAnswer(String kernel) throws Exception {
    String large = "x".repeat(4 << 20); // more than a socket holds
    ConnectionOptions options =
        OPTIONS
            .withCloseTotal(Duration.ofNanos(1))
            .withLowWaterBytes(0)
            .withHighWaterBytes(1)
            .withMaxQueuedBytes(8 << 20);
    Framing framing = Framing.unframed(1000);
    CountDownLatch later = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler = (_, reply) -> reply.write(bytes(large));
      NetBox.Peer peer = box.connect(options, workers.handlers(framing, handler));
      peer.send("x");
      peer.end();
      NetBox.until("answered", () -> workers.stats().doneCount() == 1);
      box.onLoop(() -> {
        var _ = peer.connection().loop().schedule(100_000_000, later::countDown); // 100 ms
      });
      assertTrue(later.await(20, TimeUnit.SECONDS));
      assertEquals(large, peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void peer_thatEndsAndNeverReads_isGivenUp(String kernel) throws Exception {
    String large = "x".repeat(4 << 20); // more than a socket holds
    ConnectionOptions options = OPTIONS.withWriteStall(Duration.ofMillis(50));
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler = (_, reply) -> reply.write(bytes(large));
      NetBox.Peer peer = box.connect(options, workers.handlers(Framing.unframed(10), handler));
      peer.send("x");
      peer.end();
      box.expectClosed(peer, CloseReason.STALLED, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finish_withARequestInWork_waitsForTheAnswer(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer =
          box.connect(
              OPTIONS.withCloseGrace(Duration.ofSeconds(20)), workers.handlers(LINES, handler));
      peer.send("last\n");
      handler.awaitStart();
      box.onLoop(() -> peer.connection().finish());
      for (int i = 0; i < 20; i++) {
        box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      }
      handler.letGo();
      assertEquals("last\n", peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }

  /** A request in work, one held back, and more in the kernel: all are answered. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finish_withRequestsThatWait_answersAll(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(2, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer =
          box.connect(
              OPTIONS.withCloseGrace(Duration.ofSeconds(20)), workers.handlers(LINES, handler));
      peer.send(numbered(0, 50));
      handler.awaitStart();
      box.onLoop(() -> peer.connection().finish());
      for (int i = 0; i < 20; i++) {
        box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      }
      handler.letGo();
      assertEquals(numbered(0, 50), peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }

  /** It is held as long as there is a request, and not longer; also if it ends in between. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void holds_areBalanced(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      NetBox.Peer gone = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("a\nb\n");
      handler.awaitStart();
      gone.send("c\nd\n");
      NetBox.until("held", () -> box.isHeld(gone));
      assertTrue(box.isHeld(peer));
      box.onLoop(() -> gone.connection().reset());
      handler.letGo();
      peer.expect("a\nb\n");
      NetBox.until("released", () -> !box.isHeld(peer));
      box.onLoop(() -> assertThrows(IllegalStateException.class, peer.connection()::release));
      NetBox.until("dropped", () -> workers.stats().droppedCount() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handler_setLater_answersWhatWasLeft(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              _ ->
                  LINES.handler((connection, _) ->
                      connection.setHandler(
                          workers.handler(
                              connection, LINES, (request, reply) -> reply.write(request)))));
      peer.send("header\na\nb\n");
      peer.expect("a\nb\n");
      peer.end();
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  /** The peer reads nothing: no more is worked on than fits below the watermark. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void peer_thatTakesNoAnswers_isGivenNoMoreWork(String kernel) throws Exception {
    String large = "x".repeat(4000);
    ConnectionOptions options =
        OPTIONS.withLowWaterBytes(1).withHighWaterBytes(2).withMaxQueuedBytes(1 << 20);
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(2, 8)) {
      WorkHandler handler =
          (_, reply) -> {
            for (int i = 0; i < 100; i++) {
              reply.write(bytes(large));
            }
          };
      NetBox.Peer peer = box.connect(options, workers.handlers(LINES, handler));
      peer.send("1\n2\n3\n4\n5\n6\n7\n8\n");
      NetBox.until("stuck", () -> !peer.connection().isWritable());
      box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      assertTrue(workers.stats().doneCount() < 8);
      peer.expect((large + "\n").repeat(800));
      NetBox.until("done", () -> workers.stats().doneCount() == 8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void close_finishesWhatIsInWork_dropsTheRest_andEndsTheThreads(String kernel) throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (NetBox box = NetBox.on(kernel)) {
      Workers workers = Workers.platform(1, 1);
      WorkHandler handler =
          (request, reply) -> {
            boolean _ = threads.add(Thread.currentThread());
            started.countDown();
            go.await();
            reply.write(request);
          };
      NetBox.Peer first = box.connect(OPTIONS, workers.handlers(LINES, handler));
      first.send("a\n");
      started.await();
      NetBox.Peer second = box.connect(OPTIONS, workers.handlers(LINES, handler));
      second.send("b\n");
      NetBox.until("queued", () -> workers.stats().queuedCount() == 1);
      Thread closing = Thread.ofPlatform().start(workers::close);
      box.expectClosed(second, CloseReason.CUT_OFF, "the workers are closed");
      go.countDown();
      assertTrue(closing.join(Duration.ofSeconds(20)));
      first.expect("a\n");
      first.send("c\n");
      box.expectClosed(first, CloseReason.CUT_OFF, "the workers are closed");
      assertEquals(new WorkerStats(1, 0, 2, 0, 0, 0), workers.stats());
      threads.forEach(thread -> assertFalse(thread.isAlive()));
      workers.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void close_onALoop_complainsAndEnds(String kernel) throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (NetBox box = NetBox.on(kernel)) {
      Workers workers = Workers.platform(1, 1);
      WorkHandler handler =
          (request, reply) -> {
            boolean _ = threads.add(Thread.currentThread());
            reply.write(request);
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("a\n");
      peer.expect("a\n");
      assertThrows(IllegalStateException.class, () -> box.onLoop(workers::close));
      for (Thread thread : threads) {
        assertTrue(thread.join(Duration.ofSeconds(20)), "it lives on");
      }
      peer.send("b\n");
      box.expectClosed(peer, CloseReason.CUT_OFF, "the workers are closed");
      workers.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void reply_flushedAndClosed_isSentInParts(String kernel) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.virtual(1, 1)) {
      WorkHandler handler =
          (_, reply) -> {
            reply.write(bytes("part"));
            reply.flush();
            assertTrue(seen.await(20, TimeUnit.SECONDS));
            reply.write(bytes("rest"));
            reply.close();
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("x\ny\n");
      peer.expect("part\n");
      seen.countDown();
      assertEquals("rest\n", peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }
}
