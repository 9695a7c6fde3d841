package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the connection of a thread ends, or becomes another's, and what the thread hears of it. */
@Timeout(60)
class BlockingEndTest {

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final ConnectionOptions options =
      ConnectionOptions.DEFAULT.withObserver(
          new ConnectionObserver() {
            @Override
            public void failed(Connection connection, String what, Throwable thrown) {
              failures.add(what + ": " + thrown.getMessage());
            }
          });
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

  private static void untilItWaits(Thread thread) {
    NetBox.until("waits", () -> thread.getState() == Thread.State.WAITING);
  }

  /** A part is no whole, also while the program closes in order. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void interruptedWrite_whileItCloses_isAReset(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                seen.add(Thread.currentThread());
                c.output().write(new byte[8 << 20]);
              }));
      Thread writer = (Thread) next();
      untilItWaits(writer);
      box.onLoop(() -> {});
      box.onLoop(() -> peer.connection().close());
      writer.interrupt();
      NetBox.until("cut off", () -> peer.cause != null); // though the peer reads nothing
      assertEquals(CloseReason.CUT_OFF, peer.cause.reason());
    }
  }

  /** What was written is sent, whatever the thread does about the exception that it gets. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void closedByAnother_whileItReads_sendsWhatWasWritten(String kernel) throws Exception {
    int much = 500_000;
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                c.output().write(new byte[much]);
                seen.add(c);
                seen.add(Thread.currentThread());
                int _ = c.input().read();
              }));
      NetBox.until("written", () -> !peer.poll().isEmpty() && seen.size() == 2);
      BlockingConnection blocking = (BlockingConnection) next();
      untilItWaits((Thread) next());
      blocking.close();
      assertEquals(much, peer.readAll().length());
      box.expectClosed(peer, CloseReason.CLOSED, "");
      assertEquals(List.of(), failures);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void closedByAnother_whileItWrites_sendsWhatWasTaken(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                seen.add(c);
                seen.add(Thread.currentThread());
                c.output().write(new byte[1 << 24]); // more than all buffers on the way
              }));
      BlockingConnection blocking = (BlockingConnection) next();
      Thread thread = (Thread) next();
      NetBox.until("full", () -> !peer.connection().isWritable());
      untilItWaits(thread);
      blocking.close();
      assertTrue(peer.readAll().length() > Blocking.BUFFER_BYTES);
      box.expectClosed(peer, CloseReason.CLOSED, "");
      assertEquals(0, peer.connection().queuedBytes(), "lost");
      assertEquals(List.of(), failures);
    }
  }

  /** A server that answers, waits for the next request, and gives up: nothing is cut. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void readTimeout_thatTheCodeDoesNotCatch_endsInOrder(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                c.output().write(bytes("answer"));
                c.setReadTimeout(2_000_000);
                int _ = c.input().read();
              }));
      assertEquals("answer", peer.readAll());
      box.expectClosed(peer, CloseReason.IDLE, "nothing arrived");
      assertEquals(List.of(), failures);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void interrupt_thatTheCodeDoesNotCatch_endsInOrderUnlessItWrote(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      HandlerFactory reads =
          handlers(c -> {
            seen.add(Thread.currentThread());
            int _ = c.input().read();
          });
      NetBox.Peer reading = box.connect(options, reads);
      Thread reader = (Thread) next();
      untilItWaits(reader);
      reader.interrupt();
      box.expectClosed(reading, CloseReason.CLOSED, "interrupted");
      HandlerFactory writes =
          handlers(c -> {
            seen.add(Thread.currentThread());
            c.output().write(new byte[1 << 24]);
          });
      NetBox.Peer writing = box.connect(options, writes);
      Thread writer = (Thread) next();
      NetBox.until("full", () -> !writing.connection().isWritable());
      untilItWaits(writer);
      writer.interrupt();
      box.expectClosed(writing, CloseReason.CUT_OFF, "interrupted");
      assertEquals(List.of(), failures);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void codeThatThrows_afterItClosed_isReportedAndChangesNothing(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                c.output().write(bytes("all"));
                c.close();
                throw new IllegalStateException("too late");
              }));
      assertEquals("all", peer.readAll());
      box.expectClosed(peer, CloseReason.CLOSED, "");
      NetBox.until("reported", () -> !failures.isEmpty());
      assertEquals(List.of("the blocking handler: too late"), failures);
    }
  }

  // ---- handing over

  private final AtomicReference<String> heard = new AtomicReference<>("");

  private ConnectionHandler listening() {
    return (_, data) -> {
      String more = ISO_8859_1.decode(data).toString();
      String _ = heard.updateAndGet(before -> before + more);
    };
  }

  /** Who reads is told; who ends after that, in whatever way, ends nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handedOver_threadIsTold_andItsEndIsNone(String kernel) throws Exception {
    for (boolean throwing : new boolean[] {false, true}) {
      failures.clear();
      heard.set("");
      try (NetBox box = NetBox.on(kernel)) {
        CountDownLatch go = new CountDownLatch(1);
        NetBox.Peer peer =
            box.connect(
                options,
                handlers(c -> {
                  seen.add(Thread.currentThread());
                  seen.add(assertThrows(IOException.class, () -> c.input().read()).getMessage());
                  seen.add(assertThrows(IOException.class, () -> c.output().write(1)).getMessage());
                  c.output().close();
                  go.await();
                  if (throwing) {
                    throw new IllegalStateException("own");
                  }
                }));
        Thread thread = (Thread) next();
        untilItWaits(thread);
        box.onLoop(() -> peer.connection().setHandler(listening()));
        assertTrue(next().toString().contains("handed over"));
        assertTrue(next().toString().contains("handed over"));
        go.countDown();
        NetBox.until("ends", () -> !thread.isAlive());
        peer.send("for the next");
        NetBox.until("heard", () -> heard.get().equals("for the next"));
        NetBox.until("reported", () -> failures.size() == (throwing ? 1 : 0));
        box.onLoop(() -> assertTrue(peer.connection().isOpen()));
      }
    }
  }

  /** What had arrived for the thread is the next one's, before what the loop had left. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handedOver_unreadBytes_areForTheNext(String kernel) throws Exception {
    StringBuilder much = new StringBuilder();
    while (much.length() < 4 * Blocking.BUFFER_BYTES) {
      much.append(much.length()).append(' ');
    }
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                c.output().write(bytes("written"));
                seen.add("wrote");
                go.await();
              }));
      peer.send(much.toString());
      assertEquals("wrote", next());
      NetBox.until("more than fits", () -> peer.connection().isReadingPaused());
      box.onLoop(() -> peer.connection().setHandler(listening()));
      NetBox.until("heard", () -> heard.get().length() == much.length());
      assertEquals(much.toString(), heard.get());
      go.countDown();
      peer.expect("written");
    }
  }

  /** What the thread wrote and the connection has not taken goes before the next one's. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handedOver_whileItIsFull_sendsWhatWasWritten(String kernel) throws Exception {
    int much = 8 << 20;
    CountDownLatch full = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer =
          box.connect(
              options,
              handlers(c -> {
                full.await();
                c.output().write(new byte[10_000]);
                seen.add("written");
                go.await();
              }));
      box.onLoop(() -> {
        WriteResult _ = peer.connection().write(ByteBuffer.allocate(much));
      });
      full.countDown();
      assertEquals("written", next());
      box.onLoop(() -> {
        peer.connection().setHandler(listening());
        WriteResult _ = peer.connection().write(ByteBuffer.wrap(bytes("mine")));
      });
      NetBox.until("all", () -> peer.poll().length() == much + 10_000 + 4);
      go.countDown();
    }
  }

  // ---- workers

  /** An answer that is late is nobody's; nor does it undo what the next one wants. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handedOver_answerThatIsLate_isDropped(String kernel) throws Exception {
    for (String end : List.of("answer", "flush", "throw", "close")) {
      failures.clear();
      heard.set("");
      CountDownLatch go = new CountDownLatch(1);
      try (NetBox box = NetBox.on(kernel);
          Workers workers = Workers.platform(1, 4)) {
        WorkHandler work =
            (_, reply) -> {
              seen.add("works");
              go.await();
              reply.write(ByteBuffer.wrap(bytes("late")));
              switch (end) {
                case "flush" -> reply.flush();
                case "throw" -> throw new IllegalStateException("own");
                case "close" -> reply.close();
                default -> {}
              }
            };
        NetBox.Peer peer = box.connect(options, workers.handlers(Framing.lines(100), work));
        peer.send("one\n");
        assertEquals("works", next());
        box.onLoop(() -> {
          peer.connection().setHandler(listening());
          peer.connection().pauseReading();
        });
        peer.send("two");
        go.countDown();
        NetBox.until("done", () -> workers.stats().activeCount() == 0);
        NetBox.until("reported", () -> failures.size() == (end.equals("throw") ? 1 : 0));
        box.onLoop(() -> {
          assertTrue(peer.connection().isReadingPaused());
          assertTrue(peer.connection().isOpen());
          WriteResult _ = peer.connection().write(ByteBuffer.wrap(bytes("mine")));
          peer.connection().resumeReading();
        });
        peer.expect("mine");
        NetBox.until("heard", () -> heard.get().equals("two"));
        box.onLoop(() -> peer.connection().finish()); // which waits for whoever holds it
        assertEquals("", peer.readAll());
        box.expectClosed(peer, CloseReason.CLOSED, "");
      }
    }
  }
}
