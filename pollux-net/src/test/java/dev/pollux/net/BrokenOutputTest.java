package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing can be sent any more: who waits for room goes on, and the end comes in its time. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class BrokenOutputTest extends ClockedCase {

  private static final String V2 = "TLSv1.2";
  private static final String V3 = "TLSv1.3";
  private static final Framing LINES = Framing.lines(1024);
  private static final int MUCH = 60_000; // more than a thread holds, and its two buffers
  private static final Duration GRACE = Duration.ofSeconds(5);

  private TlsRaw peer;
  private Server server;

  /** A server, whose connections are all this handler's. */
  private void serve(@Nullable Tls tls, ConnectionHandler handler) throws Exception {
    ServerOptions like =
        ServerOptions.at(loopback(0))
            .withConnection(options.withCloseGrace(GRACE).withReadBytes(2 * MUCH))
            .withTls(tls);
    server = track(Server.open(loop, like, _ -> handler));
  }

  /** The same by TLS, and a client by hand. */
  private void serveTls(String protocol, ConnectionHandler handler) throws Exception {
    serve(Tls.server(TlsKeys.localhost().identity()), handler);
    peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), protocol);
    Connection _ = Connection.connect(loop, server.address(), 0, ConnectionOptions.DEFAULT, peer);
    until("established", () -> peer.established);
    quiet();
  }

  /** In one piece: these, and what breaks TLS. */
  private void sendAndBreak(String text) throws Exception {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i += 10_000) {
      both.writeBytes(peer.record(text.substring(i, Math.min(i + 10_000, text.length()))));
    }
    both.writeBytes(TlsRaw.damaged());
    peer.sendWire(both.toByteArray());
  }

  /** The peer has the alert, and its kernel everything: from here on the test's clock counts. */
  private void untilBroken() throws Exception {
    until("alert", () -> peer.error != null);
    untilDelivered(server);
  }

  private void endPeer() throws Exception {
    peer.connection().reset();
    until("peer closed", () -> peer.closed);
  }

  /** As in the guides: answers each line, and pauses where the answer does not go on. */
  private static final class Shout implements FrameHandler {

    final List<String> lines = new ArrayList<>();
    CloseCause cause;

    @Override
    public void frame(Connection connection, ByteBuffer payload) {
      lines.add(US_ASCII.decode(payload.duplicate()).toString());
      if (!LINES.write(connection, payload).goesOn()) {
        connection.pauseReading();
      }
    }

    @Override
    public void writable(Connection connection) {
      connection.resumeReading();
    }

    @Override
    public void closed(Connection connection, CloseCause why) {
      cause = why;
    }
  }

  // ---- who waits is told

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void lines_behindWhichTlsBreaks_areAllGiven(String protocol) throws Exception {
    Shout shout = new Shout();
    serveTls(protocol, LINES.handler(shout));
    sendAndBreak("one\ntwo\nthree\n");
    untilBroken();
    quiet();
    assertEquals(List.of("one", "two", "three"), shout.lines);
    pass(SECOND); // in which the peer is seen to have everything
    assertEquals(CloseReason.PROTOCOL, shout.cause.reason());
    endPeer();
  }

  @Test
  void lines_behindWhichThePeerResets_areAllGiven() throws Exception {
    Shout shout = new Shout();
    ConnectionHandler frames = LINES.handler(shout);
    Recorder handler = new Recorder();
    handler.onReceived = frames::received;
    handler.onWritable = frames::writable;
    Pair pair = pair(handler);
    pair.connection().pauseReading();
    pair.peer().write("one\ntwo\nthree\n");
    pair.peer().reset();
    leap(SECOND + MILLI);
    assertEquals(1, handler.count("peerEnded"));
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals(List.of("one", "two", "three"), shout.lines);
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  // ---- and not for ever

  /** Who writes as soon as there is room, or has it again, learns it in vain but once or twice. */
  @Test
  void writable_ofWhoWritesOn_comesToAnEnd() throws Exception {
    Recorder handler = new Recorder();
    handler.onReceived =
        (connection, data) -> {
          handler.take(data);
          write(connection);
        };
    handler.onWritable = this::write;
    Pair pair = pair(handler);
    pair.connection().end();
    write(pair.connection());
    quiet();
    assertEquals(1, handler.count("writable"));
    pair.peer().write("more");
    until("received", () -> handler.text().equals("more"));
    quiet();
    assertTrue(handler.count("writable") <= 3, handler.log::toString);
    pair.connection().close();
    untilPeerIsOver(pair.peer());
    pair.peer().close();
    untilClosed(pair);
  }

  private void write(Connection connection) {
    assertEquals(WriteResult.CLOSED, connection.write(ascii("answer")));
  }

  /** Who takes nothing before it is answered is given it once more, and then has its time. */
  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void bytes_thatAreLeftForWantOfAnAnswer_endInTime(String protocol) throws Exception {
    Recorder handler = track(new Recorder());
    handler.onReceived =
        (connection, _) -> {
          write(connection);
          connection.pauseReading();
        };
    handler.onWritable = Connection::resumeReading;
    serveTls(protocol, handler);
    sendAndBreak("left");
    until("given", () -> handler.count("received") == 2);
    quiet();
    assertEquals(2, handler.count("received"));
    assertEndsInTime(handler);
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void pause_thatNobodyEnds_behindWhichTlsBroke_endsInTime(String protocol) throws Exception {
    Recorder handler = track(new Recorder());
    handler.onReceived =
        (connection, data) -> {
          handler.take(data, 1);
          connection.pauseReading();
        };
    serveTls(protocol, handler);
    sendAndBreak("last");
    until("given", () -> handler.text().equals("l"));
    assertEndsInTime(handler);
  }

  private void assertEndsInTime(Recorder handler) throws Exception {
    untilBroken();
    pass(GRACE.toNanos() - SECOND);
    assertFalse(handler.isClosed(), handler.log::toString);
    pass(2 * SECOND);
    assertTrue(handler.isClosed(), handler.log::toString);
    assertEquals(CloseReason.PROTOCOL, handler.cause.reason());
    assertEquals(0, server.connectionCount());
    endPeer();
  }

  // ---- threads

  /** A thread that echoes has more to write than it could leave. */
  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void thread_thatWrites_whereTlsBroke_isTold(String protocol) throws Exception {
    Echo echo = new Echo();
    serveTls(protocol, Blocking.handler(echo));
    Connection served = server.connections(loop).getFirst();
    served.pauseReading(); // so that it is seen before anything is echoed
    sendAndBreak("x".repeat(MUCH));
    until("all there", () -> served.link().availableBytes() > MUCH);
    quiet();
    served.resumeReading();
    server.stop();
    untilBroken();
    assertIsTold(echo, CloseReason.PROTOCOL);
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thread_thatWaitsInAWrite_whenThePeerResets_isTold(boolean stops) throws Exception {
    Echo echo = new Echo();
    serve(null, Blocking.handler(echo));
    Raw raw = connectRaw(server.address());
    awaitReady(raw.fd(), Linux.POLLOUT);
    until("accepted", () -> server.connectionCount() == 1);
    Connection served = server.connections(loop).getFirst();
    until("waits in a write", () -> raw.fill() == 0 && echo.isFull(served));
    if (stops) {
      server.stop();
    }
    quiet();
    raw.reset();
    quiet();
    assertIsTold(echo, CloseReason.RESET);
  }

  /** TLS 1.2 has no half-close: who writes behind the peer's end is not told that it was sent. */
  @Test
  void thread_thatWritesBehindTheEndOfTls12_isTold() throws Exception {
    Echo late =
        new Echo() {
          @Override
          void talk(BlockingConnection connection) throws IOException {
            byte[] _ = connection.input().readAllBytes();
            while (true) { // until it is told
              connection.output().write(new byte[MUCH]);
            }
          }
        };
    serveTls(V2, Blocking.handler(late));
    peer.sendCloseNotify(); // and the connection below stays
    until("told", () -> late.told != null);
    IOException e = assertInstanceOf(IOException.class, late.told);
    assertTrue(e.getMessage().contains("takes nothing any more"), e::getMessage);
    server.stop();
    endPeer();
    until("stopped", server::isFinished);
  }

  /** The peer stays, and goes on sending: what waits is not ended by time. */
  @Test
  void thread_thatWaitsInAWrite_whereThePeerReadsNoMore_isTold() throws Exception {
    Echo late = new Echo();
    Recorder handler = new Recorder();
    Pair pair = unixPair(handler, options.withCloseGrace(GRACE));
    pair.connection().setHandler(Blocking.handler(late));
    until("waits in a write", () -> pair.peer().fill() == 0 && late.isFull(pair.connection()));
    readNoMore(pair.peer());
    until("told", () -> pair.peer().read().isEnded() && late.told != null); // what was sent by then
    IOException e = assertInstanceOf(IOException.class, late.told);
    assertTrue(e.getMessage().contains("RESET"), e::getMessage);
    until("closed", pair.connection()::isClosed);
    handler.closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }

  /** What the peer sends is received as long as it comes, and then the end has its time. */
  @Test
  void connection_whosePeerReadsNoMore_endsInTime() throws Exception {
    Recorder handler = new Recorder();
    Pair pair = unixPair(handler, options.withCloseGrace(GRACE));
    quiet();
    readNoMore(pair.peer());
    assertFalse(pair.connection().write(ascii("answer")).goesOn());
    for (int i = 0; i < 3; i++) {
      pass(GRACE.toNanos() - SECOND);
      pair.peer().write("x");
    }
    quiet();
    assertEquals("xxx", handler.text());
    assertFalse(handler.isClosed(), handler.log::toString);
    pass(GRACE.toNanos() + SECOND);
    assertTrue(handler.isClosed(), handler.log::toString);
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  /** What cannot be passed on is left with who sent it, and both end: whoever sent it sees that. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void relay_toAPeerThatReadsNoMore_endsInTime(boolean senderEnds) throws Exception {
    Pair near = pair(new Recorder());
    Pair far = unixPair(new Recorder(), options.withCloseGrace(GRACE));
    quiet();
    Relay.between(near.connection(), far.connection());
    readNoMore(far.peer());
    for (String piece : List.of("lost", "lost", "left")) { // the second one behind writable
      near.peer().write(piece);
      quiet();
    }
    assertEquals(4, near.connection().availableBytes() + near.connection().unreadBytes());
    if (senderEnds) {
      near.peer().shutdown();
    }
    far.peer().write("answer");
    pass(GRACE.toNanos() - SECOND);
    assertEquals("answer", near.peer().read().text());
    assertTrue(near.connection().isOpen() && far.connection().isOpen());
    quiet(); // nothing spins
    pass(2 * SECOND);
    assertTrue(near.connection().isClosed() && far.connection().isClosed());
    assertTrue(near.peer().read().errno() != 0, "a clean end, though something is missing");
    near.handler().closed(near.connection(), CloseCause.CLOSED); // which they were not told
    far.handler().closed(far.connection(), CloseCause.CLOSED);
  }

  /** A Unix socket that is not closed, but whose other end cannot be written to any more. */
  private void readNoMore(Raw peer) {
    assertEquals(0, sys.shutdown(peer.fd(), Linux.SHUT_RD));
  }

  private void assertIsTold(Echo echo, CloseReason why) throws Exception {
    pass(GRACE.toNanos() + 2 * SECOND);
    until("told", () -> echo.told != null);
    IOException e = assertInstanceOf(IOException.class, echo.told);
    assertTrue(e.getMessage().contains(why.name()), e::getMessage);
    assertEquals(0, server.connectionCount());
    server.stop();
    until("stopped", server::isFinished);
  }

  private static class Echo implements BlockingHandler {

    volatile Thread thread;
    volatile Object told;

    @Override
    public void handle(BlockingConnection connection) {
      thread = Thread.currentThread();
      try {
        talk(connection);
        told = "all";
      } catch (IOException e) {
        told = e;
      }
    }

    void talk(BlockingConnection connection) throws IOException {
      long _ = connection.input().transferTo(connection.output());
    }

    /** Whether it waits in a write: it would not in a read. */
    boolean isFull(Connection connection) {
      BlockingBridge bridge = ((BlockingStarter) connection.handler()).bridge;
      bridge.lock.lock();
      try {
        return bridge.input.isFull()
            && bridge.output.isFull()
            && thread.getState() == Thread.State.WAITING;
      } finally {
        bridge.lock.unlock();
      }
    }
  }
}
