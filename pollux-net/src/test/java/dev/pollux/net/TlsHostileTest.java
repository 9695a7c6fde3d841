package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that break off, break the protocol, or ask for more than is good. */
@ParameterizedClass(name = "[level, epoll/{0}]")
@ValueSource(strings = {"native", "model"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsHostileTest {

  private static final String V2 = "TLSv1.2";
  private static final String V3 = "TLSv1.3";

  @Parameter String kernel;
  private TlsBox box;
  private final TlsNote server = TlsNote.echo();
  private TlsRaw peer;

  @BeforeEach
  void open() {
    box = new TlsBox(kernel.equals("model"));
  }

  @AfterEach
  void close() {
    box.close();
  }

  private static SSLContext trust() {
    return TlsKeys.trustOnly(TlsKeys.localhost());
  }

  private static Tls tls() {
    return Tls.server(TlsKeys.localhost().identity());
  }

  private void connect(String protocol) throws Exception {
    connect(tls(), protocol);
  }

  private void connect(Tls tls, String protocol) throws Exception {
    peer = new TlsRaw(trust(), protocol);
    Connection _ = box.connect(box.serve(tls, server), null, peer);
  }

  private void connectAndOpen(String protocol) throws Exception {
    connect(protocol);
    box.until("opened", () -> peer.established && server.handshaken);
    box.quiet();
  }

  private void endPeer() throws Exception {
    peer.connection().reset();
    box.until("peer closed", () -> peer.closed);
  }

  /** A plain client that says something to the TLS port, and what it got. */
  private TlsRaw speak(byte[] first) throws Exception {
    peer = new TlsRaw(trust(), V3);
    ByteBuffer answer = ByteBuffer.allocate(1 << 16);
    ConnectionHandler plain =
        new ConnectionHandler() {
          @Override
          public void opened(Connection connection) {
            peer.connection = connection;
            WriteResult _ = connection.write(ByteBuffer.wrap(first));
          }

          @Override
          public void received(Connection connection, ByteBuffer data) {
            answer.put(data);
          }

          @Override
          public void readClosed(Connection connection) {
            peer.ended = true;
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            peer.closed = true;
          }
        };
    Connection _ = box.connect(box.serve(tls(), server), null, plain);
    return peer;
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void streamThatEndsWithoutCloseNotify_isAProtocolError(String protocol) throws Exception {
    connectAndOpen(protocol);
    peer.send("part");
    peer.connection().end();
    box.untilClosed(server);
    assertEquals("part", server.text());
    assertEquals(0, server.readClosedCount);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("something may be missing"), server::message);
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void streamThatEndsInARecord_isAProtocolError(String protocol) throws Exception {
    connectAndOpen(protocol);
    byte[] record = peer.record("never whole");
    peer.sendWire(java.util.Arrays.copyOf(record, record.length - 1));
    peer.connection().end();
    box.untilClosed(server);
    assertEquals("", server.text());
    assertEquals(CloseReason.PROTOCOL, server.reason());
    endPeer();
  }

  @Test
  void streamThatEndsInTheHandshake_isAProtocolError() throws Exception {
    connect(V3);
    box.until("sent", () -> peer.connection != null);
    peer.connection().end();
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("handshake"), server::message);
    assertFalse(server.handshaken);
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\0\1\2\3\4\5\6\7garbage"})
  void whatIsNotTls_isAProtocolError(String first) throws Exception {
    TlsRaw plain = speak(bytes(first).array());
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertFalse(server.handshaken);
    box.until("ended", () -> plain.ended);
    endPeer();
  }

  @Test
  void randomBytes_neverReachTheLoop() throws Exception {
    for (int seed = 0; seed < 50; seed++) {
      SplittableRandom dice = new SplittableRandom(seed);
      byte[] garbage = new byte[1 + dice.nextInt(2_000)];
      dice.nextBytes(garbage);
      garbage[0] = 22;
      if (garbage.length > 4) {
        garbage[1] = 3;
        garbage[2] = (byte) dice.nextInt(5);
        garbage[3] = (byte) dice.nextInt(3);
      }
      TlsNote note = new TlsNote();
      ConnectionHandler plain =
          new ConnectionHandler() {
            @Override
            public void opened(Connection connection) {
              WriteResult _ = connection.write(ByteBuffer.wrap(garbage));
              connection.end();
            }

            @Override
            public void received(Connection connection, ByteBuffer data) {
              var _ = data.position(data.limit());
            }
          };
      Connection client = box.connect(box.serve(tls(), note), null, plain);
      box.untilClosed(note);
      assertEquals(CloseReason.PROTOCOL, note.reason(), "seed " + seed);
      client.reset();
    }
  }

  @Test
  void recordThatWasChanged_isAProtocolErrorAndTheAlertArrives() throws Exception {
    connectAndOpen(V3);
    byte[] record = peer.record("genuine");
    record[record.length - 1] ^= 1;
    peer.sendWire(record);
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertEquals("", server.text());
    box.until("alert", () -> peer.error != null);
    endPeer();
  }

  @Test
  void recordOfTheLargestSizeAndMore_isAProtocolError() throws Exception {
    for (int size : new int[] {16_700, 33_000, 65_535}) {
      TlsNote note = new TlsNote();
      peer = new TlsRaw(trust(), V3);
      Connection _ = box.connect(box.serve(tls(), note), null, peer);
      box.until("opened", () -> peer.established && note.handshaken);
      box.quiet();
      byte[] record = new byte[5 + size];
      record[0] = 23;
      record[1] = 3;
      record[2] = 3;
      record[3] = (byte) (size >> 8);
      record[4] = (byte) size;
      peer.sendWire(record);
      box.untilClosed(note);
      assertEquals(CloseReason.PROTOCOL, note.reason(), "size " + size);
      endPeer();
    }
  }

  @Test
  void renegotiation_isRefused() throws Exception {
    connectAndOpen(V2);
    peer.send("before");
    box.until("data", () -> server.text().equals("before"));
    peer.handshakeAgain();
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("renegotiate"), server::message);
    endPeer();
  }

  @Test
  void keyUpdate_goesOn() throws Exception {
    connectAndOpen(V3);
    for (int i = 0; i < 3; i++) {
      peer.send("a");
      peer.handshakeAgain();
      peer.send("b");
    }
    box.until("echo", () -> peer.text().equals("ababab"));
    endPeer();
    box.untilClosed(server);
  }

  @Test
  void keyUpdatesWhoseAnswersAreNotRead_areCutOffAtTheLimit() throws Exception {
    box.options = box.options.withLowWaterBytes(1).withHighWaterBytes(2).withMaxQueuedBytes(10_000);
    connectAndOpen(V3);
    peer.connection().pauseReading();
    byte[] block = new byte[8_000];
    for (int i = 0; i < 2_000 && !server.isClosed(); i++) { // fills the kernel's buffers
      if (server.connection().queuedBytes() == 0) {
        WriteResult _ = server.connection().write(ByteBuffer.wrap(block));
      }
      box.turns(1);
      if (server.connection().queuedBytes() > 0 && i > 500) {
        break;
      }
    }
    for (int i = 0; i < 5_000 && !server.isClosed(); i++) {
      peer.handshakeAgain();
      box.turns(2);
    }
    box.untilClosed(server);
    assertEquals(CloseReason.LIMIT, server.reason());
    endPeer();
  }

  @Test
  void halfCloseByThePeer_leavesTheOtherWayOpen() throws Exception {
    server.onReadClosed = _ -> {};
    connectAndOpen(V3);
    peer.send("question");
    peer.sendCloseNotify();
    box.until("end", () -> server.readClosedCount == 1);
    assertTrue(server.connection().write(bytes(", answer")).goesOn());
    box.until("answer", () -> peer.text().equals("question, answer"));
    peer.connection().end(); // now the stream ends, too, which says nothing new
    box.quiet();
    assertTrue(server.connection().write(bytes("!")).goesOn());
    box.until("more", () -> peer.text().endsWith("!"));
    assertEquals(1, server.readClosedCount);
    server.connection().close();
    box.untilClosed(server);
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
    box.until("close_notify", () -> peer.closeNotified);
    endPeer();
  }

  @Test
  void closeNotifyInTls12_endsBothWaysAfterTheAnswer() throws Exception {
    server.onReadClosed =
        connection -> assertFalse(connection.write(bytes("not any more")).goesOn());
    connectAndOpen(V2);
    byte[] question = peer.record("question");
    peer.sendWire(question);
    peer.sendCloseNotify(); // in the same segment
    box.until("answer and close_notify", () -> peer.closeNotified);
    assertEquals("question", peer.text());
    assertEquals(1, server.readClosedCount);
    peer.connection().end();
    box.untilClosed(server);
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
    endPeer();
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void whatFollowsCloseNotify_meansNothing(String protocol) throws Exception {
    server.onReadClosed = _ -> {};
    connectAndOpen(protocol);
    peer.sendCloseNotify();
    peer.sendWire(new byte[1_000]);
    box.until("end", () -> server.readClosedCount == 1);
    box.quiet();
    assertEquals("", server.text());
    server.connection().close();
    endPeer();
    box.untilClosed(server);
    assertEquals(1, server.readClosedCount);
  }

  @ParameterizedTest
  @ValueSource(strings = {V2, V3})
  void end_saysCloseNotifyAndStillReceives(String protocol) throws Exception {
    connectAndOpen(protocol);
    server.connection().end();
    box.until("close_notify", () -> peer.closeNotified && peer.ended);
    assertNull(peer.error);
    if (protocol.equals(V3)) {
      server.onReceived = (_, data) -> server.take(data, data.remaining());
      peer.send("still there");
      peer.sendCloseNotify();
      box.untilClosed(server);
      assertEquals("still there", server.text());
      assertEquals(1, server.readClosedCount);
    }
    endPeer();
    box.untilClosed(server);
  }

  @Test
  void handshakeThatDoesNotProceed_isEndedInTime() throws Exception {
    long limit = kernel.equals("model") ? 10_000_000_000L : 50_000_000L; // 10 s, 50 ms
    Tls tls = kernel.equals("model") ? tls() : tls().withHandshakeTime(Duration.ofNanos(limit));
    box.options =
        box.options
            .withReadIdle(Duration.ofMillis(1))
            .withWriteStall(Duration.ofMillis(1))
            .withAllIdle(Duration.ofMillis(1)) // idle means nothing yet
            .withCloseGrace(Duration.ofMillis(1));
    peer = new TlsRaw(trust(), V3);
    ConnectionHandler silent =
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {
            var _ = data.position(data.limit());
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            peer.closed = true;
          }

          @Override
          public void idle(Connection connection, Silence silence) {}
        };
    long start = box.loop.sys().nanoTime();
    Connection client = box.connect(box.serve(tls, server), null, silent);
    box.untilClosed(server);
    assertTrue(box.loop.sys().nanoTime() - start >= limit, "too early");
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("handshake"), server::message);
    assertFalse(server.handshaken);
    client.reset();
    box.until("closed", () -> peer.closed);
  }

  @Test
  void handshakeTimeout_ofADoneHandshake_isForgotten() throws Exception {
    box.close();
    box = new TlsBox(true); // whose time does not pass while keys are computed
    connect(tls().withHandshakeTime(Duration.ofMillis(30)), V3);
    box.until("opened", () -> peer.established && server.handshaken);
    long start = box.loop.sys().nanoTime();
    box.until("time", () -> box.loop.sys().nanoTime() - start > 60_000_000);
    assertFalse(server.isClosed());
    endPeer();
    box.untilClosed(server);
  }

  @Test
  void peerThatDoesNotTrust_sendsAnAlertThatIsTheCause() throws Exception {
    peer = new TlsRaw(TlsKeys.trustOnly(TlsKeys.other()), V3);
    Connection _ = box.connect(box.serve(tls(), server), null, peer);
    box.untilClosed(server);
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(server.message().contains("alert"), server::message);
    assertNotNull(peer.error);
    endPeer();
  }

  @Test
  void resetInTheHandshake_isAReset() throws Exception {
    connect(V3);
    box.until("connected", () -> peer.connection != null);
    peer.connection().reset();
    box.untilClosed(server);
    assertEquals(CloseReason.RESET, server.reason());
    box.until("peer closed", () -> peer.closed);
  }
}
