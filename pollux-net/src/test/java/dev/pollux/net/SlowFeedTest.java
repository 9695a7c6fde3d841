package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A little is sent now and then, which the kernel takes as long as it has room: that alone says
 * nothing of the peer. On both kernels.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class SlowFeedTest extends ClockedCase {

  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration STALL = Duration.ofSeconds(8);
  private static final int BEAT_BYTES = 20;
  private static final int PEER_BYTES = 1 << 16; // with fewer, Linux probes, which takes its time

  /** A handler that sends a little at each heartbeat, and does what is done by default. */
  static Recorder beating() {
    Recorder handler = new Recorder();
    handler.onIdle = null;
    handler.onHeartbeat =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.allocate(BEAT_BYTES));
        };
    return handler;
  }

  private ConnectionOptions beats() {
    return options.withHeartbeat(BEAT).withWriteStall(STALL);
  }

  /** How much the connection's kernel has that the peer's has not. */
  private int underWay(Connection connection) {
    LoopNet local = LoopNet.of(loop);
    return local.ioctl(sys, connection.fd(), Linux.TIOCOUTQ);
  }

  /** Sends until the peer has no more room, and its own kernel still has much. */
  private void fill(Connection connection, Raw peer) throws SysException {
    Sockets.setOption(sys, peer.fd(), Linux.SOL_SOCKET, Linux.SO_RCVBUF, PEER_BYTES);
    while (underWay(connection) == 0) {
      assertEquals(WriteResult.SENT, connection.write(ByteBuffer.allocate(PEER_BYTES / 4)));
      quiet();
    }
    settle(connection);
  }

  /**
   * A real kernel acknowledges in its own time, up to 40 ms late, and not in that of the test; an
   * emulated one later still.
   */
  private void settle(Connection connection) {
    int known = underWay(connection);
    for (int same = 0; same < 2 * Deadline.SECONDS; same++) {
      LockSupport.parkNanos(5 * MILLI);
      int now = underWay(connection);
      same = now == known ? same : 0;
      known = now;
    }
  }

  private void assertGivenUp(Recorder handler, long lateNanos) throws SysException {
    pass(STALL.toNanos() - 100 * MILLI);
    assertFalse(handler.isClosed());
    pass(100 * MILLI + lateNanos);
    assertTrue(handler.isClosed(), "beats: " + handler.count("heartbeat"));
    assertEquals(CloseReason.STALLED, handler.cause.reason());
    assertTrue(handler.count("heartbeat") >= 7, handler.log.toString());
  }

  @Test
  void deafPeer_isGivenUp() throws Exception {
    Recorder handler = beating();
    Pair pair = pair(handler, beats());
    fill(pair.connection(), pair.peer());
    assertGivenUp(handler, STALL.toNanos() / 4 + 100 * MILLI); // until it was looked; two steps
  }

  @Test
  void deafPeer_ofAServer_isGivenUp() throws Exception {
    Recorder handler = beating();
    Connection[] accepted = {null};
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(beats());
    Server server =
        track(
            Server.open(
                loop,
                like,
                connection -> {
                  accepted[0] = connection;
                  return track(handler);
                }));
    Raw peer = connectRaw(server.address());
    until("opened", () -> handler.count("opened") == 1);
    fill(accepted[0], peer);
    assertGivenUp(handler, STALL.toNanos() / 2); // a server's rounds
  }

  @Test
  void peerThatReads_isNot() throws Exception {
    Recorder handler = beating();
    Pair pair = pair(handler, beats());
    pass(60 * SECOND, () -> pair.peer().read());
    assertEquals(List.of(), handler.silences);
    assertTrue(pair.peer().size() >= 58 * BEAT_BYTES, "" + pair.peer().size());
  }

  /** It is given more than it takes, so that more and more is on its way. */
  @Test
  void peerThatReadsLessThanItIsSent_isNot() throws Exception {
    Recorder handler = beating();
    Pair pair = pair(handler, beats());
    fill(pair.connection(), pair.peer());
    feed(handler, pair, PEER_BYTES);
  }

  /** A Unix socket counts its memory, which is more than the bytes in it. */
  @Test
  void unixPeerThatReadsLessThanItIsSent_isNot() throws Exception {
    Recorder handler = beating();
    feed(handler, unixPair(handler, beats()), BEAT_BYTES);
  }

  private void feed(Recorder handler, Pair pair, int bytes) throws SysException {
    Connection connection = pair.connection();
    Runnable each =
        () -> {
          for (int i = 0; i < 2; i++) {
            WriteResult _ = connection.write(ByteBuffer.allocate(bytes));
          }
          int _ = pair.peer().read(bytes);
        };
    pass(30 * SECOND, each);
    assertEquals(List.of(), handler.silences);
    assertTrue(underWay(connection) + connection.queuedBytes() > 100 * bytes, "it takes all");
  }
}
