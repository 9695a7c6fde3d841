package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that workers answer, and that become another handler's. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkersHandOverTest {

  private static final Framing LINES = Framing.lines(4096);
  private static final ConnectionOptions OPTIONS = ConnectionOptions.DEFAULT;

  /** What came behind a request that hands the connection over is the next handler's. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handOver_withARequestThatWaits_isReadByTheNext(String kernel) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    List<String> read = new CopyOnWriteArrayList<>();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler =
          (_, reply) -> {
            started.countDown();
            go.await();
            reply.write(US_ASCII.encode("late"));
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("upgrade\nnext\r\nand more\n");
      started.await();
      NetBox.until("held", () -> peer.connection().isReadingPaused());
      box.onLoop(() ->
          peer.connection()
              .setHandler((_, data) -> {
                read.add(US_ASCII.decode(data).toString());
              }));
      NetBox.until("read", () -> String.join("", read).equals("next\r\nand more\n"));
      go.countDown();
      NetBox.until("released", () -> !box.isHeld(peer));
      assertEquals("next\r\nand more\n", String.join("", read));
      box.onLoop(() -> peer.connection().close());
      assertEquals("", peer.readAll(), "a late answer is nobody's");
    }
  }

  /**
   * Frames within a frame: what waits is given back where that is where the outer one begins; in
   * its middle nobody could read on, and the connection ends.
   */
  @ParameterizedTest
  @CsvSource({"native, a, true", "model, a, true", "native, ab, false", "model, ab, false"})
  void handOver_withinAFrameOfFrames_endsTheConnection(String kernel, String head, boolean whole)
      throws Exception {
    Framing nested = Framing.lengthPrefix(1, 100).containing(Framing.fixed(1));
    CountDownLatch go = new CountDownLatch(1);
    List<String> seen = new CopyOnWriteArrayList<>();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler =
          (request, _) -> {
            seen.add(US_ASCII.decode(request).toString());
            go.await();
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(nested, handler));
      peer.send((char) head.length() + head + "\2cd"); // of which one is in work, and one waits
      NetBox.until("held", () -> peer.connection().isReadingPaused());
      NetBox.until("at work", () -> !seen.isEmpty());
      ConnectionHandler first = peer.connection().handler();
      box.onLoop(() -> peer.connection().setHandler((_, _) -> {})); // which leaves all
      box.onLoop(() -> {
        if (peer.connection().isOpen()) {
          peer.connection().setHandler(first);
        }
      });
      go.countDown();
      if (whole) {
        NetBox.until("all", () -> seen.equals(List.of("a", "c", "d")));
        box.onLoop(() -> peer.connection().close());
        box.expectClosed(peer, CloseReason.CLOSED, "");
      } else {
        box.expectClosed(peer, CloseReason.CUT_OFF, "within a frame of frames");
        assertEquals(List.of("a"), seen);
      }
    }
  }

  /** A pause for a full queue ends with the hand-over, though an answer that is FULL came first. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handOver_ofWhatWaitedForTheQueue_readsOn(String kernel) throws Exception {
    String line = "a".repeat(4_000);
    String answer = (line + "\n").repeat(300);
    CountDownLatch go = new CountDownLatch(1);
    List<String> read = new CopyOnWriteArrayList<>();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler =
          (request, reply) -> {
            go.await();
            for (int i = 0; i < 300 && request.get(0) == 'c'; i++) {
              reply.write(US_ASCII.encode(line));
            }
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler)); // and two before:
      NetBox.Peer first = box.connect(OPTIONS, workers.handlers(LINES, handler));
      first.send("a\n");
      NetBox.until("in work", () -> workers.stats().activeCount() == 1);
      NetBox.Peer second = box.connect(OPTIONS, workers.handlers(LINES, handler));
      second.send("b\n");
      NetBox.until("queued", () -> workers.stats().queuedCount() == 1);
      peer.send("c\n");
      NetBox.until("waiting", () -> workers.stats().waitingCount() == 1);
      go.countDown();
      NetBox.until("answered", () -> !peer.connection().isWritable() && !box.isHeld(peer));
      assertTrue(peer.connection().isReadingPaused());
      box.onLoop(() ->
          peer.connection()
              .setHandler((_, data) -> {
                read.add(US_ASCII.decode(data).toString());
              }));
      peer.expect(answer);
      peer.send("hello");
      NetBox.until("read", () -> String.join("", read).equals("hello"));
    }
  }

  /**
   * It was answered, and the next one waits for a peer that does not read: nobody holds it then.
   */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handOver_withARequestThatWaitsForThePeer_holdsNothing(String kernel) throws Exception {
    String line = "a".repeat(4_000);
    List<String> read = new CopyOnWriteArrayList<>();
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      WorkHandler handler =
          (_, reply) -> {
            for (int i = 0; i < 300; i++) {
              reply.write(US_ASCII.encode(line));
            }
          };
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("first\n");
      NetBox.until("full", () -> !peer.connection().isWritable() && !box.isHeld(peer));
      peer.send("second\n");
      NetBox.until("held", () -> box.isHeld(peer));
      box.onLoop(() ->
          peer.connection()
              .setHandler((_, data) -> {
                read.add(US_ASCII.decode(data).toString());
              }));
      NetBox.until("read", () -> String.join("", read).equals("second\n"));
      assertFalse(box.isHeld(peer));
    }
  }

  /** It comes back while a request of before is in work: that is not answered, what follows is. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void comesBack_answersWhatCameSince(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(2, 2)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      ConnectionHandler first = peer.connection().handler();
      peer.send("before\n");
      handler.awaitStart();
      box.onLoop(() -> peer.connection().setHandler((_, _) -> {}));
      box.onLoop(() -> peer.connection().setHandler(first));
      peer.send("one\ntwo\n");
      peer.end();
      NetBox.until("held", () -> peer.connection().isReadingPaused());
      handler.letGo();
      assertEquals("one\ntwo\n", peer.readAll());
      box.expectClosed(peer, CloseReason.END_OF_STREAM, "");
    }
  }

  /** What was read ahead goes with the descriptor. */
  @ParameterizedTest
  @ValueSource(strings = {"native workers", "native blocking", "model workers", "model blocking"})
  void detached_takesWhatWasReadAhead(String kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    AtomicReference<Detached> taken = new AtomicReference<>();
    try (NetBox box = NetBox.on(kind.substring(0, kind.indexOf(' ')));
        Workers workers = Workers.platform(1, 1)) {
      HandlerFactory factory =
          kind.endsWith("workers")
              ? workers.handlers(
                  LINES,
                  (_, _) -> {
                    started.countDown();
                    go.await();
                  })
              : Blocking.handlers(connection -> {
                String _ = connection.readLine();
                started.countDown();
                go.await();
              });
      NetBox.Peer peer = box.connect(OPTIONS, factory);
      peer.send("upgrade\nnext\nand more");
      started.await();
      box.onLoop(() -> {}); // all of it was given by now
      NetBox.until("read ahead", () -> isReadAhead(box, peer));
      box.onLoop(() -> peer.connection().detach(taken::set));
      NetBox.until("detached", () -> taken.get() != null);
      assertEquals("next\nand more", US_ASCII.decode(taken.get().unread()).toString());
      go.countDown();
      assertEquals(0, box.sys.close(taken.get().fd()));
    }
  }

  /** What a thread has written by the time of a detach has left, or the detach is refused. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void detached_whileAThreadWrites_losesNothing(String kernel) throws Exception {
    for (int round = 0; round < 40; round++) {
      AtomicInteger written = new AtomicInteger();
      CountDownLatch ended = new CountDownLatch(1);
      AtomicReference<Detached> taken = new AtomicReference<>();
      BlockingHandler handler =
          connection -> {
            try {
              while (true) {
                connection.output().write('x');
                int _ = written.incrementAndGet();
                for (int i = 0; i < 200; i++) {
                  Thread.onSpinWait();
                }
              }
            } catch (IOException _) {
              ended.countDown();
            }
          };
      try (NetBox box = NetBox.on(kernel)) {
        NetBox.Peer peer = box.connect(OPTIONS, Blocking.handlers(handler));
        NetBox.until("written", () -> !peer.poll().isEmpty());
        NetBox.until("detached", () -> tryToDetach(box, peer, taken));
        ended.await();
        assertEquals(0, box.sys.close(taken.get().fd()));
        assertEquals(written.get(), peer.readAll().length());
      }
    }
  }

  private static boolean tryToDetach(
      NetBox box, NetBox.Peer peer, AtomicReference<Detached> taken) {
    String _ = peer.poll();
    try {
      box.onLoop(() -> {
        try {
          peer.connection().detach(taken::set);
        } catch (IllegalStateException _) {
          // something is to be sent
        }
      });
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    return taken.get() != null;
  }

  /** Nothing is left in the kernel. */
  private static boolean isReadAhead(NetBox box, NetBox.Peer peer) {
    return peer.connection().link().availableBytes() == 0 || box.isHeld(peer);
  }

  /** Who has the program's pause end is the program. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void pauseOfTheProgram_outlivesTheAnswer(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("first\n");
      handler.awaitStart();
      box.onLoop(peer.connection()::pauseReading);
      handler.letGo();
      peer.expect("first\n");
      NetBox.until("released", () -> !box.isHeld(peer));
      assertTrue(peer.connection().isReadingPaused());
      peer.send("second\n");
      box.onLoop(peer.connection()::resumeReading);
      peer.expect("second\n");
    }
  }

  /** The pause of workers is theirs: the program that ends its own gets no request lost. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void resumeOfTheProgram_losesNoRequest(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      peer.send("one\ntwo\n");
      handler.awaitStart();
      NetBox.until("held", () -> peer.connection().isReadingPaused());
      box.onLoop(peer.connection()::resumeReading);
      assertTrue(peer.connection().isReadingPaused());
      peer.send("three\n");
      box.onLoop(() -> {});
      handler.letGo();
      peer.expect("one\ntwo\nthree\n");
    }
  }

  /** Nor does a relay to a connection of workers end their pause: it ends its own. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void roomInARelay_losesNoRequest(String kernel) throws Exception {
    try (NetBox box = NetBox.on(kernel);
        Workers workers = Workers.platform(1, 1)) {
      GatedEcho handler = new GatedEcho();
      NetBox.Peer peer = box.connect(OPTIONS, workers.handlers(LINES, handler));
      NetBox.Peer relayed = box.connect(OPTIONS, _ -> Relay.to(peer.connection()));
      box.onLoop(() -> {
        while (relayed.connection().isWritable()) {
          WriteResult _ = relayed.connection().write(new byte[1 << 16]);
        }
      });
      peer.send("one\ntwo\n");
      handler.awaitStart();
      NetBox.until("held", () -> peer.connection().isReadingPaused());
      NetBox.until(
          "room",
          () -> {
            String _ = relayed.poll();
            return relayed.connection().isWritable();
          });
      box.onLoop(() -> {});
      assertTrue(peer.connection().isReadingPaused());
      peer.send("three\n");
      box.onLoop(() -> {});
      handler.letGo();
      peer.expect("one\ntwo\nthree\n");
    }
  }

  /** Gives each new thread a value, which from the third on cannot be had. */
  private static final class Stingy extends InheritableThreadLocal<String> {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    protected String childValue(String parent) {
      if (count.incrementAndGet() > 2) {
        throw new IllegalStateException("no more");
      }
      return parent;
    }
  }

  @Test
  void workersThatCannotAllStart_leaveNoThread() {
    Stingy stingy = new Stingy();
    stingy.set("once");
    try {
      Thread.Builder builder = Thread.ofPlatform().name("stingy-", 0);
      assertThrows(IllegalStateException.class, () -> Workers.of(builder, 8, 8));
      for (Thread each : Thread.getAllStackTraces().keySet()) {
        assertFalse(each.getName().startsWith("stingy-"), each::getName);
      }
    } finally {
      stingy.remove();
    }
  }
}
