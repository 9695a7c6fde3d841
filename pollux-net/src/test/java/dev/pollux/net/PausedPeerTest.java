package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that ends or resets while it is not read. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class PausedPeerTest extends ClockedCase {

  private Pair pausedPair(Recorder handler) throws Exception {
    Pair pair = pair(handler, options.withCloseGrace(Duration.ofSeconds(5)));
    pair.connection().pauseReading();
    quiet();
    return pair;
  }

  @Test
  void reset_isNoticed() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    leap(SECOND + MILLI);
    assertFalse(handler.isClosed());
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(CloseReason.RESET, handler.cause.reason());
    assertEquals(List.of("opened", "closed"), handler.log);
  }

  @Test
  void reset_withBytesUnread_theyAreReceived() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    pair.peer().write("last words");
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(1, handler.count("peerEnded"));
    assertTrue(pair.connection().isPeerEnded());
    assertTrue(pair.connection().isOpen());
    assertEquals(WriteResult.CLOSED, pair.connection().write(ascii("x")));
    leap(4 * SECOND);
    assertFalse(handler.isClosed());
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("last words", handler.text());
    assertEquals(CloseReason.RESET, handler.cause.reason());
    assertEquals(0, handler.count("readClosed"));
  }

  /** Each read gives the next one its time. */
  @Test
  void reset_withBytesUnread_readInPieces_allAreReceived() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 2);
          connection.pauseReading();
        };
    Pair pair = pausedPair(handler);
    pair.peer().write("last words");
    pair.peer().reset();
    for (int i = 0; i < 5; i++) {
      leap(3 * SECOND);
      pair.connection().resumeReading();
      turn();
    }
    assertEquals("last words", handler.text());
    leap(SECOND + MILLI);
    assertEquals(CloseReason.RESET, handler.cause.reason());
    assertEquals(1, handler.count("peerEnded"));
  }

  @Test
  void reset_withBytesThatNobodyReads_isOverInTime() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    pair.peer().write("last words");
    pair.peer().reset();
    leap(SECOND + MILLI);
    leap(5 * SECOND - MILLI);
    assertFalse(handler.isClosed());
    leap(2 * MILLI);
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  /** What was to be sent is lost, and the program learns that as well. */
  @Test
  void reset_withBytesQueued_losesThem() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    quiet();
    pair.peer().write("last words");
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(1, handler.count("peerEnded"));
    assertEquals(1, handler.count("writable")); // what waited for that goes on
    assertFalse(handler.isClosed());
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("last words", handler.text());
    assertTrue(handler.lostBytes > 0);
  }

  @Test
  void end_isNoticed() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    pair.peer().write("last words");
    pair.peer().shutdown();
    leap(SECOND + MILLI);
    assertEquals(List.of("opened", "peerEnded"), handler.log);
    assertTrue(pair.connection().isPeerEnded());
    assertEquals(WriteResult.SENT, pair.connection().write(ascii("answer")));
    leap(10 * SECOND);
    assertEquals(1, handler.count("peerEnded"));
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("last words", handler.text());
    assertEquals(1, handler.count("readClosed"));
    assertEquals("answer", pair.peer().read().text());
  }

  @Test
  void resetAfterAnEnd_isNoticed() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    pair.peer().shutdown();
    leap(SECOND + MILLI);
    assertEquals(1, handler.count("peerEnded"));
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  /** Its end was read, so that nothing more is: an answer may take long, and is for nobody. */
  @Test
  void resetOfAHalfClosedPeer_isNoticed() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadClosed = _ -> {};
    Pair pair = pair(handler);
    pair.peer().shutdown();
    until("its end", () -> handler.count("readClosed") == 1);
    leap(10 * SECOND);
    assertFalse(handler.isClosed());
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(CloseReason.RESET, handler.cause.reason());
    assertEquals(0, handler.count("peerEnded"));
  }

  /** The peer of a Unix socket is gone altogether, and what it sent is here. */
  @Test
  void unixPeer_thatCloses_isNoticed() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = unixPair(handler, options);
    pair.connection().pauseReading();
    pair.peer().write("last words");
    pair.peer().close();
    leap(SECOND + MILLI);
    assertEquals(List.of("opened", "peerEnded"), handler.log);
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("last words", handler.text());
  }

  /** Nothing asks the poller for what is known, or is not wanted: the loop sleeps. */
  @Test
  void pausedConnection_whosePeerEnded_doesNotSpin() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pausedPair(handler);
    pair.peer().write("last words");
    pair.peer().shutdown();
    leap(SECOND + MILLI);
    assertSleeps();
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertSleeps();
    assertFalse(handler.isClosed());
    pair.connection().reset();
  }

  /** Turns in no time, without an event or anything else to do. */
  private void assertSleeps() throws Exception {
    quiet();
    for (int i = 0; i < 20; i++) {
      assertEquals(0, loop.runOnce(0));
    }
  }

  /** So that a program may do something about it. */
  @Test
  void peerEnded_mayClose() throws Exception {
    Recorder handler = new Recorder();
    handler.onPeerEnded = Connection::close;
    Pair pair = pausedPair(handler);
    pair.peer().shutdown();
    leap(SECOND + MILLI);
    untilClosed(pair);
    assertEquals(List.of("opened", "peerEnded", "closed"), handler.log);
  }

  /** A pause is no reason to keep for ever what its peer has left. */
  @Test
  void end_thenNothing_isIdle_thoughPaused() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler, options.withAllIdle(Duration.ofSeconds(2)));
    pair.connection().pauseReading();
    quiet();
    leap(5 * SECOND);
    pair.peer().shutdown();
    leap(SECOND + MILLI);
    assertEquals(List.of("opened", "peerEnded"), handler.log);
    leap(SECOND);
    pair.connection().hold();
    leap(5 * SECOND);
    pair.connection().release();
    leap(SECOND);
    assertEquals(List.of(), handler.silences);
    leap(2 * SECOND);
    assertEquals(List.of(Silence.ALL), handler.silences);
    untilClosed(pair);
  }

  /** All that was written has arrived, and nothing is there to be received: nothing is cut off. */
  @Test
  void finish_whilePaused_ofAPeerThatHasAllAndLeft_isAnEndInOrder() throws Exception {
    for (boolean unix : new boolean[] {false, true}) {
      Recorder handler = new Recorder();
      Pair pair = unix ? unixPair(handler, options) : pair(handler, options);
      pair.connection().pauseReading();
      WriteResult _ = pair.connection().write(ascii("all"));
      until("all of it", () -> pair.peer().read().size() == 3);
      pair.connection().finish();
      pair.peer().close();
      pass(70 * SECOND, () -> {});
      assertTrue(handler.isClosed());
      assertEquals(CloseReason.END_OF_STREAM, handler.cause.reason());
      assertEquals(0, handler.lostBytes);
    }
  }
}
