package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes that are encoded where they are sent from. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class InPlaceTest extends NetCase {

  private static WriteResult encode(Connection connection, int atMostBytes, String text) {
    connection.beginWrite(atMostBytes).put(ascii(text));
    return connection.endWrite();
  }

  @Test
  void encoded_isSent_inOrderWithWrites() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    ByteBuffer room = pair.connection().beginWrite(100);
    assertEquals(100, room.remaining());
    WriteResult _ = pair.connection().write(ascii("before "));
    room.put(ascii("encoded "));
    WriteResult _ = pair.connection().endWrite();
    WriteResult _ = encode(pair.connection(), 100_000, "long "); // more than a chunk
    WriteResult _ = encode(pair.connection(), 0, "");
    WriteResult _ = pair.connection().write(ascii("after"));
    until("all", () -> pair.peer().read().text().equals("before encoded long after"));
  }

  /** The kernel is given the very memory that was encoded into. */
  @Test
  void encoded_isNotCopied() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    List<Integer> sizes = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (call.equals("send")) {
        sizes.add(((Number) arguments[2]).intValue());
      }
      return null;
    });
    long used = LoopNet.of(loop).pool().usedCount();
    ByteBuffer room = pair.connection().beginWrite(5_000);
    assertEquals(used + 1, LoopNet.of(loop).pool().usedCount());
    assertEquals(true, room.isDirect());
    room.position(5_000);
    assertEquals(WriteResult.SENT, pair.connection().endWrite());
    assertEquals(List.of(5_000), sizes);
    assertEquals(used, LoopNet.of(loop).pool().usedCount());
  }

  @Test
  void encoded_beyondTheLimit_isRefused_andTheStreamGoesOn() throws Exception {
    options = options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(50);
    Pair pair = pair(new Recorder());
    quiet();
    probe.inject((call, _) -> call.equals("send") || call.equals("writev") ? -Errno.EAGAIN : null);
    assertEquals(WriteResult.QUEUED, encode(pair.connection(), 10, "1234567890"));
    assertEquals(WriteResult.FULL, encode(pair.connection(), 30, "x".repeat(30)));
    assertEquals(WriteResult.REFUSED, encode(pair.connection(), 30, "y".repeat(30)));
    assertEquals(40, pair.connection().queuedBytes());
    probe.inject((_, _) -> null);
    String all = "1234567890" + "x".repeat(30);
    until(
        "all",
        () -> {
          pair.connection().whenSent((_, _) -> {});
          return pair.peer().read().text().equals(all);
        });
  }

  @Test
  void closedConnection_takesNothing() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    ByteBuffer room = pair.connection().beginWrite(10);
    room.put(ascii("lost"));
    pair.connection().reset();
    assertEquals(WriteResult.CLOSED, pair.connection().endWrite());
    assertEquals(WriteResult.CLOSED, encode(pair.connection(), 10, "lost"));
    assertEquals(8, pair.connection().queuedBytes());
    untilClosed(pair);
  }

  @Test
  void begun_isEndedInTheSameTurn_orForgotten() throws Exception {
    Pair one = pair(new Recorder());
    Pair two = pair(new Recorder());
    quiet();
    assertThrows(IllegalStateException.class, one.connection()::endWrite);
    one.connection().beginWrite(10).put(ascii("forgotten"));
    assertThrows(IllegalStateException.class, two.connection()::endWrite);
    turn();
    assertThrows(IllegalStateException.class, one.connection()::endWrite);
    one.connection().beginWrite(10).put(ascii("given up")); // its encoder failed, say
    WriteResult _ = encode(two.connection(), 10, "two");
    assertThrows(IllegalStateException.class, one.connection()::endWrite);
    until("two", () -> two.peer().read().text().equals("two"));
    assertEquals("", one.peer().read().text());
  }

  /** A queue takes memory by its bytes, however much was asked for. */
  @Test
  void roomThatIsHardlyUsed_isNotKept() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    probe.inject((call, _) -> call.equals("send") || call.equals("writev") ? -Errno.EAGAIN : null);
    ChunkPool pool = LoopNet.of(loop).pool();
    long before = pool.usedBytes();
    for (int i = 0; i < 1_000; i++) {
      WriteResult _ = encode(pair.connection(), 60_000, "twenty bytes of news");
    }
    assertEquals(20_000, pair.connection().queuedBytes());
    assertTrue(pool.usedBytes() - before <= 4 * 20_000, pool.usedBytes() - before + " bytes");
    pair.connection().reset();
    untilClosed(pair);
  }

  /** What was begun in plain must not be sent so once TLS has been asked for. */
  @Test
  void tlsStartedInBetween_encryptsIt() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    pair.connection().beginWrite(10).put(ascii("the secret"));
    Recorder next = track(new Recorder());
    pair.connection().startTls(Tls.server(TlsKeys.localhost().identity()), next);
    WriteResult _ = pair.connection().endWrite();
    quiet();
    assertEquals("", pair.peer().read().text());
    pair.connection().reset();
    until("closed", next::isClosed);
    pair.handler().closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }
}
