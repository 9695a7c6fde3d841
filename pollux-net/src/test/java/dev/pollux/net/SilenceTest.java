package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What counts as silence, and what does not; on both kernels. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class SilenceTest extends ClockedCase {

  private static final Duration ONE = Duration.ofSeconds(1);
  private static final int LARGE = 1 << 23; // more than the kernels hold

  private static Recorder patient() {
    Recorder handler = new Recorder();
    handler.onIdle = _ -> {};
    return handler;
  }

  // ---- what moves is not silent

  /**
   * A download of 5 s, in which nothing arrives here, and for some of the time nothing is taken.
   */
  @Test
  void download_thatMoves_isNeverIdle() throws Exception {
    Recorder handler = patient();
    Pair pair = pair(handler, options.withAllIdle(ONE).withWriteStall(ONE));
    byte[] all = random(LARGE);
    // What lies in the peer's own kernel is with the peer, for all that can be known here.
    Sockets.setOption(sys, pair.peer().fd(), Linux.SOL_SOCKET, Linux.SO_RCVBUF, 1 << 16);
    WriteResult _ = pair.connection().write(ByteBuffer.wrap(all));
    pass(5 * SECOND, () -> pair.peer().read(LARGE / 100));
    pair.connection().close();
    untilPeerIsOver(pair.peer());
    assertEquals(List.of(), handler.silences);
    assertArrayEquals(all, pair.peer().bytes());
    assertTrue(pair.peer().isEnded());
  }

  /** The peer has ended its half: that nothing arrives says nothing. */
  @Test
  void halfClosedPeer_getsTheWholeAnswer() throws Exception {
    Recorder handler = patient();
    handler.onReadClosed = _ -> {};
    Pair pair = pair(handler, options.withAllIdle(ONE).withReadIdle(ONE));
    pair.peer().write("question");
    pair.peer().shutdown();
    until("its end", () -> handler.count("readClosed") == 1);
    for (int i = 0; i < 25; i++) {
      WriteResult _ = pair.connection().write(ByteBuffer.allocate(1000));
      pass(100 * MILLI);
    }
    pair.connection().end();
    untilPeerIsOver(pair.peer());
    assertEquals(List.of(), handler.silences);
    assertEquals(25_000, pair.peer().size());
    assertTrue(pair.peer().isEnded());
  }

  // ---- nobody listens

  @Test
  void afterAPause_silenceCountsAnew() throws Exception {
    Recorder handler = patient();
    Pair pair = pair(handler, options.withReadIdle(ONE).withAllIdle(ONE));
    pair.connection().pauseReading();
    pass(1_900 * MILLI);
    assertEquals(List.of(), handler.silences);
    pair.connection().resumeReading();
    pass(950 * MILLI);
    assertEquals(List.of(), handler.silences);
    pass(100 * MILLI);
    assertEquals(List.of(Silence.ALL, Silence.READ), handler.silences);
  }

  // ---- who is silent

  @Test
  void deafPeer_isGivenUp() throws Exception {
    Recorder handler = Recorder.echo();
    handler.onIdle = null; // what is done by default
    handler.onReceived =
        (connection, data) -> {
          if (!connection.write(data).goesOn()) {
            connection.pauseReading();
          }
        };
    handler.onWritable = Connection::resumeReading;
    Pair pair = pair(handler, options.withWriteStall(ONE));
    for (int quiet = 0; quiet < 10; ) {
      quiet = pair.peer().fill() > 0 ? 0 : quiet + 1;
      turn();
    }
    assertTrue(pair.connection().isReadingPaused());
    pass(900 * MILLI);
    assertFalse(handler.isClosed());
    pass(500 * MILLI);
    assertEquals(CloseReason.STALLED, handler.cause.reason());
    assertEquals(List.of(Silence.WRITE), handler.silences);
  }

  /** Nothing of it is queued here any more, and nothing of it has arrived. */
  @Test
  void deafPeer_withAllOfItInTheKernel_isGivenUp() throws Exception {
    Recorder handler = new Recorder();
    handler.onIdle = null;
    Pair pair = pair(handler, options.withWriteStall(ONE).withMaxQueuedBytes(1));
    while (pair.connection().write(ByteBuffer.allocate(1000)) != WriteResult.FULL) {
      turn();
    }
    until(
        "all of it is with the kernel",
        () -> pair.connection().queuedBytes() == 0 || pair.peer().read(10_000) < 0);
    quiet();
    pass(900 * MILLI);
    assertFalse(handler.isClosed());
    pass(1_500 * MILLI);
    assertEquals(CloseReason.STALLED, handler.cause.reason());
  }

  @Test
  void readIdle_byDefault_onlyTells() throws Exception {
    Recorder handler = new Recorder();
    handler.onIdle = null;
    Pair pair = pair(handler, options.withReadIdle(ONE));
    pass(3_500 * MILLI);
    assertEquals(List.of(Silence.READ, Silence.READ, Silence.READ), handler.silences);
    assertTrue(pair.connection().isOpen());
  }

  /** The peer must not take a part of the answer for all of it. */
  @Test
  void allIdle_inAnAnswer_isAReset() throws Exception {
    Recorder handler = new Recorder();
    handler.onIdle = null;
    Pair pair = pair(handler, options.withAllIdle(ONE));
    WriteResult _ = pair.connection().write(ascii("half of "));
    until("that half", () -> pair.peer().read().size() == 8);
    pass(950 * MILLI);
    assertFalse(handler.isClosed());
    pass(100 * MILLI);
    assertEquals(CloseReason.IDLE, handler.cause.reason());
    untilPeerIsOver(pair.peer());
    assertEquals(Errno.ECONNRESET, pair.peer().errno());
  }

  @Test
  void idle_thatClosesInOrder_isACleanEnd() throws Exception {
    Recorder handler = new Recorder();
    CloseCause enough = CloseCause.of(CloseReason.IDLE, "enough");
    handler.onIdle = connection -> connection.close(enough);
    Pair pair = pair(handler, options.withAllIdle(ONE));
    pass(1_100 * MILLI);
    untilPeerIsOver(pair.peer());
    assertTrue(pair.peer().isEnded());
    assertEquals(enough, handler.cause);
  }

  /** Nobody said anything of times: a server's connections have an end, a client's have none. */
  @Test
  void silentPeer_ofAServer_isGivenUpAfterTenMinutes() throws Exception {
    Recorder handler = new Recorder();
    handler.onIdle = null;
    Recorder client = new Recorder();
    client.onReadClosed = _ -> {};
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    Server server = track(Server.open(loop, like, _ -> track(handler)));
    Connection connected = Connection.connect(loop, server.address(), 0, options, track(client));
    until("opened", () -> handler.count("opened") == 1 && client.count("opened") == 1);
    assertEquals(Duration.ZERO, connected.options().allIdle());
    leap(599 * SECOND);
    pass(950 * MILLI);
    assertFalse(handler.isClosed());
    pass(15_100 * MILLI); // a server's rounds
    assertEquals(CloseReason.IDLE, handler.cause.reason());
    until("the reset", client::isClosed);
    assertEquals(CloseReason.RESET, client.cause.reason());
  }
}
