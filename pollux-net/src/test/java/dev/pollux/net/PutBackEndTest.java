package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A handler leaves within received, or in readComplete, and what it had read ahead, or has left,
 * comes before the end.
 */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#all")
class PutBackEndTest extends ClockedCase {

  private static final int MUCH = 60_000; // bytes, more than a thread's ring

  private final CountDownLatch go = new CountDownLatch(1);
  private final Recorder next = new Recorder();
  private TlsRaw peer;
  private Server server;

  @AfterEach
  void letGo() {
    go.countDown();
  }

  private void serveTls(String protocol, ConnectionHandler handler) throws Exception {
    ServerOptions like =
        ServerOptions.at(loopback(0))
            .withConnection(options)
            .withTls(Tls.server(TlsKeys.localhost().identity()));
    server = track(Server.open(loop, like, _ -> handler));
    peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), protocol);
    Connection _ = Connection.connect(loop, server.address(), 0, ConnectionOptions.DEFAULT, peer);
    until("established", () -> peer.established);
    quiet();
  }

  /** Reads ahead for a thread, and then leaves. */
  private ConnectionHandler leaving() {
    return new PassOn(Blocking.handler(_ -> go.await())) {
      @Override
      public void received(Connection source, ByteBuffer data) {
        super.received(source, data);
        source.setHandler(next);
      }
    };
  }

  /** Leaves all that it is given, and this is what it does when that is all for now. */
  private static Recorder inReadComplete(Consumer<Connection> action) {
    Recorder handler = new Recorder();
    handler.onReceived = (_, _) -> {};
    handler.onReadComplete = action;
    return handler;
  }

  /** The text, and in the same turn the end, or a reset. */
  private Pair sendAndEnd(Recorder first, boolean resets) throws Exception {
    Pair pair = pair(first);
    quiet();
    pair.peer().write("hello\n");
    if (resets) {
      pair.peer().reset();
    } else {
      pair.peer().shutdown();
    }
    awaitReady(pair.connection().fd(), resets ? Linux.POLLERR : Linux.POLLRDHUP);
    return pair;
  }

  private byte[] closeNotify() throws Exception {
    peer.engine.closeOutbound();
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    var _ = peer.engine.wrap(ByteBuffer.allocate(0), out);
    byte[] record = new byte[out.flip().remaining()];
    var _ = out.get(record);
    return record;
  }

  private void sendTogether(byte[] first, byte[] second) throws Exception {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    peer.sendWire(both.toByteArray());
  }

  private void untilOver() throws Exception {
    go.countDown();
    peer.connection().reset();
    until("over", () -> server.connectionCount() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void closeNotify_comesBehindIt(String protocol) throws Exception {
    next.onReadClosed = _ -> {};
    serveTls(protocol, leaving());
    sendTogether(peer.record("hello"), closeNotify());
    until("the end", () -> next.count("readClosed") == 1);
    assertEquals("hello", next.text());
    assertTrue(next.log.indexOf("received") < next.log.indexOf("readClosed"), next.log::toString);
    untilOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void breakOfTls_comesBehindIt(String protocol) throws Exception {
    serveTls(protocol, leaving());
    sendTogether(peer.record("hello"), TlsRaw.damaged());
    until("given", () -> next.text().equals("hello"));
    untilOver();
  }

  @Test
  void endOfTheStream_thatIsKnown_comesBehindIt() throws Exception {
    Recorder sniffer = new Recorder();
    sniffer.onReceived = (_, _) -> {}; // too little to tell
    sniffer.onReadClosed = connection -> connection.setHandler(leaving());
    Pair pair = pair(sniffer);
    Recorder _ = track(next);
    pair.peer().write("hello");
    pair.peer().shutdown();
    until("closed", next::isClosed);
    assertEquals("hello", next.text());
    sniffer.closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }

  @Test
  void endOfTheStream_comesBehindWhatIsLeftInReadComplete() throws Exception {
    Recorder first = inReadComplete(connection -> connection.setHandler(next));
    Pair pair = sendAndEnd(first, false);
    until("closed", track(next)::isClosed);
    assertEquals(List.of("attached", "received", "readComplete", "readClosed", "closed"), next.log);
    assertEquals("hello\n", next.text());
    first.closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }

  /** By an edge the reset is met in the turn that gives the bytes. */
  @Test
  void reset_comesBehindWhatIsLeftInReadComplete() throws Exception {
    Recorder first = inReadComplete(connection -> connection.setHandler(next));
    Pair pair = sendAndEnd(first, true);
    until("closed", track(next)::isClosed);
    assertEquals("hello\n", next.text());
    assertEquals(CloseReason.RESET, next.cause.reason());
    first.closed(pair.connection(), CloseCause.CLOSED); // which it was not told
  }

  @Test
  void reset_comesBehindAPauseInReadComplete() throws Exception {
    Recorder handler = inReadComplete(Connection::pauseReading);
    Pair pair = sendAndEnd(handler, true);
    quiet();
    leap(SECOND + MILLI);
    quiet();
    assertFalse(handler.isClosed(), handler.log::toString);
    handler.onReceived = (_, data) -> handler.take(data);
    pair.connection().resumeReading();
    untilClosed(pair);
    assertEquals("hello\n", handler.text());
    assertEquals(CloseReason.RESET, handler.cause.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void closeNotify_comesBehindWhatIsLeftInReadComplete(String protocol) throws Exception {
    List<String> lines = new ArrayList<>();
    FrameHandler frames = (_, line) -> lines.add(US_ASCII.decode(line).toString());
    ConnectionHandler reader = Framing.lines(100).handler(frames);
    serveTls(protocol, inReadComplete(connection -> connection.setHandler(reader)));
    sendTogether(peer.record("hello\n"), closeNotify());
    until("given", () -> lines.equals(List.of("hello")));
    untilOver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void breakOfTls_comesBehindWhatIsLeftInReadComplete(String protocol) throws Exception {
    serveTls(protocol, inReadComplete(connection -> connection.setHandler(next)));
    sendTogether(peer.record("hello"), TlsRaw.damaged());
    until("given", () -> next.text().equals("hello"));
    untilOver();
  }

  /** Who pauses, or closes, in readComplete is not told of the end then. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void closeNotify_isNotTold_whereReadCompletePausesOrCloses(String protocol) throws Exception {
    for (Consumer<Connection> action :
        List.<Consumer<Connection>>of(Connection::pauseReading, Connection::close)) {
      Recorder handler = inReadComplete(action);
      serveTls(protocol, handler);
      sendTogether(peer.record("hello"), closeNotify());
      until("given", () -> handler.count("readComplete") > 0);
      quiet();
      assertEquals(0, handler.count("readClosed"), handler.log::toString);
      server.connections(loop).forEach(Connection::reset);
      untilOver();
    }
  }

  /** A close_notify of TLS 1.2 ends both ways: a thread that writes on is not waited for. */
  @Test
  void thread_thatWritesAfterCloseNotify_isTold_andAStopEnds() throws Exception {
    AtomicReference<Object> told = new AtomicReference<>();
    serveTls(
        "TLSv1.2",
        Blocking.handler(connection -> {
          try {
            while (connection.input().read() >= 0) {
              // To the end.
            }
            connection.output().write(new byte[MUCH]);
            told.set("all");
          } catch (IOException e) {
            told.set(e);
          }
        }));
    sendTogether(peer.record("hello"), closeNotify());
    until("told", () -> told.get() != null);
    untilOver();
  }
}
