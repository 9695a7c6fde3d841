package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Silence, heartbeats and the times of an end, to the tick of the loop in virtual time. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#models")
class ConnectionTimeTest extends NetCase {

  private static final long TICK = MILLI;
  private static final long FIRST_LOOK = 20 * MILLI; // finds that the peer's kernel took some
  private static final int LARGE = 1 << 23; // more than the kernels hold

  private void assertAt(long expectedNanos, long actualNanos) {
    long late = actualNanos - expectedNanos;
    assertTrue(late >= 0 && late <= TICK, "late by " + late);
  }

  private void runFor(long nanos) throws Exception {
    long end = sys.nanoTime() + nanos;
    while (sys.nanoTime() < end) {
      int _ = loop.runOnce(end - sys.nanoTime());
    }
  }

  /** The peer reads so much every 50 ms, until it has all, or there is no more. */
  private void readSteadily(Raw peer, int bytes, int total) throws Exception {
    while (!peer.isOver() && peer.size() < total) {
      runFor(50 * MILLI);
      int _ = peer.read(bytes);
    }
  }

  private Pair deafPair(Recorder handler, ConnectionOptions like) throws SysException {
    Pair pair = pair(handler, like);
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(LARGE));
    turn();
    assertTrue(pair.connection().queuedBytes() > 0);
    return pair;
  }

  @Test
  void readIdle_afterSilence_isExact() throws Exception {
    Recorder handler = new Recorder();
    long[] at = {0};
    handler.onIdle =
        connection -> {
          at[0] = sys.nanoTime();
          connection.reset(CloseCause.of(CloseReason.IDLE, "idle"));
        };
    Pair pair = pair(handler, options.withReadIdle(Duration.ofMillis(100)));
    runFor(60 * MILLI);
    pair.peer().write("alive");
    turn();
    turn();
    long last = sys.nanoTime();
    assertEquals("alive", handler.text());
    runFor(300 * MILLI);
    assertAt(last + 100 * MILLI, at[0]);
    assertEquals(List.of(Silence.READ), handler.silences);
    assertEquals(CloseReason.IDLE, handler.cause.reason());
  }

  @Test
  void heartbeats_comeAtTheirPeriod_andTrafficPutsThemOff() throws Exception {
    Recorder handler = new Recorder();
    List<Long> beats = new ArrayList<>();
    handler.onHeartbeat = _ -> beats.add(sys.nanoTime());
    Pair pair = pair(handler, options.withHeartbeat(Duration.ofMillis(100)));
    long start = sys.nanoTime();
    runFor(250 * MILLI);
    assertEquals(2, beats.size());
    assertAt(start + 100 * MILLI, beats.get(0));
    assertAt(beats.get(0) + 100 * MILLI, beats.get(1));
    WriteResult _ = pair.connection().write(ascii("traffic"));
    turn();
    long sent = sys.nanoTime();
    runFor(110 * MILLI);
    assertEquals(3, beats.size());
    assertAt(sent + 100 * MILLI, beats.get(2));
  }

  @Test
  void traffic_touchesNoTimer() throws Exception {
    Pair pair =
        pair(
            Recorder.echo(),
            options.withReadIdle(Duration.ofSeconds(1)).withHeartbeat(Duration.ofSeconds(1)));
    long before = loop.stats().timers();
    for (int i = 0; i < 100; i++) {
      pair.peer().write("x");
      turn();
      turn();
    }
    assertEquals(100, pair.handler().bytes.size());
    assertEquals(before, loop.stats().timers());
    assertEquals(1, Inside.timerCount(loop));
  }

  /**
   * A client that nothing is asked of costs no time, until it has sent something and again then.
   */
  @Test
  void idleConnection_hasNoTimer() throws Exception {
    Pair pair = pair(new Recorder());
    assertEquals(0, Inside.timerCount(loop));
    WriteResult _ = pair.connection().write(ascii("x"));
    assertEquals(1, Inside.timerCount(loop));
    runFor(16 * SECOND);
    assertEquals(0, Inside.timerCount(loop));
  }

  // ---- who reads slowly

  /** For an hour, 16 KB/s, with the buffers that a connection has by default. */
  @Test
  void reader_of16KBaSecond_isNeverCut() throws Exception {
    Recorder handler = new Recorder();
    ConnectionOptions like = options.ofServer();
    int[] left = {16_000 * 3_600};
    handler.onWritable = connection -> left[0] -= produce(connection, left[0]);
    Pair pair = pair(handler, like);
    left[0] -= produce(pair.connection(), left[0]);
    long end = sys.nanoTime() + 3_600 * SECOND;
    int got = 0;
    while (sys.nanoTime() < end && !pair.peer().isOver()) {
      runFor(SECOND);
      got += pair.peer().read(16_000);
      pair.peer().forget();
    }
    assertFalse(handler.isClosed(), () -> handler.cause.toString());
    assertEquals(List.of(), handler.silences);
    assertEquals(16_000 * 3_600, got);
  }

  /** Writes until it is full; how many bytes. */
  private static int produce(Connection connection, int most) {
    int total = 0;
    boolean goesOn = true;
    while (goesOn && total < most) {
      int count = Math.min(most - total, 1 << 16);
      goesOn = connection.write(ByteBuffer.allocate(count)).goesOn();
      total += count;
    }
    return total;
  }

  /** Ten times as long as the time of an end without progress. */
  @Test
  void close_withProgress_startsAnew() throws Exception {
    Recorder handler = new Recorder();
    Duration time = Duration.ofMillis(500);
    Pair pair = pair(handler, options.withCloseGrace(time).withWriteStall(time));
    byte[] all = random(LARGE);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(all));
    pair.connection().close();
    readSteadily(pair.peer(), 80_000, LARGE);
    untilPeerIsOver(pair.peer());
    assertArrayEquals(all, pair.peer().bytes());
    assertTrue(pair.peer().isEnded());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void finish_withProgress_startsAnew() throws Exception {
    Recorder handler = new Recorder();
    Duration time = Duration.ofMillis(500);
    Pair pair = pair(handler, options.withCloseGrace(time).withWriteStall(time));
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(LARGE));
    pair.connection().finish();
    readSteadily(pair.peer(), 80_000, LARGE);
    untilPeerIsOver(pair.peer());
    assertEquals(LARGE, pair.peer().size());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void close_total_isAbsolute() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = deafPair(handler, options.withCloseTotal(Duration.ofSeconds(2)));
    long start = sys.nanoTime();
    long[] over = {0};
    handler.onClosed = _ -> over[0] = sys.nanoTime();
    pair.connection().close();
    readSteadily(pair.peer(), 80_000, LARGE);
    assertAt(start + 2 * SECOND, over[0]);
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
  }

  // ---- who does not read

  /** What is on its way has the longer one of both times. */
  @Test
  void close_whenThePeerNeverReads_isCutOff() throws Exception {
    for (int grace : new int[] {100, 500}) {
      Recorder handler = new Recorder();
      Pair pair =
          deafPair(
              handler,
              options
                  .withCloseGrace(Duration.ofMillis(grace))
                  .withWriteStall(Duration.ofMillis(600 - grace)));
      int queued = pair.connection().queuedBytes();
      pair.connection().close();
      runFor(490 * MILLI);
      assertFalse(handler.isClosed());
      runFor(20 * MILLI + FIRST_LOOK);
      assertTrue(handler.isClosed());
      assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
      assertTrue(handler.lostBytes > 0 && handler.lostBytes <= queued, "" + handler.lostBytes);
    }
  }

  /** All of it is with this kernel: to close the descriptor would leave it there for minutes. */
  @Test
  void close_withAllInTheKernel_ofAPeerThatNeverReads_isAReset() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = deafPair(handler, options.withWriteStall(Duration.ofSeconds(9)));
    until(
        "all of it is with the kernel",
        () -> pair.connection().queuedBytes() == 0 || pair.peer().read(10_000) < 0);
    pair.connection().close();
    runFor(8 * SECOND);
    assertFalse(handler.isClosed());
    runFor(2 * SECOND);
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
  }

  @Test
  void close_withoutABound_waitsForThePeer() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        deafPair(handler, options.withWriteStall(Duration.ZERO).withCloseGrace(Duration.ZERO));
    pair.connection().close();
    runFor(600 * SECOND);
    assertFalse(handler.isClosed());
    untilPeerIsOver(pair.peer());
    assertEquals(LARGE, pair.peer().size());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  /** A peer that sends without an end, and reads nothing, gets nowhere. */
  @Test
  void close_ofAFlood_isNoProgress() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        deafPair(
            handler,
            options.withCloseGrace(Duration.ofMillis(500)).withWriteStall(Duration.ofMillis(500)));
    pair.connection().close();
    for (int i = 0; i < 53; i++) {
      assertFalse(handler.isClosed() && i < 49, "at " + i);
      int _ = pair.peer().fill();
      runFor(10 * MILLI);
    }
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
  }

  @Test
  void finish_whilePausedForEver_endsInTime() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler, options.withCloseGrace(Duration.ofMillis(500)));
    pair.connection().pauseReading();
    pair.peer().write("never read");
    pair.connection().finish();
    runFor(490 * MILLI);
    assertFalse(handler.isClosed());
    runFor(20 * MILLI);
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
  }
}
