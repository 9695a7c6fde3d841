package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.SysException;
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
      NetBox.until("released", () -> !isHeld(box, peer));
      assertEquals("next\r\nand more\n", String.join("", read));
      box.onLoop(() -> peer.connection().close());
      assertEquals("", peer.readAll(), "a late answer is nobody's");
    }
  }

  private static boolean isHeld(NetBox box, NetBox.Peer peer) {
    boolean[] held = {false};
    try {
      box.onLoop(() -> held[0] = peer.connection().link().ending.isHeld());
    } catch (SysException e) {
      throw new AssertionError(e);
    }
    return held[0];
  }
}
