package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a connection receives: all of it, in order, when it is wanted, and up to its end. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ConnectionReadTest extends NetCase {

  @Test
  void adopt_connectedPair_opensBeforeItReturns() throws Exception {
    Pair pair = pair(new Recorder());
    assertEquals(List.of("opened"), pair.handler().log);
    assertTrue(pair.connection().isOpen());
    assertTrue(pair.connection().isWritable());
    quiet();
    assertEquals(List.of("opened"), pair.handler().log);
  }

  @Test
  void end_readWithDataWhoseAnswerPauses_isToldWhenTheAnswerIsSent() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadComplete =
        connection -> {
          if (!connection.write(ByteBuffer.wrap(new byte[] {'b', 'y', 'e'})).goesOn()) {
            connection.pauseReading();
          }
        };
    handler.onWritable = Connection::resumeReading;
    Pair pair =
        pair(handler, options.withLowWaterBytes(0).withHighWaterBytes(1).withMaxQueuedBytes(100));
    pair.peer().write("x");
    pair.peer().shutdown();
    until("the end", handler::isClosed);
    until("answer", () -> pair.peer().read().text().equals("bye"));
    assertEquals(CloseReason.END_OF_STREAM, handler.cause.reason());
  }

  @Test
  void end_whilePausedAndOwnEndIsSent_waitsForTheProgram() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadComplete =
        connection -> {
          connection.end();
          connection.pauseReading();
        };
    Pair pair = pair(handler);
    pair.peer().write("x");
    pair.peer().shutdown();
    until("end", () -> pair.peer().read().isEnded());
    quiet();
    assertEquals(List.of("opened", "received", "readComplete"), handler.log);
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals(
        List.of("opened", "received", "readComplete", "readClosed", "closed"), handler.log);
  }

  @Test
  void echo_oneByte_comesBack() throws Exception {
    Pair pair = pair(Recorder.echo());
    pair.peer().write("x");
    until("echo", () -> pair.peer().read().size() == 1);
    assertEquals("x", pair.peer().text());
    assertEquals(List.of("opened", "received", "readComplete"), pair.handler().log);
  }

  @Test
  void echo_manyMessages_comeBackInOrder() throws Exception {
    Pair pair = pair(Recorder.echo());
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String message = "message " + i + ";";
      sent.append(message);
      pair.peer().write(message);
      if (i % 3 == 0) {
        turn();
      }
    }
    until("echo", () -> pair.peer().read().size() == sent.length());
    assertEquals(sent.toString(), pair.peer().text());
  }

  @Test
  void echo_moreThanAllBuffers_comesBackWhole() throws Exception {
    ConnectionOptions roomy =
        options.withLowWaterBytes(1 << 16).withHighWaterBytes(1 << 17).withMaxQueuedBytes(1 << 26);
    Pair pair = pair(Recorder.echo(), roomy);
    byte[] sent = random(3_000_000);
    int[] at = {0};
    until(
        "echo",
        () -> {
          int n = pair.peer().write(sent, at[0], sent.length - at[0]);
          at[0] += Math.max(n, 0);
          return at[0] == sent.length && pair.peer().read().size() == sent.length;
        });
    assertArrayEquals(sent, pair.peer().bytes());
    assertArrayEquals(sent, pair.handler().bytes.toByteArray());
  }

  @Test
  void dataWithEnd_together_isReceivedBeforeTheEnd() throws Exception {
    Pair pair = pair(new Recorder());
    pair.peer().write("last words");
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals("last words", pair.handler().text());
    assertEquals(
        List.of("opened", "received", "readComplete", "readClosed", "closed"), pair.handler().log);
    assertEquals(CloseReason.END_OF_STREAM, pair.handler().cause.reason());
  }

  @Test
  void dataWithClose_together_isReceivedBeforeTheEnd() throws Exception {
    Pair pair = pair(new Recorder(), options.withReadBytes(7).withReadsPerTurn(2));
    byte[] sent = random(5_000);
    assertEquals(sent.length, pair.peer().write(sent, 0, sent.length));
    pair.peer().close();
    untilClosed(pair);
    assertArrayEquals(sent, pair.handler().bytes.toByteArray());
    assertEquals(1, pair.handler().count("readClosed"));
  }

  @Test
  void endAlone_withoutData_isReadClosed() throws Exception {
    Pair pair = pair(new Recorder());
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals(List.of("opened", "readClosed", "closed"), pair.handler().log);
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded());
  }

  @Test
  void reset_afterData_dataIsReceivedFirst() throws Exception {
    Pair pair = pair(new Recorder());
    pair.peer().write("before the reset");
    quiet();
    pair.peer().reset();
    untilClosed(pair);
    assertEquals("before the reset", pair.handler().text());
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
    assertEquals(0, pair.handler().count("readClosed"));
  }

  @Test
  void handler_leavesBytes_getsThemAgainInFront() throws Exception {
    Recorder lines = new Recorder();
    lines.onReceived =
        (_, data) -> {
          if (data.remaining() >= 6) {
            lines.take(data, 6);
          }
        };
    Pair pair = pair(lines);
    pair.peer().write("abc");
    quiet();
    assertEquals("", lines.text());
    assertEquals(3, pair.connection().unreadBytes());
    pair.peer().write("defgh");
    quiet();
    assertEquals("abcdef", lines.text());
    assertEquals(2, pair.connection().unreadBytes());
  }

  @Test
  void handler_leavesAllItMay_andTheStreamEnds_isToldSo() throws Exception {
    Recorder hoarder = new Recorder();
    hoarder.onReceived = (_, _) -> {};
    Pair pair = pair(hoarder, options.withMaxUnreadBytes(8).withReadsPerTurn(4));
    pair.peer().write("12345678");
    quiet();
    assertEquals(8, pair.connection().unreadBytes());
    assertTrue(pair.connection().isOpen());
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals(1, hoarder.count("readClosed"));
    assertEquals(CloseReason.END_OF_STREAM, hoarder.cause.reason());
  }

  @Test
  void handler_leavesMoreThanItMay_isCutOff() throws Exception {
    Recorder hoarder = new Recorder();
    hoarder.onReceived = (_, _) -> {};
    Pair pair = pair(hoarder, options.withMaxUnreadBytes(8).withReadsPerTurn(4));
    pair.peer().write("123456789");
    untilClosed(pair);
    assertEquals(CloseReason.LIMIT, hoarder.cause.reason());
  }

  /** Beyond what is moved in front of the next read, and what the pool has. */
  @Test
  void handler_leavesMuch_getsItInOnePiece_withWhatCameSince() throws Exception {
    for (int message : new int[] {5_000, 20_000, 70_000, 300_000}) {
      Recorder one = new Recorder();
      one.onReceived =
          (_, data) -> {
            while (data.remaining() >= message) {
              one.take(data, message);
            }
          };
      Pair pair = pair(one, options.withReadBytes(3_000).withMaxUnreadBytes(message));
      byte[] sent = random(5 * message / 2);
      for (int from = 0; from < sent.length; from += 10_000) {
        assertEquals(
            Math.min(10_000, sent.length - from),
            pair.peer().write(sent, from, Math.min(10_000, sent.length - from)));
        quiet();
      }
      assertArrayEquals(Arrays.copyOf(sent, 2 * message), one.bytes.toByteArray());
      assertEquals(sent.length - 2 * message, pair.connection().unreadBytes());
      pair.connection().close();
      untilClosed(pair);
      assertEquals(0, LoopNet.of(loop).pool().usedCount());
    }
  }

  @Test
  void handler_lowersTheLimit_losesNothing() throws Exception {
    Recorder careless = new Recorder();
    careless.onReceived =
        (_, data) -> {
          int half = (data.remaining() + 1) / 2;
          var _ = data.limit(data.position() + half);
          careless.take(data);
        };
    Pair pair = pair(careless);
    pair.peer().write("abcd");
    quiet();
    pair.peer().write("efgh");
    quiet();
    assertEquals("abcdef".substring(0, careless.text().length()), careless.text());
    assertEquals(8, careless.text().length() + pair.connection().unreadBytes());
  }

  /** What one handler does to a buffer is nothing to the next. */
  @Test
  void orderOfABuffer_isThatOfANewOne_eachTime() throws Exception {
    List<ByteOrder> orders = new ArrayList<>();
    Recorder little = new Recorder();
    little.onReceived =
        (connection, data) -> {
          orders.add(data.order());
          var _ = data.order(ByteOrder.LITTLE_ENDIAN);
          orders.add(connection.beginWrite(100).order());
          var _ = connection.beginWrite(100).order(ByteOrder.LITTLE_ENDIAN);
          WriteResult _ = connection.endWrite();
          little.take(data, data.remaining() / 2);
        };
    Pair pair = pair(little, options.withMaxUnreadBytes(1 << 20));
    for (int size : new int[] {1, 100, 50_000, 50_000}) {
      pair.peer().write("x".repeat(size));
      quiet();
    }
    assertTrue(orders.size() >= 8);
    assertEquals(Set.of(ByteOrder.BIG_ENDIAN), Set.copyOf(orders));
    pair.connection().close();
    untilClosed(pair);
  }

  @Test
  void pause_whileDataArrives_receivesNothing_untilResumed() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().pauseReading();
    pair.peer().write("waiting");
    quiet();
    assertEquals("", pair.handler().text());
    assertTrue(pair.connection().isReadingPaused());
    pair.connection().resumeReading();
    quiet();
    assertEquals("waiting", pair.handler().text());
    assertFalse(pair.connection().isReadingPaused());
  }

  @Test
  void pause_withinReceived_stopsTheSameTurn() throws Exception {
    Recorder one = new Recorder();
    one.onReceived =
        (connection, data) -> {
          one.take(data);
          connection.pauseReading();
        };
    Pair pair = pair(one, options.withReadBytes(4).withReadsPerTurn(16));
    pair.peer().write("aaaabbbbcccc");
    quiet();
    assertEquals("aaaa", one.text());
    for (String soFar : List.of("aaaabbbb", "aaaabbbbcccc")) {
      pair.connection().resumeReading();
      quiet();
      assertEquals(soFar, one.text());
    }
  }

  @Test
  void pause_ofAnotherInTheSameBatch_holdsAtOnce() throws Exception {
    Recorder first = new Recorder();
    Recorder second = new Recorder();
    Pair a = pair(first);
    Pair b = pair(second);
    first.onReceived =
        (_, data) -> {
          first.take(data);
          b.connection().pauseReading();
        };
    second.onReceived =
        (_, data) -> {
          second.take(data);
          a.connection().pauseReading();
        };
    a.peer().write("x");
    b.peer().write("y");
    quiet();
    assertEquals(1, first.bytes.size() + second.bytes.size());
    a.connection().resumeReading();
    b.connection().resumeReading();
    quiet();
    assertEquals(2, first.bytes.size() + second.bytes.size());
  }

  @Test
  void resume_withLeftovers_givesThemFirst() throws Exception {
    Recorder slow = new Recorder();
    slow.onReceived =
        (connection, data) -> {
          slow.take(data, 2);
          connection.pauseReading();
        };
    Pair pair = pair(slow);
    pair.peer().write("abcde");
    quiet();
    assertEquals("ab", slow.text());
    assertEquals(3, pair.connection().unreadBytes());
    pair.peer().write("f");
    pair.connection().resumeReading();
    turn();
    assertEquals("abcd", slow.text());
    slow.onReceived = (_, data) -> slow.take(data);
    pair.connection().resumeReading();
    quiet();
    assertEquals("abcdef", slow.text());
    assertEquals(0, pair.connection().unreadBytes());
  }

  @Test
  void resume_withinReceived_givesWhatThatLeftAgain() throws Exception {
    Recorder slow = new Recorder();
    slow.onReceived =
        (connection, data) -> {
          slow.take(data, 2);
          connection.pauseReading();
          connection.resumeReading();
        };
    Pair pair = pair(slow);
    pair.peer().write("abcde");
    quiet();
    assertEquals("abcde", slow.text());
    assertEquals(3, slow.count("received"));
    long waits = probe.waits();
    quiet();
    assertTrue(probe.waits() - waits <= 8, "it spins");
  }

  @Test
  void resume_andClose_inOneBreath_receivesNothing() throws Exception {
    Recorder slow = new Recorder();
    slow.onReceived = (connection, data) -> connection.pauseReading();
    Pair pair = pair(slow);
    pair.peer().write("never read");
    quiet();
    pair.connection().resumeReading();
    pair.connection().close();
    untilClosed(pair);
    assertEquals(1, slow.count("received"));
  }

  @Test
  void end_whilePaused_isLearntAfterResume() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().pauseReading();
    pair.peer().write("late");
    pair.peer().shutdown();
    quiet();
    assertTrue(pair.handler().count("peerEnded") <= 1); // which an edge may tell, and a level not
    assertEquals(0, pair.handler().count("readClosed"));
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("late", pair.handler().text());
  }

  @Test
  void readBuffer_ofOneConnection_isNotTheOthers() throws Exception {
    Recorder keeper = new Recorder();
    keeper.onReceived = (_, data) -> {};
    Pair a = pair(keeper);
    Pair b = pair(new Recorder(), options.withReadBytes(1 << 18).withReadsPerTurn(4));
    a.peer().write("kept ");
    quiet();
    b.peer().write("other");
    quiet();
    keeper.onReceived = (_, data) -> keeper.take(data);
    a.peer().write("safe");
    quiet();
    assertEquals("kept safe", keeper.text());
    assertEquals("other", b.handler().text());
  }

  @Test
  void flood_ofOnePeer_leavesTurnsToTheOther() throws Exception {
    Recorder flooded = new Recorder();
    Pair a = pair(flooded, options.withReadBytes(64).withReadsPerTurn(4));
    Pair b = pair(new Recorder());
    int _ = a.peer().fill();
    b.peer().write("me too");
    for (int i = 0; i < 8 && b.handler().bytes.size() == 0; i++) {
      int _ = loop.runOnce(MILLI);
    }
    assertEquals("me too", b.handler().text());
    assertTrue(flooded.bytes.size() <= 9 * 4 * 64 * 2, "read " + flooded.bytes.size());
  }

  @Test
  void zeroBytes_written_sendNothing() throws Exception {
    Pair pair = pair(new Recorder());
    long before = probe.count("send") + probe.count("writev");
    assertTrue(pair.connection().write(ByteBuffer.allocate(0)).goesOn());
    quiet();
    assertEquals(before, probe.count("send") + probe.count("writev"));
    assertEquals(0, pair.connection().queuedBytes());
  }

  /** It need not have been paused for that: what was left is given again when it is asked for. */
  @Test
  void resume_withoutAPause_givesWhatWasLeftAgain() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 1);
          connection.resumeReading(); // here it would be for ever
        };
    handler.onReadClosed = Connection::resumeReading;
    Pair pair = pair(handler);
    pair.peer().write("abcd");
    quiet();
    assertEquals("a", handler.text());
    pair.connection().resumeReading();
    quiet();
    assertEquals("ab", handler.text());
    pair.peer().shutdown();
    until("the end", () -> handler.text().equals("abc"));
    quiet();
    assertEquals("abc", handler.text());
    pair.connection().close();
    untilClosed(pair);
    handler.violations.clear(); // it was given bytes after the end, as it had asked
  }
}
