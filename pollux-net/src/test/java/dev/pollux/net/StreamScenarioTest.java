package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Circumstances of streams that other event loops have stumbled over; {@code docs/scenarios.md} has
 * the list, and says which of them are tested elsewhere.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
class StreamScenarioTest extends NetCase {

  private static final int ROUNDS = 200;
  private static final int DEEP = 5_000;

  static Stream<Setup> setups() {
    return Setup.all()
        .filter(setup -> setup.backend() == Backend.EPOLL)
        .filter(setup -> setup.trigger() == Trigger.LEVEL || setup.trigger() == Trigger.EDGE);
  }

  private static void write(Connection connection, String text) {
    WriteResult _ = connection.write(ascii(text));
  }

  // ---- connecting

  @Test
  void writesBeforeOpened_waitForIt() throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    raw(listener);
    Recorder handler = track(new Recorder());
    handler.onOpened = connection -> write(connection, ", second");
    Connection connection =
        Connection.connect(loop, Sockets.localAddress(sys, listener), 0, options, handler);
    assertEquals(WriteResult.QUEUED, connection.write(ascii("first")));
    assertFalse(connection.isOpen());
    until("opened", () -> handler.count("opened") == 1);
    awaitReady(listener, Linux.POLLIN);
    Raw peer = raw(Sockets.accept(sys, listener));
    until("what was written", () -> peer.read().size() == 13);
    assertEquals("first, second", peer.text());
  }

  @Test
  void closeFromOpened_endsInOrder() throws Exception {
    Recorder handler = new Recorder();
    handler.onOpened =
        connection -> {
          write(connection, "bye");
          connection.close();
        };
    Pair pair = pair(handler);
    untilPeerIsOver(pair.peer());
    assertEquals("bye", pair.peer().text());
    assertTrue(pair.peer().isEnded());
    pair.peer().close();
    untilClosed(pair);
  }

  // ---- reading

  @Test
  void dataWhileNobodyReads_doesNotSpin() throws Exception {
    Recorder handler = new Recorder();
    handler.onOpened = Connection::pauseReading;
    Pair pair = pair(handler);
    pair.peer().write("unexpected");
    quiet();
    long before = probe.waits();
    for (int i = 0; i < 10; i++) {
      assertEquals(0, loop.runOnce(MILLI));
    }
    assertTrue(probe.waits() - before <= 10, "a wait returned without need");
    assertEquals(List.of("opened"), handler.log);
    pair.connection().resumeReading();
    until("the data", () -> handler.bytes.size() == 10);
  }

  @Test
  void stopAndStart_ofReading_withinReceived_losesNothing() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 3);
          connection.pauseReading();
          connection.resumeReading();
        };
    Pair pair = pair(handler);
    pair.peer().write("0123456789");
    until("all", () -> handler.bytes.size() == 10);
    assertEquals("0123456789", handler.text());
  }

  @Test
  void readError_makesItNeitherReadableNorWritable() throws Exception {
    Pair pair = pair(new Recorder());
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
    assertFalse(pair.connection().isWritable());
    assertFalse(pair.connection().isOpen());
    assertFalse(pair.connection().write(ascii("x")).goesOn());
    assertEquals(0, pair.connection().availableBytes());
  }

  @Test
  void endOfStream_leavesItWritable() throws Exception {
    Recorder handler = new Recorder();
    List<Boolean> writable = new ArrayList<>();
    handler.onReadClosed =
        connection -> {
          writable.add(connection.isWritable());
          write(connection, "still here");
          connection.end();
        };
    Pair pair = pair(handler);
    pair.peer().shutdown();
    untilPeerIsOver(pair.peer());
    assertEquals(List.of(true), writable);
    assertEquals("still here", pair.peer().text());
    untilClosed(pair);
  }

  // ---- ending

  @Test
  void end_twice_isOne() throws Exception {
    Pair pair = pair(new Recorder());
    write(pair.connection(), "x");
    pair.connection().end();
    pair.connection().end();
    assertFalse(pair.connection().isWritable(), "after its end");
    assertFalse(pair.connection().write(ascii("y")).goesOn());
    untilPeerIsOver(pair.peer());
    assertEquals("x", pair.peer().text());
    assertEquals(1, probe.count("shutdown"));
    pair.connection().reset();
    untilClosed(pair);
  }

  @Test
  void end_thenCloseNow_inOneTurn_isClosedOnce() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().end();
    pair.connection().reset();
    pair.connection().close();
    untilClosed(pair);
    assertEquals(CloseReason.CUT_OFF, pair.handler().cause.reason());
  }

  @Test
  void bothEnd_atOnce_bothAreOver() throws Exception {
    Pair pair = pair(new Recorder());
    Recorder other = track(new Recorder());
    Connection there = Connection.adopt(loop, sys.dup(pair.peer().fd()), options, other);
    pair.peer().close();
    write(pair.connection(), "ping");
    write(there, "pong");
    pair.connection().end();
    there.end();
    until("both", () -> pair.handler().isClosed() && other.isClosed());
    assertEquals("pong", pair.handler().text());
    assertEquals("ping", other.text());
    assertEquals(CloseReason.END_OF_STREAM, pair.handler().cause.reason());
    assertEquals(CloseReason.END_OF_STREAM, other.cause.reason());
  }

  @Test
  void writes_toAPeerThatClosed_endInAReset_onceTold() throws Exception {
    Pair pair = pair(new Recorder());
    pair.handler().onReadClosed = _ -> {}; // keeps its half open
    pair.peer().close();
    until("end", () -> pair.handler().count("readClosed") == 1);
    until(
        "closed()",
        () -> {
          write(pair.connection(), "is anybody there?");
          return pair.handler().isClosed();
        });
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
  }

  // ---- writing

  @Test
  void pingPong_manyRounds_eachAnswersTheOther() throws Exception {
    Pair pair = pair(new Recorder());
    Recorder other = track(new Recorder());
    Connection there = Connection.adopt(loop, sys.dup(pair.peer().fd()), options, other);
    pair.peer().close();
    pair.handler().onReceived =
        (connection, data) -> {
          pair.handler().take(data.duplicate());
          WriteResult _ = connection.write(data);
        };
    other.onReceived =
        (connection, data) -> {
          other.take(data.duplicate());
          if (other.bytes.size() < 4 * ROUNDS) {
            WriteResult _ = connection.write(data);
          } else {
            var _ = data.position(data.limit());
          }
        };
    write(there, "PING");
    until("the last round", () -> other.bytes.size() == 4 * ROUNDS);
    assertEquals("PING".repeat(ROUNDS), other.text());
    assertEquals("PING".repeat(ROUNDS), pair.handler().text());
  }

  @Test
  void manyWrites_ofManySizes_keepTheirOrder() throws Exception {
    Pair pair =
        pair(
            new Recorder(),
            options
                .withLowWaterBytes(1 << 10)
                .withHighWaterBytes(1 << 12)
                .withMaxQueuedBytes(1 << 26));
    byte[] all = random(1_500_000);
    int at = 0;
    for (int size = 1; at < all.length; size = size * 7 % 50_021) {
      int count = Math.min(size, all.length - at);
      WriteResult _ = pair.connection().write(ByteBuffer.wrap(all, at, count));
      at += count;
    }
    pair.connection().end();
    until("end", () -> pair.peer().read().isOver());
    assertArrayEquals(all, pair.peer().bytes());
    pair.peer().shutdown();
    untilClosed(pair);
  }

  private void refuseWrites() {
    probe.inject((call, _) -> call.equals("send") ? -Errno.EAGAIN : null);
  }

  /** As when the kernel tells of room, which it does not where there always was some. */
  private void allowWrites(Connection connection) {
    probe.inject((_, _) -> null);
    connection.link().output.becameReady();
    connection.link().kick();
  }

  @Test
  void writes_withinWritable_doNotPileUpOnTheStack() throws Exception {
    Recorder handler = new Recorder();
    int[] depth = {0};
    int[] deepest = {0};
    int[] rounds = {0};
    byte[] chunk = new byte[64];
    handler.onWritable =
        connection -> {
          depth[0]++;
          deepest[0] = Math.max(deepest[0], depth[0]);
          if (rounds[0]++ < DEEP) {
            refuseWrites();
            assertEquals(WriteResult.FULL, connection.write(ByteBuffer.wrap(chunk)));
            loop.execute(() -> allowWrites(connection));
          }
          depth[0]--;
        };
    Pair pair =
        pair(
            handler,
            options
                .withLowWaterBytes(0)
                .withHighWaterBytes(chunk.length)
                .withMaxQueuedBytes(1 << 20));
    refuseWrites();
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.wrap(chunk)));
    allowWrites(pair.connection());
    until("all rounds", () -> rounds[0] > DEEP);
    assertEquals(1, deepest[0], "writable() within writable()");
    until("all bytes", () -> pair.peer().read().size() == chunk.length * (DEEP + 1));
  }

  @Test
  void reset_withinWritable_losesTheRestAndIsToldOnce() throws Exception {
    Recorder handler = new Recorder();
    handler.onWritable = Connection::reset;
    Pair pair =
        pair(
            handler,
            options.withLowWaterBytes(1).withHighWaterBytes(2).withMaxQueuedBytes(1 << 20));
    refuseWrites();
    write(pair.connection(), "data");
    allowWrites(pair.connection());
    untilClosed(pair);
    untilPeerIsOver(pair.peer());
    assertEquals("data", pair.peer().text());
  }
}
