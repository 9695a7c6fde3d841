package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Silence, heartbeats and the deadline of a close, to the tick of the loop in virtual time. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#models")
class ConnectionTimeTest extends NetCase {

  private static final long TICK = MILLI;

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

  @Test
  void idle_afterSilence_isExact() throws Exception {
    Recorder handler = new Recorder();
    long[] at = {0};
    handler.onIdle =
        connection -> {
          at[0] = sys.nanoTime();
          connection.reset(CloseCause.of(CloseReason.IDLE, "idle"));
        };
    Pair pair =
        pair(
            handler, options.withIdle(Duration.ofMillis(100)).withCloseTime(Duration.ofSeconds(1)));
    runFor(60 * MILLI);
    pair.peer().write("alive");
    turn();
    turn();
    long last = sys.nanoTime();
    assertEquals("alive", handler.text());
    runFor(300 * MILLI);
    assertAt(last + 100 * MILLI, at[0]);
    assertEquals(CloseReason.IDLE, handler.cause.reason());
  }

  @Test
  void idle_whileReadingIsPaused_isNotTold() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler, options.withIdle(Duration.ofMillis(100)).withCloseTime(Duration.ofSeconds(1)));
    pair.connection().pauseReading();
    runFor(500 * MILLI);
    assertEquals(0, handler.count("idle"));
    assertTrue(pair.connection().isOpen());
    pair.connection().resumeReading();
    runFor(300 * MILLI);
    assertEquals(1, handler.count("idle"));
  }

  @Test
  void heartbeats_comeAtTheirPeriod_andTrafficPutsThemOff() throws Exception {
    Recorder handler = new Recorder();
    List<Long> beats = new ArrayList<>();
    handler.onHeartbeat = _ -> beats.add(sys.nanoTime());
    Pair pair =
        pair(
            handler,
            options.withHeartbeat(Duration.ofMillis(100)).withCloseTime(Duration.ofSeconds(1)));
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
            options
                .withIdle(Duration.ofSeconds(1))
                .withHeartbeat(Duration.ofSeconds(1))
                .withCloseTime(Duration.ofSeconds(1)));
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

  @Test
  void close_whenThePeerNeverReads_isCutOffAtTheDeadline() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler,
            options
                .withLowWaterBytes(1)
                .withHighWaterBytes(2)
                .withMaxQueuedBytes(1 << 25)
                .withCloseTime(Duration.ofMillis(500)));
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    turn();
    int queued = pair.connection().queuedBytes();
    assertTrue(queued > 0);
    pair.connection().close();
    runFor(490 * MILLI);
    assertFalse(handler.isClosed());
    runFor(20 * MILLI);
    assertTrue(handler.isClosed());
    assertEquals(CloseReason.CUT_OFF, handler.cause.reason());
    assertTrue(handler.lostBytes > 0 && handler.lostBytes <= queued, "" + handler.lostBytes);
  }

  @Test
  void close_withoutADeadline_waitsForThePeer() throws Exception {
    Recorder handler = new Recorder();
    Pair pair =
        pair(
            handler,
            options
                .withLowWaterBytes(1)
                .withHighWaterBytes(2)
                .withMaxQueuedBytes(1 << 25)
                .withCloseTime(Duration.ZERO));
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    pair.connection().close();
    runFor(60 * SECOND);
    assertFalse(handler.isClosed());
    untilPeerIsOver(pair.peer());
    assertEquals(1 << 23, pair.peer().size());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void finish_whilePausedForEver_endsAtTheDeadline() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler, options.withCloseTime(Duration.ofMillis(500)));
    pair.connection().pauseReading();
    pair.peer().write("never read");
    pair.connection().finish();
    runFor(490 * MILLI);
    assertFalse(handler.isClosed());
    runFor(20 * MILLI);
    assertTrue(handler.isClosed());
  }
}
