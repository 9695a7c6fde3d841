package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection ends: half and half, in order, at once, by a reset; and what the peer sees. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class ConnectionEndTest extends NetCase {

  private static final ConnectionOptions ROOMY =
      ConnectionOptions.DEFAULT
          .withLowWaterBytes(1 << 14)
          .withHighWaterBytes(1 << 16)
          .withMaxQueuedBytes(1 << 25);

  private ConnectionOptions roomy() {
    return ROOMY.withTrigger(setup.trigger());
  }

  @Test
  void end_thenReads_goOn() throws Exception {
    Pair pair = pair(new Recorder());
    WriteResult _ = pair.connection().write(ascii("question"));
    pair.connection().end();
    assertFalse(pair.connection().write(ascii("dropped")).goesOn());
    untilPeerIsOver(pair.peer());
    assertEquals("question", pair.peer().text());
    assertTrue(pair.peer().isEnded());
    assertTrue(pair.connection().isOpen());
    pair.peer().write("answer");
    quiet();
    assertEquals("answer", pair.handler().text());
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals(CloseReason.END_OF_STREAM, pair.handler().cause.reason());
    assertEquals(1, pair.handler().count("readClosed"));
  }

  @Test
  void peerEnds_thenWrites_goOn() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadClosed = _ -> {};
    Pair pair = pair(handler);
    pair.peer().write("question");
    pair.peer().shutdown();
    quiet();
    assertEquals(1, handler.count("readClosed"));
    assertTrue(pair.connection().isOpen());
    WriteResult _ = pair.connection().write(ascii("long after"));
    quiet();
    assertEquals("long after", pair.peer().read().text());
    assertFalse(pair.peer().isEnded());
    pair.connection().end();
    untilClosed(pair);
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded());
    assertEquals(CloseReason.END_OF_STREAM, handler.cause.reason());
  }

  @Test
  void peerEnds_andHandlerStaysOpen_doesNotSpin() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadClosed = _ -> {};
    Pair pair = pair(handler);
    pair.peer().shutdown();
    quiet(); // which would never be, if the end were reported again and again
    assertEquals(1, handler.count("readClosed"));
    pair.connection().reset();
    turn();
  }

  @Test
  void answerWrittenInReadClosed_isSent() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadClosed =
        connection -> {
          WriteResult _ = connection.write(ascii("got " + handler.text()));
          connection.close();
        };
    Pair pair = pair(handler);
    pair.peer().write("all");
    pair.peer().shutdown();
    untilPeerIsOver(pair.peer());
    assertEquals("got all", pair.peer().text());
    untilClosed(pair);
  }

  @Test
  void close_withQueuedData_deliversAll_thenTheEnd() throws Exception {
    Pair pair = pair(new Recorder(), roomy());
    byte[] sent = random(1 << 23);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent));
    pair.connection().close();
    assertFalse(pair.connection().isOpen());
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded(), "errno " + pair.peer().errno());
    assertArrayEquals(sent, pair.peer().bytes());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, pair.handler().cause.reason());
    assertEquals(0, pair.handler().lostBytes);
    assertEquals(List.of("opened", "closed"), withoutWritable(pair.handler()));
  }

  @Test
  void close_withUnreadInput_peerSeesAllAndTheEnd_notAReset() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler, roomy());
    pair.connection().pauseReading();
    int unread = pair.peer().fill();
    assertTrue(unread > 0);
    byte[] sent = random(1 << 22);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent));
    pair.connection().close();
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded(), "errno " + pair.peer().errno());
    assertArrayEquals(sent, pair.peer().bytes());
    untilClosed(pair);
    assertEquals(0, handler.count("received"));
  }

  @Test
  void close_whileThePeerKeepsSending_peerSeesAll() throws Exception {
    Pair pair = pair(new Recorder(), roomy());
    byte[] sent = random(1 << 21);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent));
    pair.connection().close();
    until(
        "all",
        () -> {
          int _ = pair.peer().write(new byte[1000], 0, 1000);
          return pair.peer().read().isOver();
        });
    assertArrayEquals(sent, pair.peer().bytes());
    untilClosed(pair);
  }

  @Test
  void close_withLeftoversUpToTheLimit_deliversWhatIsQueued() throws Exception {
    Recorder hoarder = new Recorder();
    hoarder.onReceived = (_, _) -> {};
    Pair pair = pair(hoarder, roomy().withMaxUnreadBytes(8).withReadsPerTurn(4));
    pair.peer().write("12345678");
    quiet();
    assertEquals(8, pair.connection().unreadBytes());
    byte[] sent = random(1 << 22);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(sent));
    pair.connection().close();
    pair.peer().write("more");
    untilPeerIsOver(pair.peer());
    assertArrayEquals(sent, pair.peer().bytes());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, hoarder.cause.reason());
  }

  @Test
  void close_forAReason_keepsItThoughThePeerResets() throws Exception {
    CloseCause reason = CloseCause.of(CloseReason.PROTOCOL, "no such verb");
    Pair pair = pair(new Recorder(), roomy());
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    pair.connection().close(reason);
    turn();
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(reason, pair.handler().cause);
    assertTrue(pair.handler().lostBytes > 0);
  }

  @Test
  void close_forAReason_keepsItThoughTheDeadlineComes() throws Exception {
    CloseCause reason = CloseCause.of(CloseReason.PROTOCOL, "no such verb");
    Pair pair = pair(new Recorder(), roomy().withCloseTotal(Duration.ofMillis(20)));
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    pair.connection().close(reason);
    untilClosed(pair);
    assertEquals(reason, pair.handler().cause);
    assertTrue(pair.handler().lostBytes > 0);
  }

  @Test
  void close_withoutAReason_whenThePeerResets_isAReset() throws Exception {
    Pair pair = pair(new Recorder(), roomy());
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    pair.connection().close();
    turn();
    pair.peer().reset();
    untilClosed(pair);
    assertEquals(CloseReason.RESET, pair.handler().cause.reason());
  }

  @Test
  void close_withNothingOnItsWay_isOverInThatTurn() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    pair.connection().close();
    turn();
    assertTrue(pair.handler().isClosed());
    assertEquals(CloseReason.CLOSED, pair.handler().cause.reason());
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded());
  }

  @Test
  void close_twice_orAfterTheEnd_isOne() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().close();
    pair.connection().close();
    untilClosed(pair);
    pair.connection().close();
    pair.connection().reset();
    pair.connection().reset();
    pair.connection().end();
    pair.connection().finish();
    pair.connection().pauseReading();
    pair.connection().resumeReading();
    quiet();
    assertEquals(List.of("opened", "closed"), pair.handler().log);
  }

  @Test
  void reset_withQueuedData_losesItAndSaysSo() throws Exception {
    Pair pair = pair(new Recorder(), roomy());
    WriteResult _ = pair.connection().write(ByteBuffer.allocate(1 << 23));
    quiet();
    int queued = pair.connection().queuedBytes();
    assertTrue(queued > 0);
    pair.connection().reset();
    assertTrue(pair.connection().isClosed());
    assertEquals(0, pair.handler().count("closed")); // in the closing phase
    turn();
    assertEquals(CloseReason.CUT_OFF, pair.handler().cause.reason());
    assertEquals(queued, pair.handler().lostBytes);
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno()); // it must not take a part for the whole
  }

  @Test
  void handlerThatThrows_isSeenByThePeerAsAReset() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler);
    pair.connection().channel().failed(new IllegalStateException("on purpose"));
    turn();
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
    assertEquals(CloseReason.HANDLER_FAILED, handler.cause.reason());
  }

  @Test
  void closed_isCalledAfterTheDescriptorWasClosed() throws Exception {
    Recorder handler = new Recorder();
    handler.onClosed =
        connection -> {
          if (openDescriptors().containsKey(connection.fd())) {
            handler.violations.add("still open");
          }
          if (connection.write(ascii("x")).goesOn() || connection.isWritable()) {
            handler.violations.add("still writable");
          }
        };
    Pair pair = pair(handler);
    pair.connection().reset();
    turn();
    assertTrue(handler.isClosed());
  }

  @Test
  void afterTheEnd_socketCalls_doNotReachWhoHasTheNumberNow() throws Exception {
    Pair pair = pair(new Recorder());
    SocketAddress remote = pair.connection().remoteAddress();
    pair.connection().reset();
    turn();
    Pair next = pair(new Recorder());
    assertEquals(remote, pair.connection().remoteAddress()); // known from before
    SysException gone = assertThrows(SysException.class, () -> pair.connection().localAddress());
    assertEquals(Errno.EBADF, gone.errno());
    assertThrows(SysException.class, () -> pair.connection().setOption(1, 2, 3));
    assertEquals(next.connection().localAddress(), next.connection().localAddress());
  }

  @Test
  void reset_isSeenByThePeerAsSuch() throws Exception {
    Pair pair = pair(new Recorder());
    pair.connection().reset();
    turn();
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
    assertEquals(CloseReason.CUT_OFF, pair.handler().cause.reason());
  }

  @Test
  void finish_receivesWhatHasArrived_thenCloses() throws Exception {
    Recorder handler = Recorder.echo();
    Pair pair = pair(handler, options.withReadBytes(16).withReadsPerTurn(2));
    byte[] sent = random(1000);
    assertEquals(1000, pair.peer().write(sent, 0, sent.length));
    pair.connection().finish();
    untilPeerIsOver(pair.peer());
    assertArrayEquals(sent, pair.peer().bytes());
    assertTrue(pair.peer().isEnded());
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void finish_withNothingThere_closes() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    pair.connection().finish();
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, pair.handler().cause.reason());
    assertEquals(List.of("opened", "finishing", "closed"), pair.handler().log);
  }

  @Test
  void finish_whilePaused_waitsForResume() throws Exception {
    Pair pair = pair(Recorder.echo());
    pair.connection().pauseReading();
    pair.peer().write("late");
    pair.connection().finish();
    quiet();
    assertTrue(pair.connection().isOpen());
    pair.connection().resumeReading();
    untilPeerIsOver(pair.peer());
    assertEquals("late", pair.peer().text());
    untilClosed(pair);
  }

  @Test
  void finish_whileBytesAreToBeGivenAgain_waitsForThat() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 1);
          connection.pauseReading();
        };
    handler.onReadComplete = Connection::resumeReading;
    Pair pair = pair(handler);
    pair.peer().write("one by one");
    pair.connection().finish();
    untilClosed(pair);
    assertEquals("one by one", handler.text());
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
  }

  @Test
  void finish_whilePaused_afterThePeerEnded_tellsOfThatFirst() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadComplete = Connection::pauseReading;
    Pair pair = pair(handler);
    pair.peer().write("all");
    pair.peer().shutdown();
    quiet();
    pair.connection().finish();
    quiet();
    assertTrue(pair.connection().isOpen());
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals(1, handler.count("readClosed"));
    assertEquals("all", handler.text());
  }

  @Test
  void finish_receivesTheEndThatHasArrived() throws Exception {
    Recorder handler = new Recorder();
    handler.onReadClosed =
        connection -> {
          WriteResult _ = connection.write(ascii("got " + handler.text()));
          connection.close();
        };
    Pair pair = pair(handler);
    pair.peer().write("all");
    pair.peer().shutdown();
    pair.connection().finish();
    untilPeerIsOver(pair.peer());
    assertEquals("got all", pair.peer().text());
    untilClosed(pair);
  }

  @Test
  void handlerClosesAnother_ofTheSameBatch_whichHearsNothingMore() throws Exception {
    Recorder first = new Recorder();
    Recorder second = new Recorder();
    Pair a = pair(first);
    Pair b = pair(second);
    first.onReceived =
        (_, data) -> {
          first.take(data);
          b.connection().reset();
        };
    second.onReceived =
        (_, data) -> {
          second.take(data);
          a.connection().reset();
        };
    a.peer().write("x");
    b.peer().write("y");
    until("one of them closed", () -> first.isClosed() || second.isClosed());
    assertEquals(1, first.count("received") + second.count("received"));
    assertTrue(first.isClosed() != second.isClosed());
  }

  @Test
  void numberReused_inTheSameTurn_isAnotherConnection() throws Exception {
    Pair old = pair(new Recorder());
    old.peer().write("for the old one");
    old.connection().reset();
    turn();
    Pair next = pair(new Recorder());
    quiet();
    assertEquals("", next.handler().text());
    next.peer().write("for the new one");
    quiet();
    assertEquals("for the new one", next.handler().text());
    assertTrue(next.connection().isOpen());
  }

  @Test
  void loopClosed_tellsEveryConnection() throws Exception {
    Pair open = pair(new Recorder(), roomy());
    Pair closing = pair(new Recorder(), roomy());
    Pair gone = pair(new Recorder());
    WriteResult _ = open.connection().write(ByteBuffer.allocate(1 << 23));
    WriteResult _ = closing.connection().write(ByteBuffer.allocate(1 << 23));
    closing.connection().close();
    turn();
    gone.connection().reset();
    loop.close();
    assertEquals(CloseReason.CUT_OFF, open.handler().cause.reason());
    assertTrue(open.handler().lostBytes > 0);
    assertEquals(CloseReason.CUT_OFF, closing.handler().cause.reason());
    assertTrue(gone.handler().isClosed());
  }

  @Test
  void reconnect_whileTheLoopCloses_isRefused() throws Exception {
    Recorder handler = new Recorder();
    Recorder never = new Recorder();
    Pair pair = pair(handler);
    SocketAddress there = pair.connection().localAddress();
    Class<?>[] thrown = {null};
    handler.onClosed =
        _ -> {
          try {
            Connection _ = Connection.connect(loop, there, 0, options, never);
          } catch (IllegalStateException | SysException e) {
            thrown[0] = e.getClass();
          }
        };
    loop.close();
    assertTrue(thrown[0] != null);
    assertEquals(List.of(), never.log);
  }

  private static List<String> withoutWritable(Recorder handler) {
    return handler.log.stream().filter(callback -> !callback.equals("writable")).toList();
  }
}
