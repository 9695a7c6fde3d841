package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A handler leaves within received, and what it had read ahead comes before the end. */
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
