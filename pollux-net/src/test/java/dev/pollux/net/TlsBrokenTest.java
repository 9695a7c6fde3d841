package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where TLS breaks: what had arrived is not lost, and the peer is not told that it has all. */
@ParameterizedClass(name = "[{0}]")
@ValueSource(strings = {"native", "model"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsBrokenTest {

  private static final String V2 = "TLSv1.2";
  private static final String V3 = "TLSv1.3";
  private static final String LAST = "COMMIT 42";

  @Parameter String kernel;
  private TlsBox box;
  private final TlsNote server = new TlsNote();
  private TlsRaw peer;

  @BeforeEach
  void open() {
    box = new TlsBox(kernel.equals("model"));
  }

  @AfterEach
  void close() {
    box.close();
  }

  private void connectAndOpen(String protocol) throws Exception {
    Tls tls = Tls.server(TlsKeys.localhost().identity());
    peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.localhost()), protocol);
    Connection _ = box.connect(box.serve(tls, server), null, peer);
    box.until("opened", () -> peer.established && server.handshaken);
    box.quiet();
  }

  private void endPeer() throws SysException {
    peer.connection().reset();
    box.until("peer closed", () -> peer.closed);
  }

  /** One piece of the wire: a last message, and behind it what breaks TLS. */
  private void sendLast(byte[] behind) throws SSLException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(peer.record(LAST));
    both.writeBytes(behind);
    peer.sendWire(both.toByteArray());
  }

  private void assertGivenAndBroken() throws SysException {
    box.untilClosed(server);
    assertEquals(LAST, server.text());
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertEquals(0, server.readClosedCount);
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void damagedRecord_behindBytes_leavesThem(String protocol) throws Exception {
    connectAndOpen(protocol);
    sendLast(TlsRaw.damaged());
    assertGivenAndBroken();
    box.until("alert", () -> peer.error != null);
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void fatalAlert_behindBytes_leavesThem(String protocol) throws Exception {
    connectAndOpen(protocol);
    byte[] last = peer.record(LAST);
    ByteBuffer damaged = ByteBuffer.wrap(TlsRaw.damaged());
    assertThrows(SSLException.class, () -> peer.engine.unwrap(damaged, ByteBuffer.allocate(1000)));
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(last);
    both.writeBytes(peer.record(""));
    peer.sendWire(both.toByteArray());
    assertGivenAndBroken();
    assertTrue(server.message().contains("alert"), server::message);
    endPeer();
  }

  @Test
  void renegotiation_behindBytes_leavesThem() throws Exception {
    connectAndOpen(V2);
    byte[] last = peer.record(LAST);
    peer.engine.beginHandshake();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(last);
    both.writeBytes(peer.record(""));
    peer.sendWire(both.toByteArray());
    assertGivenAndBroken();
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void damagedRecord_behindAPause_isToldAfterIt(String protocol) throws Exception {
    server.onReceived =
        (connection, data) -> {
          server.take(data, 4);
          connection.pauseReading();
          assertEquals(WriteResult.CLOSED, connection.write(bytes("an answer")));
        };
    connectAndOpen(protocol);
    sendLast(TlsRaw.damaged());
    for (String part : new String[] {"COMM", "COMMIT 4"}) {
      box.until("part", () -> server.text().equals(part));
      box.quiet();
      assertFalse(server.isClosed(), server::toString);
      server.connection().resumeReading();
    }
    assertGivenAndBroken(); // though it pauses: nothing is left
    endPeer();
  }

  /** Has the next write of the server fail. */
  private void breakSending() {
    Inside.engine(server.connection()).closeOutbound();
  }

  /** Nothing is held back by a pause behind which there is nothing. */
  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void sendingThatBreaks_inAPause_isToldAtOnce(String protocol) throws Exception {
    connectAndOpen(protocol);
    server.connection().pauseReading();
    breakSending();
    WriteResult _ = server.connection().write(bytes("an answer"));
    assertFalse(server.isClosed(), "told in the call");
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void sendingThatBreaks_inReceivedThatPauses_isToldBehindWhatIsLeft(String protocol)
      throws Exception {
    server.onReceived =
        (connection, data) -> {
          server.take(data, 6);
          connection.pauseReading();
          breakSending();
          WriteResult _ = connection.write(bytes("an answer"));
        };
    connectAndOpen(protocol);
    peer.send(LAST);
    box.until("part", () -> server.text().equals("COMMIT"));
    box.quiet();
    assertFalse(server.isClosed(), server::toString);
    server.connection().resumeReading(); // and pauses behind the last byte
    assertGivenAndBroken();
    endPeer();
  }

  @Test
  void damagedRecord_whileTheWriterWaitsForRoom_isTold() throws Exception {
    box.options = box.options.withHighWaterBytes(2).withLowWaterBytes(1);
    server.onReceived =
        (connection, data) -> {
          server.take(data, data.remaining());
          for (int i = 0; i < 1_000 && connection.write(bytes("answer")).goesOn(); i++) {}
          connection.pauseReading();
        };
    server.onWritable = Connection::resumeReading;
    connectAndOpen(V3);
    sendLast(TlsRaw.damaged());
    box.until("given", () -> server.text().equals(LAST));
    server.connection().resumeReading();
    assertGivenAndBroken();
    endPeer();
  }

  /** A close_notify would say that this is all. */
  @Test
  void renegotiation_inADownload_cutsIt() throws Exception {
    connectAndOpen(V2);
    peer.connection().pauseReading();
    byte[] much = new byte[1 << 20];
    for (boolean goesOn = true; goesOn; ) { // until the kernel takes no more
      goesOn = server.connection().write(ByteBuffer.wrap(much)).goesOn();
      box.turns(5);
    }
    peer.engine.beginHandshake();
    peer.sendWire(peer.record(""));
    box.until("broken", () -> !server.connection().isWritable());
    peer.connection().resumeReading();
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertFalse(peer.closeNotified);
    box.until("end", () -> peer.closed);
    assertEquals(CloseReason.RESET, peer.reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void certificateThatWeRefuse_isNoEndInOrderForTheServer(String protocol) throws Exception {
    Tls serving = Tls.server(TlsKeys.localhost().identity()).withProtocols(protocol);
    Tls asking = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "other_service", 443);
    TlsNote client = new TlsNote();
    Connection _ = box.connect(box.serve(serving, server), asking, client);
    box.untilClosed(client, server);
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertTrue(client.message().contains("other_service"), client::message);
    assertEquals(CloseReason.RESET, server.reason());
  }
}
