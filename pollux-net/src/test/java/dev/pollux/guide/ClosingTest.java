package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The guide's table of closing: what the peer sees of each way to end. */
class ClosingTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int UNREAD_BYTES = 100_000; // more than one read takes
  private static final long TURN_NANOS = 1_000_000; // 1 ms
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Peer peer = new Peer();
  private final StringBuilder received = new StringBuilder();
  private @Nullable CloseReason reason; // the server's

  private static final class Peer implements ConnectionHandler {

    private final StringBuilder text = new StringBuilder();
    private boolean ended;
    private @Nullable CloseReason reason;
    private String last = "";

    @Override
    public void received(Connection connection, ByteBuffer data) {
      text.append(US_ASCII.decode(data));
    }

    @Override
    public void readClosed(Connection connection) {
      ended = true;
      var _ = connection.write(US_ASCII.encode(last));
      connection.close();
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      reason = cause.reason();
    }
  }

  @Test
  void end_thePeer_seesTheEndAndMayGoOn() throws Exception {
    peer.last = "thanks";
    answerAndEnd(2, Connection::end);
    assertEquals("answer", peer.text.toString());
    assertTrue(peer.ended);
    assertEquals("gothanks", received.toString());
    assertEquals(CloseReason.END_OF_STREAM, reason);
  }

  @Test
  void close_thePeer_getsAllAndThenTheEnd() throws Exception {
    peer.last = "thanks";
    answerAndEnd(UNREAD_BYTES, Connection::close);
    assertEquals("answer", peer.text.toString());
    assertTrue(peer.ended);
    assertEquals(CloseReason.RESET, peer.reason); // for going on
    assertEquals(-1, received.indexOf("thanks"));
    assertEquals(CloseReason.CLOSED, reason);
  }

  @Test
  void reset_thePeer_doesNotGetWhatWasQueued() throws Exception {
    answerAndEnd(2, Connection::reset);
    assertEquals("", peer.text.toString());
    assertEquals(CloseReason.RESET, peer.reason); // so that it does not take a part for the whole
    assertEquals(CloseReason.CUT_OFF, reason);
  }

  @Test
  void reset_withInputUnread_isAResetToThePeer() throws Exception {
    answerAndEnd(UNREAD_BYTES, Connection::reset);
    assertEquals("", peer.text.toString());
    assertEquals(CloseReason.RESET, peer.reason);
  }

  @Test
  void reset_thePeer_seesIt() throws Exception {
    answerAndEnd(2, Connection::reset);
    assertEquals("", peer.text.toString());
    assertEquals(CloseReason.RESET, peer.reason);
    assertEquals(CloseReason.CUT_OFF, reason);
  }

  @Test
  void finish_whatHasArrived_isAnsweredFirst() throws Exception {
    assertEquals("answer", endWithARequestInTheKernel(Connection::finish));
    assertEquals(CloseReason.END_OF_STREAM, peer.reason);
  }

  @Test
  void close_whatHasArrived_isDropped() throws Exception {
    assertEquals("", endWithARequestInTheKernel(Connection::close));
    assertEquals(CloseReason.END_OF_STREAM, peer.reason);
  }

  /** The server answers the first bytes, and ends in some way in the same call. */
  private void answerAndEnd(int requestBytes, Consumer<Connection> way) throws SysException {
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, ServerOptions.at(ANY), _ -> new Answer(way))) {
      Connection client = Setups.client(loop, server.address(), peer);
      runUntil(loop, () -> server.connectionCount() == 1);
      server.connections(loop).getFirst().pauseReading();
      var _ = client.write(ByteBuffer.wrap("go".repeat(requestBytes / 2).getBytes(US_ASCII)));
      runUntil(loop, () -> client.queuedBytes() == 0);
      server.connections(loop).getFirst().resumeReading();
      runUntil(loop, () -> peer.reason != null && reason != null);
    }
  }

  /** The server ends a connection whose request it has not read yet; what the peer gets. */
  private String endWithARequestInTheKernel(Consumer<Connection> way) throws SysException {
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, ServerOptions.at(ANY), _ -> new Answer(_ -> {}))) {
      Connection client = Setups.client(loop, server.address(), peer);
      runUntil(loop, () -> server.connectionCount() == 1);
      Connection connection = server.connections(loop).getFirst();
      connection.pauseReading();
      var _ = client.write(US_ASCII.encode("go"));
      runUntil(loop, () -> client.queuedBytes() == 0);
      way.accept(connection);
      connection.resumeReading();
      runUntil(loop, () -> peer.reason != null);
    }
    return peer.text.toString();
  }

  private final class Answer implements ConnectionHandler {

    private final Consumer<Connection> way;
    private boolean answered;

    Answer(Consumer<Connection> way) {
      this.way = way;
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      received.append(US_ASCII.decode(data));
      if (!answered) {
        answered = true;
        var _ = connection.write(US_ASCII.encode("answer"));
        way.accept(connection);
      }
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      reason = cause.reason();
    }
  }

  private void runUntil(EventLoop loop, BooleanSupplier condition) throws SysException {
    while (!condition.getAsBoolean()) {
      int _ = loop.runOnce(TURN_NANOS);
      assertTrue(sys.nanoTime() < DEADLINE_NANOS, "it does not come");
    }
  }
}
