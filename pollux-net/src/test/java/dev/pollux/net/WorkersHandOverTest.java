package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
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
}
