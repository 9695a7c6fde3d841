package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A finish, and one handler after another, where the bytes are those of TLS. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.TlsContractTest#setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsStopTest {

  @Parameter TlsContractTest.Setup setup;
  private TlsBox box;
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
  }

  private void connect(HandlerFactory factory) throws SysException {
    Tls tls = Tls.server(TlsKeys.localhost().identity()).withProtocols(setup.protocol());
    Tls asking =
        Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
            .withProtocols(setup.protocol());
    InetSocketAddress address = box.serve(tls, factory);
    Connection _ = box.connect(address, asking, client);
    box.until("opened", () -> client.handshaken);
  }

  private boolean isTls13() {
    return setup.protocol().equals("TLSv1.3");
  }

  /** One record of many requests, whose answers fill the queue: plain bytes are due. */
  @Test
  void pipelined_allAnswered() throws Exception {
    box.options =
        box.options.withLowWaterBytes(1_000).withHighWaterBytes(4_000).withMaxQueuedBytes(1 << 20);
    Framing lines = Framing.lines(100);
    FrameHandler frames =
        new FrameHandler() {
          @Override
          public void frame(Connection connection, ByteBuffer line) {
            connection.finish();
            if (!connection.write(ByteBuffer.allocate(5_000)).goesOn()) {
              connection.pauseReading();
            }
          }

          @Override
          public void writable(Connection connection) {
            connection.resumeReading();
          }

          @Override
          public void closed(Connection connection, CloseCause cause) {
            server.cause = cause;
          }
        };
    box.wire.pieces = count -> Math.min(count, 1_000);
    connect(_ -> lines.handler(frames));
    WriteResult _ = client.connection().write(bytes("request\n".repeat(50)));
    box.untilClosed(server, client);
    assertEquals(50 * 5_000, client.bytes.size());
    assertEquals(CloseReason.CLOSED, server.reason());
    assertEquals(CloseReason.END_OF_STREAM, client.reason());
  }

  @Test
  void plaintextThatWaits_isDue() throws Exception {
    server.onReceived =
        (connection, data) -> {
          server.take(data, 1);
          connection.pauseReading();
        };
    connect(_ -> server);
    WriteResult _ = client.connection().write(bytes("letters"));
    box.until("first", () -> server.text().equals("l"));
    server.connection().finish();
    for (int i = 2; i <= 7; i++) {
      int size = i;
      box.quiet();
      assertTrue(server.connection().isOpen());
      server.connection().resumeReading();
      box.until("next", () -> server.bytes.size() == size);
    }
    server.connection().resumeReading();
    box.untilClosed(server, client);
    assertEquals("letters", server.text());
    assertEquals(CloseReason.CLOSED, server.reason());
  }

  /** TLS 1.2 has no half-close: what waits is lost, which is not called an end in order. */
  @Test
  void peerThatEnds_whileAnAnswerWaits_getsItOrItIsCutOff() throws Exception {
    int much = 20_000_000;
    box.options = box.options.withMaxQueuedBytes(1 << 25);
    server.onReceived =
        (connection, data) -> {
          server.take(data, data.remaining());
          assertEquals(WriteResult.FULL, connection.write(ByteBuffer.allocate(much)));
        };
    connect(_ -> server);
    client.connection().pauseReading();
    WriteResult _ = client.connection().write(bytes("?"));
    box.until("asked", () -> server.text().equals("?"));
    client.connection().end();
    box.quiet();
    client.connection().resumeReading();
    box.untilClosed(server, client);
    if (isTls13()) {
      assertEquals(much, client.bytes.size());
      assertEquals(CloseReason.END_OF_STREAM, server.reason());
    } else {
      assertTrue(client.bytes.size() < much);
      assertEquals(CloseReason.CUT_OFF, server.reason());
      assertTrue(server.connection().queuedBytes() > 0);
    }
  }

  @Test
  void finish_inTheHandshake_isToldAfterIt() throws Exception {
    List<String> log = new ArrayList<>();
    connect(connection -> {
      connection.hold();
      connection.finish();
      return new ConnectionHandler() {
        @Override
        public void opened(Connection opened) {
          log.add("opened");
        }

        @Override
        public void received(Connection source, ByteBuffer data) {
          log.add("received");
        }

        @Override
        public void finishing(Connection source) {
          log.add("finishing");
          source.release();
        }
      };
    });
    box.untilClosed(client);
    box.quiet();
    assertEquals(List.of("opened", "finishing"), log);
  }

  private static ConnectionHandler handingOver(TlsNote next, int count) {
    return (connection, data) -> {
      var _ = data.position(data.position() + count);
      next.handshaken = true; // what opened would have told it
      next.connection = connection;
      connection.setHandler(next);
    };
  }

  @Test
  void rest_goesToTheNewOne_andTheEnd() throws Exception {
    server.onReceived =
        (connection, data) -> {
          server.take(data.duplicate(), data.remaining());
          WriteResult _ = connection.write(data);
        };
    box.track(server);
    connect(_ -> handingOver(server, 7));
    WriteResult _ = client.connection().write(bytes("header\nrequest"));
    client.connection().end();
    box.untilClosed(server, client);
    assertEquals("request", server.text());
    assertEquals(1, server.readClosedCount);
    assertEquals(isTls13() ? "request" : client.text(), client.text());
  }

  @Test
  void end_thatTheOldOneHeard_isToldToTheNewOne() throws Exception {
    box.track(server);
    boolean[] ended = {false};
    connect(_ ->
        new ConnectionHandler() {
          @Override
          public void received(Connection connection, ByteBuffer data) {}

          @Override
          public void readClosed(Connection connection) {
            ended[0] = true;
            server.handshaken = true;
            server.connection = connection;
            connection.setHandler(server);
          }
        });
    WriteResult _ = client.connection().write(bytes("left"));
    client.connection().end();
    box.untilClosed(server, client);
    assertTrue(ended[0]);
    assertEquals("left", server.text());
    assertEquals(1, server.readClosedCount);
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
  }

  /** Many records in one read: the old one is given none after it has handed over. */
  @Test
  void records_behindTheHandOver_areTheNewOnes() throws Exception {
    box.track(server);
    server.onReceived = (_, data) -> server.take(data, data.remaining());
    connect(_ -> handingOver(server, 1));
    for (int i = 0; i < 20; i++) {
      WriteResult _ = client.connection().write(ByteBuffer.wrap(TlsBox.random(5_000)));
    }
    box.until("all", () -> server.bytes.size() == 20 * 5_000 - 1);
    assertFalse(server.isClosed());
    client.connection().close();
    box.untilClosed(server, client);
  }
}
