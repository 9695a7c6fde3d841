package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static dev.pollux.net.TlsBox.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What arrives over TLS when the handler pauses, or leaves it for later. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.TlsContractTest#setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsInputTest {

  private static final int BIG = 1 << 20; // 1 MiB

  @Parameter TlsContractTest.Setup setup;
  private TlsBox box;
  private final TlsNote server = TlsNote.echo();
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

  private void connectAndOpen() throws SysException {
    Tls serving = Tls.server(TlsKeys.localhost().identity()).withProtocols(setup.protocol());
    InetSocketAddress address = box.serve(serving, server);
    Tls asking =
        Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
            .withProtocols(setup.protocol());
    Connection _ = box.connect(address, asking, client);
    box.until("opened", () -> client.handshaken && server.handshaken);
  }

  /** Who pauses has not left what it was not to be given. */
  @Test
  void pausedReader_isNotCutOff_howeverMuchLiesBehindThePause() throws SysException {
    box.options = box.options.withMaxUnreadBytes(20_000).withReadBytes(1 << 18);
    byte[] sent = random(1 << 19);
    server.onReceived =
        (connection, data) -> {
          server.take(data, Math.min(data.remaining(), 9_000));
          connection.pauseReading();
        };
    connectAndOpen();
    WriteResult _ = client.connection().write(ByteBuffer.wrap(sent));
    box.until(
        "all",
        () -> {
          server.connection().resumeReading();
          return server.bytes.size() == sent.length || server.isClosed();
        });
    assertArrayEquals(sent, server.bytes.toByteArray());
    client.connection().close();
    server.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void pausedReader_getsNothing_thenEverythingInOrderAndTheEnd() throws SysException {
    byte[] sent = random(BIG);
    Random dice = new Random(3);
    server.onReceived =
        (connection, data) -> {
          server.take(data, 1 + dice.nextInt(20_000));
          connection.pauseReading();
        };
    connectAndOpen();
    WriteResult _ = client.connection().write(ByteBuffer.wrap(sent));
    client.connection().close();
    int most = 0;
    while (server.readClosedCount == 0) {
      int before = server.bytes.size();
      box.turns(20);
      most = Math.max(most, server.connection().unreadBytes());
      if (server.connection().isReadingPaused()) {
        server.connection().resumeReading();
      }
      box.until("more", () -> server.bytes.size() > before || server.readClosedCount > 0);
    }
    box.untilClosed(server);
    assertArrayEquals(sent, server.bytes.toByteArray());
    assertTrue(most <= box.options.readBytes() + TlsBuffers.RECORD_BYTES, most + " bytes unread");
  }

  @Test
  void end_whileTheReaderPauses_isToldAfterIt() throws SysException {
    server.onReceived =
        (connection, data) -> {
          server.take(data, data.remaining());
          connection.pauseReading();
        };
    connectAndOpen();
    WriteResult _ = client.connection().write(bytes("all"));
    client.connection().end();
    box.until("received", () -> server.text().equals("all"));
    box.quiet();
    assertEquals(0, server.readClosedCount);
    server.connection().resumeReading();
    box.untilClosed(server, client);
    assertEquals(1, server.readClosedCount);
  }

  @Test
  void handlerThatLeavesEverything_isCutOffAtTheLimit() throws SysException {
    server.onReceived = (_, _) -> {};
    connectAndOpen();
    byte[] block = random(1 << 20);
    WriteResult _ = client.connection().write(ByteBuffer.wrap(block));
    box.untilClosed(server);
    assertEquals(CloseReason.LIMIT, server.reason());
    assertTrue(server.message().contains("unread"), server::message);
    client.connection().reset();
    box.untilClosed(client);
  }

  @Test
  void handlerThatWaitsForABigMessage_getsItInOnePiece() throws SysException {
    int message = box.options.readBytes();
    server.onReceived =
        (_, data) -> {
          if (data.remaining() >= message) {
            server.take(data, message);
          }
        };
    connectAndOpen();
    WriteResult _ = client.connection().write(ByteBuffer.wrap(random(message)));
    box.until("message", () -> server.bytes.size() == message);
    assertArrayEquals(random(message), server.bytes.toByteArray());
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void tinyMessagesThatAreLeft_areCutOffAtTheLimit() throws SysException {
    box.options = box.options.withMaxUnreadBytes(100).withReadsPerTurn(1);
    server.onReceived = (_, _) -> {};
    connectAndOpen();
    for (int i = 0; i < 3_000 && !server.isClosed(); i++) {
      WriteResult _ = client.connection().write(bytes("0123456789"));
      box.turns(2);
    }
    box.untilClosed(server);
    assertEquals(CloseReason.LIMIT, server.reason());
    client.connection().reset();
    box.untilClosed(client);
  }
}
