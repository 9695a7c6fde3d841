package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections in the blocking style, on both kernels. */
@Timeout(60)
class BlockingTest {

  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final LinkedBlockingQueue<Object> seen = new LinkedBlockingQueue<>();

  /** No thread outlives its connection. */
  @AfterEach
  void threadsEnd() {
    NetBox.until("threads end", () -> threads.stream().noneMatch(Thread::isAlive));
  }

  private HandlerFactory handlers(BlockingHandler handler) {
    return Blocking.handlers(connection -> {
      boolean _ = threads.add(Thread.currentThread());
      handler.handle(connection);
    });
  }

  private Object next() throws InterruptedException {
    Object next = seen.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void echo_ofMuch_comesBackAndEndsInOrder(String kernel) throws Exception {
    String text = "0123456789abcdef".repeat(20_000); // 20 times the buffers
    try (NetBox box =
        NetBox.on(kernel, LoopOptions.DEFAULT.withTaskCapacity(2).withTasksPerTurn(1))) {
      NetBox.Peer peer = box.connect(OPTIONS, handlers(c -> c.input().transferTo(c.output())));
      int sent = 0;
      StringBuilder back = new StringBuilder();
      while (sent < text.length()) {
        sent += peer.trySend(bytes(text), sent);
        String _ = peer.poll();
      }
      peer.end();
      back.append(peer.readAll());
      assertEquals(text, back.toString());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void thousandConnections_oneRoundTripAfterTheOther_allAnswered(String kernel) throws Exception {
    int count = 1000;
    int rounds = 3;
    try (NetBox box = NetBox.on(kernel)) {
      List<NetBox.Peer> peers = new ArrayList<>();
      HandlerFactory factory =
          handlers(c -> {
            BufferedReader lines =
                new BufferedReader(new InputStreamReader(c.input(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              c.output().write(bytes("<" + line + ">"));
            }
          });
      for (int i = 0; i < count; i++) {
        peers.add(box.connect(OPTIONS, factory));
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
          peers.get(i).send(i + "\n");
        }
        for (int i = 0; i < count; i++) {
          peers.get(i).expect("<" + i + ">");
        }
      }
      for (NetBox.Peer peer : peers) {
        peer.end();
        box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      }
      assertEquals(count, threads.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void read_withTimeout_throwsAndTheConnectionStaysUsable(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                c.setReadTimeout(2_000_000);
                seen.add(assertThrows(IOException.class, () -> c.input().read()));
                c.setReadTimeout(0);
                c.output().write('?');
                c.output().write(c.input().read());
              }));
      assertInstanceOf(SocketTimeoutException.class, next());
      peer.send("x");
      assertEquals("?x", peer.readAll());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void interruptedThread_throwsAndTheConnectionStaysUsable(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS.withLowWaterBytes(1).withHighWaterBytes(2).withMaxQueuedBytes(1 << 20),
              handlers(c -> {
                seen.add(Thread.currentThread());
                seen.add(assertThrows(InterruptedIOException.class, () -> c.input().read()));
                seen.add(Thread.currentThread().isInterrupted());
                byte[] much = new byte[1 << 22];
                seen.add(assertThrows(InterruptedIOException.class, () -> c.output().write(much)));
              }));
      Thread thread = (Thread) next();
      NetBox.until("waits", () -> thread.getState() == Thread.State.WAITING);
      thread.interrupt();
      assertInstanceOf(InterruptedIOException.class, next());
      assertEquals(false, next(), "the status is cleared");
      // Until both buffers and the kernel are full: then it waits, and goes on waiting.
      NetBox.until("writer waits", () -> !peer.connection().isWritable());
      thread.interrupt();
      int taken = ((InterruptedIOException) next()).bytesTransferred;
      assertTrue(taken > 0 && taken < 1 << 22, () -> taken + " bytes taken");
      assertEquals(taken, peer.readAll().length(), "what was taken is sent");
    }
  }

  /** Neither a reader nor a writer that is slow lets anything pile up. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void reader_thatIsSlow_makesThePeerWait(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicLong sum = new AtomicLong();
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                go.await();
                byte[] piece = new byte[1000];
                for (int n = c.input().read(piece); n >= 0; n = c.input().read(piece)) {
                  sum.addAndGet(n);
                }
              }));
      byte[] much = new byte[1 << 16];
      long sent = 0;
      boolean[] paused = {false};
      for (int n = 1; n > 0 || !paused[0]; ) { // until nothing takes any more
        n = peer.trySend(much, 0);
        sent += n;
        box.onLoop(() -> paused[0] = peer.connection().isReadingPaused());
      }
      box.onLoop(() -> assertTrue(peer.connection().unreadBytes() <= OPTIONS.readBytes()));
      go.countDown();
      peer.end();
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
      assertEquals(sent, sum.get());
    }
  }

  /** No more may be queued than makes it full: what a thread writes waits for room, and arrives. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void writer_neverMeetsTheLimitOfTheQueue(String kernel) throws Exception {
    int much = 2 << 20;
    for (int most : new int[] {20_000, 100}) {
      ConnectionOptions tight =
          ConnectionOptions.DEFAULT
              .withMaxQueuedBytes(most)
              .withHighWaterBytes(most)
              .withLowWaterBytes(most / 2);
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer =
            box.connect(
                tight,
                handlers(c -> {
                  for (int i = 0; i < much; i += 1 << 14) {
                    c.output().write(new byte[1 << 14]);
                  }
                }));
        NetBox.until("full", () -> !peer.connection().isWritable());
        assertEquals(much, peer.readAll().length());
        box.expectClosed(peer, CloseReason.CLOSED, "");
        assertEquals(0, peer.connection().queuedBytes(), "lost");
        assertEquals(0, NetStats.of(box.loop).refused(Limit.QUEUED_BYTES));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void output_closed_isAHalfClose(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                c.output().write(bytes("all"));
                c.output().close();
                seen.add(assertThrows(IOException.class, () -> c.output().write(1)));
                seen.add(new String(c.input().readAllBytes(), ISO_8859_1));
              }));
      assertEquals("all", peer.readAll());
      assertTrue(next().toString().contains("is closed"));
      peer.send("still heard");
      peer.end();
      assertEquals("still heard", next());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void connection_cutOff_isLearntByReaderWithTheCause(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                seen.add(c.input().read());
                seen.add(assertThrows(IOException.class, () -> c.input().read()).getMessage());
                seen.add(assertThrows(IOException.class, () -> c.output().write(1)).getMessage());
              }));
      peer.send("a");
      assertEquals((int) 'a', next());
      box.onLoop(() -> peer.connection().reset(CloseCause.of(CloseReason.LIMIT, "enough of it")));
      assertTrue(next().toString().contains("LIMIT, enough of it"));
      assertTrue(next().toString().contains("LIMIT, enough of it"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handler_thatThrows_closesWithHandlerFailed(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                throw new IllegalStateException("cannot");
              }));
      box.expectClosed(peer, CloseReason.HANDLER_FAILED, "cannot");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finish_waitsForTheAnswerButNotForTheNextRequest(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS.withCloseGrace(Duration.ofSeconds(20)),
              handlers(c -> {
                for (int b = c.input().read(); b >= 0; b = c.input().read()) {
                  seen.add(b);
                  go.await();
                  c.output().write(b);
                }
              }));
      peer.send("x");
      assertEquals((int) 'x', next());
      box.onLoop(() -> peer.connection().finish());
      for (int i = 0; i < 20; i++) {
        box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      }
      go.countDown();
      assertEquals("x", peer.readAll());
      NetBox.until("closed", () -> peer.cause != null);
    }
  }

  /** Between two requests the thread waits: a finish need not wait for it. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finish_whileTheThreadWaits_closesAtOnce(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(OPTIONS, handlers(c -> c.input().transferTo(c.output())));
      peer.send("x");
      peer.expect("x");
      box.onLoop(() -> peer.connection().finish());
      assertEquals("", peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }

  /** Many requests have arrived: each is answered, and the last answer is waited for. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void finish_withRequestsThatHaveArrived_answersAll(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    int much = 3 * Blocking.BUFFER_BYTES; // more than lies in front of the thread
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS.withCloseGrace(Duration.ofSeconds(20)),
              handlers(c -> {
                go.await();
                byte[] piece = new byte[1000];
                for (int n = c.input().read(piece); n >= 0; n = c.input().read(piece)) {
                  c.output().write(piece, 0, n);
                }
              }));
      peer.send("y".repeat(much));
      box.onLoop(() -> peer.connection().finish());
      for (int i = 0; i < 20; i++) {
        box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      }
      go.countDown();
      assertEquals("y".repeat(much), peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
    }
  }

  /** A thread that is busy is not idle, and one that waits is. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void idle_ofABusyThread_endsNothing(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              OPTIONS,
              handlers(c -> {
                go.await();
                int _ = c.input().read();
              }));
      box.onLoop(() -> peer.connection().handler().idle(peer.connection(), Silence.ALL));
      box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      go.countDown();
      NetBox.until(
          "idle",
          () -> {
            box.loop.execute(
                () -> peer.connection().handler().idle(peer.connection(), Silence.ALL));
            return peer.cause != null;
          });
      box.expectClosed(peer, CloseReason.IDLE, "");
    }
  }

  /** Closing the loops ends every thread that waits. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void loop_closed_endsThreadsThatWait(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer _ =
          box.connect(
              OPTIONS,
              handlers(c -> {
                seen.add("reads");
                int _ = c.input().read();
              }));
      assertEquals("reads", next());
    }
  }
}
