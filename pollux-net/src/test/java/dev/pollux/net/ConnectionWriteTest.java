package dev.pollux.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a connection sends: in order, gathered, once a turn, and within its limits. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ConnectionWriteTest extends NetCase {

  private static final int CHUNK = Chunk.CAPACITY;

  private long writeCalls() {
    return probe.count("send") + probe.count("writev");
  }

  /** The kernel takes nothing, whatever it says about readiness, until it is let. */
  private void refuseWrites() {
    probe.inject((call, _) -> call.equals("send") || call.equals("writev") ? -Errno.EAGAIN : null);
  }

  private void allowWrites(Pair pair) {
    probe.inject((_, _) -> null);
    askAgain(pair);
  }

  /** As when the kernel tells of room, which it does not where there always was some. */
  private static void askAgain(Pair pair) {
    pair.connection().link().output.becameReady();
    pair.connection().link().kick();
  }

  @Test
  void writes_ofOneTurn_leaveInTwoCalls() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    long before = writeCalls();
    for (String word : List.of("one ", "two ", "three")) {
      assertTrue(pair.connection().write(ascii(word)).goesOn());
    }
    assertEquals(1, writeCalls() - before);
    assertEquals(9, pair.connection().queuedBytes());
    quiet();
    assertEquals(2, writeCalls() - before);
    assertEquals("one two three", pair.peer().read().text());
    assertEquals(0, pair.connection().queuedBytes());
  }

  @Test
  void writes_withinReceived_leaveInOneCall() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data);
          WriteResult _ = connection.write(ascii("a"));
          WriteResult _ = connection.write(ascii("b"));
        };
    handler.onReadComplete =
        connection -> {
          WriteResult _ = connection.write(ascii("c"));
        };
    Pair pair = pair(handler);
    quiet();
    long before = writeCalls();
    pair.peer().write("go");
    until("answer", () -> pair.peer().read().size() == 3);
    assertEquals("abc", pair.peer().text());
    assertEquals(1, writeCalls() - before);
  }

  @Test
  void severalChunks_queued_leaveInOneGatheredCall() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    byte[] sent = random(3 * CHUNK + 100);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent, 0, 50)); // sent at once
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent, 50, 50));
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent, 100, 3 * CHUNK));
    long before = probe.count("writev");
    turn();
    assertEquals(1, probe.count("writev") - before);
    until("all", () -> pair.peer().read().size() == sent.length);
    assertArrayEquals(sent, pair.peer().bytes());
  }

  @Test
  void write_fromAnotherHandler_isSent() throws Exception {
    Recorder source = new Recorder();
    Pair target = pair(new Recorder());
    source.onReceived =
        (_, data) -> {
          WriteResult _ = target.connection().write(data);
        };
    Pair from = pair(source);
    byte[] sent = random(2 * CHUNK); // more than is copied: sent from the read buffer at once
    int n = from.peer().write(sent, 0, sent.length);
    assertEquals(sent.length, n);
    until("relayed", () -> target.peer().read().size() == sent.length);
    assertArrayEquals(sent, target.peer().bytes());
  }

  @Test
  void write_afterClose_isDropped() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().close();
    ByteBuffer data = ascii("too late");
    assertFalse(pair.connection().write(data).goesOn());
    assertFalse(data.hasRemaining());
    assertFalse(pair.connection().isWritable());
    untilClosed(pair);
    assertFalse(pair.connection().write(ascii("far too late")).goesOn());
    untilPeerIsOver(pair.peer());
    assertEquals("", pair.peer().text());
  }

  @Test
  void watermarks_areExact() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler, options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(1000));
    quiet();
    int[] sizes = {0};
    refuseWrites();
    assertEquals(WriteResult.QUEUED, pair.connection().write(ByteBuffer.allocate(19)));
    assertTrue(pair.connection().isWritable());
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(1)));
    assertFalse(pair.connection().isWritable());
    List<String> seen = new ArrayList<>();
    probe.inject( // one byte a call; what is queued before each
        (call, arguments) -> {
          if (!call.equals("send")) {
            return null;
          }
          seen.add(pair.connection().queuedBytes() + ":" + handler.count("writable"));
          sizes[0]++;
          return sys.send((int) arguments[0], (long) arguments[1], 1, (int) arguments[3]);
        });
    askAgain(pair);
    quiet();
    assertEquals(0, pair.connection().queuedBytes());
    assertEquals(20, sizes[0]);
    assertTrue(seen.contains("11:0"), seen.toString());
    assertEquals(1, handler.count("writable"));
    assertTrue(pair.connection().isWritable());
    assertEquals(20, pair.peer().read().size());
  }

  @Test
  void lowWatermark_reachedExactly_isEnough() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler, options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(1000));
    quiet();
    refuseWrites();
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(20)));
    int[] left = {9};
    probe.inject((call, arguments) -> {
      if (!call.equals("send")) {
        return null;
      }
      if (left[0] == 0) {
        return -Errno.EAGAIN;
      }
      left[0]--;
      return sys.send((int) arguments[0], (long) arguments[1], 1, (int) arguments[3]);
    });
    askAgain(pair);
    turn();
    assertEquals(11, pair.connection().queuedBytes());
    assertEquals(0, handler.count("writable"));
    left[0] = 1;
    askAgain(pair);
    turn();
    turn();
    assertEquals(10, pair.connection().queuedBytes());
    assertEquals(1, handler.count("writable"));
  }

  @Test
  void arraysAndText_areWritten() throws Exception {
    Pair pair = pair(new Recorder());
    assertTrue(pair.connection().write(new byte[] {'a', 'b'}).goesOn());
    assertTrue(pair.connection().write("c\u00e9\n").goesOn());
    until("sent", () -> pair.peer().read().size() == 6);
    assertArrayEquals("abc\u00e9\n".getBytes(UTF_8), pair.peer().bytes());
  }

  @Test
  void writeAfterTheEnd_isLost_andNotQueued() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler);
    pair.connection().end();
    assertEquals(WriteResult.CLOSED, pair.connection().write(ascii("late")));
    turn();
    assertTrue(pair.connection().isOpen());
    assertEquals(0, pair.connection().queuedBytes(), "whoever waits for it to be sent goes on");
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals(4, handler.lostBytes);
  }

  @Test
  void writable_comesOnceForEachCrossing_andMayWrite() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler,
            options.withLowWaterBytes(100).withHighWaterBytes(1000).withMaxQueuedBytes(1 << 20));
    int[] rounds = {0};
    handler.onWritable =
        connection -> {
          if (++rounds[0] < 5) {
            refuseWrites();
            assertEquals(WriteResult.FULL, connection.write(ByteBuffer.allocate(1000)));
            loop.execute(() -> allowWrites(pair));
          }
        };
    refuseWrites();
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.allocate(1000)));
    allowWrites(pair);
    until("all", () -> pair.peer().read().size() == 5000);
    quiet();
    assertEquals(5, handler.count("writable"));
  }

  @Test
  void peerThatDoesNotRead_atTheLimit_isKept_oneBeyond_isRefused() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(handler, options.withLowWaterBytes(10).withHighWaterBytes(20).withMaxQueuedBytes(100));
    quiet();
    refuseWrites();
    assertFalse(pair.connection().write(ByteBuffer.allocate(100)).goesOn());
    turn();
    turn();
    assertTrue(pair.connection().isOpen());
    assertEquals(100, pair.connection().queuedBytes());
    ByteBuffer beyond = ByteBuffer.allocate(1);
    assertEquals(WriteResult.REFUSED, pair.connection().write(beyond));
    assertEquals(1, beyond.remaining());
    turn();
    assertTrue(pair.connection().isOpen());
    assertEquals(100, pair.connection().queuedBytes());
    allowWrites(pair);
    until("all that was taken", () -> pair.peer().read().size() == 100);
    assertEquals(1, handler.count("writable"));
    assertEquals(WriteResult.SENT, pair.connection().write(beyond));
  }

  @Test
  void hugeQueue_drainsWholeAsThePeerReads() throws Exception {
    Pair pair =
        pair(
            new Recorder(),
            options
                .withLowWaterBytes(1 << 14)
                .withHighWaterBytes(1 << 16)
                .withMaxQueuedBytes(1 << 25));
    byte[] sent = random(1 << 23);
    assertFalse(pair.connection().write(ByteBuffer.wrap(sent)).goesOn());
    quiet();
    assertTrue(pair.connection().queuedBytes() > 0, "the buffers took it all");
    until("all", () -> pair.peer().read().size() == sent.length);
    assertArrayEquals(sent, pair.peer().bytes());
    assertEquals(1, pair.handler().count("writable"));
    assertTrue(LoopNet.of(loop).pool().freeBytes() <= ChunkPool.KEPT_BYTES);
    assertEquals(0, LoopNet.of(loop).pool().usedCount());
  }

  @Test
  void bothDirections_fullAtOnce_bothComplete() throws Exception {
    ConnectionOptions roomy =
        options.withLowWaterBytes(1 << 14).withHighWaterBytes(1 << 16).withMaxQueuedBytes(1 << 25);
    Recorder left = new Recorder();
    Recorder right = new Recorder();
    Pair pair = pair(left, roomy);
    Connection other = Connection.adopt(loop, sys.dup(pair.peer().fd()), roomy, track(right));
    byte[] there = random(2_000_000);
    byte[] back = random(2_500_000);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(there));
    WriteResult _ = other.write(ByteBuffer.wrap(back));
    until("both", () -> right.bytes.size() == there.length && left.bytes.size() == back.length);
    assertArrayEquals(there, right.bytes.toByteArray());
    assertArrayEquals(back, left.bytes.toByteArray());
  }

  @Test
  void write_ofTheReadBuffer_thatKernelTakesInPart_keepsTheOrder() throws Exception {
    Recorder handler = Recorder.echo();
    handler.onReceived =
        (connection, data) -> {
          WriteResult _ = connection.write(data);
        };
    Pair pair =
        pair(
            handler,
            options
                .withLowWaterBytes(1 << 16)
                .withHighWaterBytes(1 << 20)
                .withMaxQueuedBytes(1 << 24));
    List<Integer> sizes = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (!call.equals("send") || (long) arguments[2] < 1000) {
        return null;
      }
      sizes.add((int) (long) arguments[2]);
      return sizes.size() % 3 == 0
          ? -Errno.EINTR
          : sys.send((int) arguments[0], (long) arguments[1], 999, (int) arguments[3]);
    });
    byte[] sent = random(50_000);
    assertEquals(sent.length, pair.peer().write(sent, 0, sent.length));
    until("echo", () -> pair.peer().read().size() == sent.length);
    assertArrayEquals(sent, pair.peer().bytes());
  }
}
