package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some handler holds the loop for longer than the times of its connections: what their peers did
 * meanwhile lies in the sockets, and counts. On both kernels.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class HeldLoopTest extends ClockedCase {

  private static final Duration ONE = Duration.ofSeconds(1);
  private static final long HELD = 11 * SECOND; // longer than the 10 s of a handshake
  private static final int LAST_ROUND = 6; // by then the handshake is done
  private static final int IN_LINE = 5;

  @Test
  void silence_isNone() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = pair(handler, options.withAllIdle(ONE).withReadIdle(ONE));
    for (int i = 0; i < 3; i++) {
      pair.peer().write("said");
      leap(2 * SECOND);
      assertEquals(List.of(), handler.silences);
    }
    assertEquals("saidsaidsaid", handler.text());
    leap(2 * SECOND);
    assertTrue(handler.isClosed());
  }

  @Test
  void connect_thatIsDone_isNotTimedOut() throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    Recorder handler = track(new Recorder());
    Connection _ =
        Connection.connect(
            loop, Sockets.localAddress(sys, listener), ONE.toNanos(), options, handler);
    leap(2 * SECOND);
    until("opened or closed", () -> !handler.log.isEmpty());
    assertEquals(List.of("opened"), handler.log);
    int _ = sys.close(listener);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connector_thatIsDone_isNotTimedOut(boolean byName) throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    InetSocketAddress at = (InetSocketAddress) Sockets.localAddress(sys, listener);
    Recorder handler = track(new Recorder());
    List<CloseCause> failures = new ArrayList<>();
    Resolver known = (_, answer) -> answer.resolved(List.of(at.getAddress()));
    ConnectOptions to =
        byName
            ? ConnectOptions.to("somewhere", at.getPort()).withResolver(known)
            : ConnectOptions.to(at);
    Connector _ =
        Connector.connect(
            loop, to.withTimeout(ONE).withConnection(options), handler, failures::add);
    leap(2 * SECOND);
    until("opened or failed", () -> !handler.log.isEmpty() || !failures.isEmpty());
    assertEquals(List.of(), failures);
    assertEquals(List.of("opened"), handler.log);
    int _ = sys.close(listener);
  }

  /** An attempt that has failed meanwhile did fail, and was not out of time. */
  @Test
  void connector_thatIsRefused_isNotTimedOut() throws Exception {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    SocketAddress nobody = Sockets.localAddress(sys, listener);
    int _ = sys.close(listener);
    List<CloseCause> failures = new ArrayList<>();
    Connector _ =
        Connector.connect(
            loop, ConnectOptions.to(nobody).withTimeout(ONE), new Recorder(), failures::add);
    leap(2 * SECOND);
    until("failed", () -> !failures.isEmpty());
    assertEquals(Errno.ECONNREFUSED, failures.getFirst().errno());
  }

  /** What the peer has sent is read, and it has its time to answer. */
  @Test
  void handshake_goesOn() throws Exception {
    LoopOptions like = LoopOptions.DEFAULT;
    try (EventLoop clients = EventLoop.open(sys, like)) {
      for (int rounds = 0; rounds <= LAST_ROUND; rounds++) {
        shakeHands(clients, rounds, 1);
      }
    }
  }

  /** Their turns do not come while the loop is held: that is not the wait of a line. */
  @Test
  void handshakes_inLine_goOn() throws Exception {
    LoopOptions like = LoopOptions.DEFAULT;
    try (EventLoop clients = EventLoop.open(sys, like)) {
      for (int rounds = 0; rounds <= LAST_ROUND; rounds++) {
        shakeHands(clients, rounds, IN_LINE);
      }
    }
  }

  private void shakeHands(EventLoop clients, int rounds, int count) throws SysException {
    List<TlsNote> notes = new ArrayList<>();
    Server serving =
        serve(_ -> {
          notes.add(new TlsNote());
          return notes.getLast();
        });
    Tls asking =
        Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
            .withHandshakeStepsPerTurn(count);
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      notes.add(new TlsNote());
      connections.add(
          Connection.connect(
              clients, serving.address(), 0, ConnectionOptions.DEFAULT, asking, notes.getLast()));
    }
    turns(clients, rounds);
    for (int i = 0; i < 10; i++) { // the peer goes on, as far as it can alone
      int _ = clients.runOnce(0);
    }
    leap(HELD);
    Deadline deadline = Deadline.forThe("handshake that the loop was held after " + rounds);
    while (notes.size() < 2 * count || !notes.stream().allMatch(note -> note.handshaken)) {
      turns(clients, 1);
      if (deadline.isOver() || notes.stream().anyMatch(TlsNote::isClosed)) {
        throw deadline.missed(notes.toString());
      }
    }
    connections.forEach(Connection::close);
    deadline = Deadline.forThe("end");
    while (!notes.stream().allMatch(TlsNote::isClosed)) {
      turns(clients, 1);
      if (deadline.isOver()) {
        throw deadline.missed(notes.toString());
      }
    }
    serving.close();
    turns(clients, 2);
  }

  private void turns(EventLoop clients, int count) throws SysException {
    for (int i = 0; i < count; i++) {
      int _ = clients.runOnce(0);
      turn();
    }
  }

  private Server serve(HandlerFactory handlers) throws SysException {
    ServerOptions like =
        ServerOptions.at(loopback(0))
            .withConnection(options)
            .withTls(Tls.server(TlsKeys.localhost().identity()));
    return track(Server.open(loop, like, handlers));
  }

  /** A time is a time where the loop is not held, whatever the peer sends. */
  @Test
  void handshake_thatIsDribbled_isNotPutOff() throws Exception {
    TlsNote server = new TlsNote();
    Raw peer = connectRaw(serve(_ -> server).address());
    turn();
    turn();
    byte[] hello = {22, 3, 1, 2, 0}; // the head of a record of 512 bytes
    assertEquals(hello.length, peer.write(hello, 0, hello.length));
    Runnable dribble =
        () -> {
          int _ = peer.write(new byte[1], 0, 1);
        };
    pass(9_900 * MILLI, dribble);
    assertFalse(server.isClosed());
    pass(200 * MILLI, dribble);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("not done in 10000 ms"), server.message());
  }

  @Test
  void handshake_ofASilentPeer_isTimedOut() throws Exception {
    TlsNote server = new TlsNote();
    Raw _ = connectRaw(serve(_ -> server).address());
    turn();
    turn();
    leap(HELD);
    assertEquals(CloseReason.PROTOCOL, server.reason());
  }

  /** A stop's time is over before its first turn: who has nothing due has ended in order before. */
  @Test
  void stopWithoutTime_onALateLoop_endsTheIdleInOrder() throws Exception {
    Server server =
        track(Server.open(loop, ServerOptions.at(loopback(0)), _ -> track(Recorder.echo())));
    Raw idle = connectRaw(server.address());
    until("accepted", () -> server.connectionCount() == 1);
    server.stop(Duration.ZERO);
    leap(1_000 * MILLI);
    until("finished", server::isFinished);
    untilPeerIsOver(idle);
    assertTrue(idle.isEnded(), "errno " + idle.errno());
  }
}
