package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A descriptor that goes from loop to loop with all that belongs to it. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class DetachTest extends NetCase {

  private final List<Detached> taken = new ArrayList<>();
  private EventLoop other;

  @BeforeEach
  void openOther() throws SysException {
    LoopOptions like =
        LoopOptions.DEFAULT.withBackend(setup.backend()).withStrictEdges(setup.strict());
    other = EventLoop.open(probe.sys(), like);
  }

  @AfterEach
  void closeOther() throws SysException {
    int _ = other.runOnce(0);
    assertEquals(0, LoopNet.of(other).pool().usedCount(), "chunks in use");
    assertEquals(0, Inside.timerCount(other), "timers that wait");
    other.close();
  }

  /** Turns both loops until it is so. */
  private void untilOnBoth(String what, BooleanSupplier condition) throws SysException {
    until(
        what,
        () -> {
          try {
            int _ = other.runOnce(0);
          } catch (SysException e) {
            throw new UncheckedIOException(e);
          }
          return condition.getAsBoolean();
        });
  }

  // ---- the end of the stream

  @Test
  void end_beforeIt_isSent_andKnownToTheNext() throws Exception {
    for (boolean within : new boolean[] {true, false}) {
      taken.clear();
      Recorder old = new Recorder();
      old.onReceived =
          (connection, data) -> {
            old.take(data, 3);
            if (within) {
              connection.end();
              connection.detach(taken::add);
            }
          };
      Pair pair = pair(old);
      pair.peer().write("oldnew");
      until("received", () -> old.text().equals("old"));
      if (!within) {
        pair.connection().end();
        pair.connection().detach(taken::add);
      }
      untilClosed(pair);
      untilPeerIsOver(pair.peer());
      assertTrue(taken.getFirst().outputEnded());
      assertThrows(
          IllegalArgumentException.class,
          () ->
              taken
                  .getFirst()
                  .adopt(other, options, Tls.server(TlsKeys.localhost().identity()), old));
      Recorder next = track(new Recorder());
      Connection connection = taken.getFirst().adopt(other, options, next);
      assertFalse(connection.isWritable());
      assertEquals(WriteResult.CLOSED, connection.write(ascii("late")));
      untilOnBoth("rest", () -> next.text().equals("new"));
      pair.peer().shutdown();
      untilOnBoth("closed", next::isClosed);
      assertEquals(CloseReason.END_OF_STREAM, next.cause.reason());
    }
  }

  @Test
  void withoutAnEnd_theNextWrites() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    pair.connection().detach(taken::add);
    untilClosed(pair);
    assertFalse(taken.getFirst().outputEnded());
    Recorder next = track(new Recorder());
    Connection connection = taken.getFirst().adopt(other, options, next);
    assertEquals(WriteResult.SENT, connection.write(ascii("hello")));
    until("hello", () -> pair.peer().read().text().equals("hello"));
    pair.peer().close();
    untilOnBoth("closed", next::isClosed);
  }

  /** What the kernel says once goes with the descriptor: a reset is no end for the next either. */
  @Test
  void failureKnownBefore_isKnownToTheNext() throws Exception {
    Recorder old = new Recorder();
    old.onReceived = (_, data) -> old.take(data, 3);
    Pair pair = pair(old);
    pair.peer().write("oldnew");
    until("received", () -> old.text().equals("old"));
    pair.connection().pauseReading();
    pair.peer().reset();
    untilBroken(pair.connection());
    assertTrue(pair.connection().isOpen(), "what is unread is still wanted");
    pair.connection().detach(taken::add);
    untilClosed(pair);
    CloseCause failure = taken.getFirst().failure();
    assertEquals(CloseReason.RESET, failure.reason());
    assertFalse(taken.getFirst().outputEnded(), "nobody ended");
    Recorder next = track(new Recorder());
    Connection connection = taken.getFirst().adopt(other, options, next);
    assertFalse(connection.isWritable(), "without asking the kernel, which says it no more");
    untilOnBoth("closed", next::isClosed);
    assertEquals("new", next.text());
    assertEquals(CloseReason.RESET, next.cause.reason());
    assertEquals(0, next.count("readClosed"));
  }

  /** Writes until the kernel refuses. */
  private void untilBroken(Connection connection) throws SysException {
    until("broken", () -> connection.write(ascii("x")) == WriteResult.CLOSED);
  }

  /** Nothing is done to a connection that is being closed, whatever it still has to send. */
  @Test
  void closing_isLeftAlone() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    byte[] much = random(8 << 20);
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.wrap(much)));
    pair.connection().close();
    pair.connection().detach(taken::add);
    untilPeerIsOver(pair.peer());
    assertArrayEquals(much, pair.peer().bytes());
    pair.peer().close();
    untilClosed(pair);
    assertEquals(CloseReason.CLOSED, pair.handler().cause.reason());
    pair.connection().detach(taken::add);
    turn();
    assertEquals(List.of(), taken);
  }

  /** It throws, and the end that was asked for comes after the queue. */
  @Test
  void queued_isRefused_andNothingWasDone() throws Exception {
    Pair pair = pair(new Recorder());
    quiet();
    byte[] much = random(8 << 20);
    assertEquals(WriteResult.FULL, pair.connection().write(ByteBuffer.wrap(much)));
    pair.connection().end();
    assertThrows(IllegalStateException.class, () -> pair.connection().detach(taken::add));
    untilPeerIsOver(pair.peer());
    assertArrayEquals(much, pair.peer().bytes());
    pair.peer().shutdown();
    untilClosed(pair);
    assertEquals(CloseReason.END_OF_STREAM, pair.handler().cause.reason());
    assertEquals(List.of(), taken);
  }

  // ---- what is unread

  /** More than the next one reads at once is given in one piece all the same. */
  @Test
  void unread_isGivenFirst_inATurnOfTheNext() throws Exception {
    Recorder old = new Recorder();
    old.onReceived = (_, _) -> {};
    Pair pair = pair(old);
    pair.peer().write("x".repeat(5_000));
    until("arrived", () -> pair.connection().unreadBytes() == 5_000);
    pair.connection().detach(taken::add);
    untilClosed(pair);
    pair.peer().write("behind it");
    Recorder next = track(new Recorder());
    next.onOpened = Connection::pauseReading;
    Connection connection = taken.getFirst().adopt(other, options.withReadBytes(16), next);
    untilOnBoth("a turn", () -> true);
    assertEquals(List.of("opened"), next.log);
    assertEquals(5_000, connection.unreadBytes());
    connection.resumeReading();
    untilOnBoth("all", () -> next.bytes.size() == 5_009);
    assertEquals("x".repeat(5_000) + "behind it", next.text());
    pair.peer().close();
    untilOnBoth("closed", next::isClosed);
  }

  /** Answers a byte at a time; now and then, when an answer has left, moves to the other loop. */
  private final class Mover implements ConnectionHandler {
    private final EventLoop to;
    private final Random dice;
    private final int[] moves;

    Mover(EventLoop to, Random dice, int[] moves) {
      this.to = to;
      this.dice = dice;
      this.moves = moves;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      while (data.hasRemaining()) {
        WriteResult _ = connection.write(ByteBuffer.wrap(new byte[] {data.get()}));
        if (dice.nextInt(200) == 0) {
          connection.pauseReading();
          connection.whenSent((sent, _) -> sent.detach(this::move));
          return;
        }
      }
    }

    private void move(Detached away) {
      moves[0]++;
      EventLoop from = to.equals(other) ? loop : other;
      try {
        Connection _ = away.adopt(to, options, new Mover(from, dice, moves));
      } catch (SysException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void readClosed(Connection connection) {
      connection.close();
    }
  }

  @Test
  void pipelinedTraffic_movesBetweenTwoLoops_andNothingIsLost() throws Exception {
    byte[] sent = random(20_000);
    int[] moves = {0};
    Random dice = new Random(5);
    int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Raw peer = raw(fds[1]);
    Connection _ = Connection.adopt(loop, fds[0], options, new Mover(other, dice, moves));
    int at = 0;
    while (at < sent.length) {
      int count = Math.min(1 + dice.nextInt(3_000), sent.length - at);
      at += Math.max(0, peer.write(sent, at, count));
      Raw _ = peer.read();
      untilOnBoth("a turn", () -> true);
    }
    peer.shutdown();
    untilOnBoth("the end", () -> peer.read().isOver());
    assertArrayEquals(sent, peer.bytes());
    assertTrue(moves[0] > 20, moves[0] + " moves");
  }

  /** A header in plain, and behind it in the same segment a handshake, for another loop. */
  @Test
  void header_thenTls_onTheOtherLoop() throws Exception {
    Recorder server = track(Recorder.echo());
    Recorder client = track(new Recorder());
    client.onAttached =
        connection -> {
          WriteResult _ = connection.write(ascii("hello"));
        };
    ConnectionHandler header =
        (connection, data) -> {
          if (data.remaining() > 100) { // the beginning of a handshake is there, too
            var _ = data.position(data.position() + 7);
            connection.detach(taken::add);
          }
        };
    int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    Connection asking = Connection.adopt(loop, fds[1], options, (_, _) -> {});
    WriteResult _ = asking.write(ascii("HEADER\n"));
    asking.startTls(Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443), client);
    turn();
    Connection _ = Connection.adopt(loop, fds[0], options, header);
    until("detached", () -> !taken.isEmpty());
    assertTrue(taken.getFirst().unread().hasRemaining());
    Tls tls = Tls.server(TlsKeys.localhost().identity());
    int _ = other.runOnce(0); // its clock has stood still while keys were made
    Connection _ = taken.getFirst().adopt(other, options, tls, server);
    untilOnBoth("echo", () -> client.text().equals("hello"));
    asking.close();
    untilOnBoth("closed", () -> client.isClosed() && server.isClosed());
  }

  /** All of it is still the caller's, who may try again. */
  @Test
  void adopt_thatFails_takesNothing() throws Exception {
    Recorder old = new Recorder();
    old.onReceived = (_, _) -> {};
    Pair pair = pair(old);
    pair.peer().write("left");
    until("arrived", () -> pair.connection().unreadBytes() == 4);
    pair.connection().detach(taken::add);
    untilClosed(pair);
    Detached away = taken.getFirst();
    Recorder next = track(new Recorder());
    LoopNet.of(other)
        .pool()
        .takeFrom((_, _) -> {
          throw new OutOfMemoryError("made up");
        });
    assertThrows(OutOfMemoryError.class, () -> away.adopt(other, options, next));
    LoopNet.of(other).pool().takeFrom(Slab::new);
    assertEquals(List.of(), next.log);
    assertEquals(4, away.unread().remaining());
    Connection _ = away.adopt(other, options, next);
    untilOnBoth("left", () -> next.text().equals("left"));
    pair.peer().close();
    untilOnBoth("closed", next::isClosed);
  }
}
