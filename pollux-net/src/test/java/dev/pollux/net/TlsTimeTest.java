package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Progress and silence where the bytes are encrypted, in virtual time. */
class TlsTimeTest {

  private static final Duration ONE = Duration.ofSeconds(1);
  private static final long PAUSE_NANOS = 50_000_000; // 50 ms
  private static final int LARGE = 1 << 23; // more than the kernels hold

  private final TlsBox box = new TlsBox(true);
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @AfterEach
  void close() {
    box.close();
  }

  private void connect() throws SysException {
    Tls serves = Tls.server(TlsKeys.localhost().identity());
    Tls asks = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    Connection _ = box.connect(box.serve(serves, server), asks, client);
  }

  /** It takes several seconds, each of which would be too long without any progress. */
  @Test
  void slowReader_isGivenEverything_alsoOfAClose() throws SysException {
    box.options = box.options.withAllIdle(ONE).withWriteStall(ONE).withCloseGrace(ONE);
    byte[] all = TlsBox.random(LARGE);
    server.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(all));
          connection.close();
        };
    client.onReceived =
        (connection, data) -> {
          client.take(data, data.remaining());
          connection.pauseReading();
          var _ = connection.loop().schedule(PAUSE_NANOS, connection::resumeReading);
        };
    long start = box.sys.nanoTime();
    connect();
    box.untilClosed(server, client);
    assertTrue(box.sys.nanoTime() - start > 3 * ONE.toNanos(), "it was not slow");
    assertArrayEquals(all, client.bytes.toByteArray());
    assertEquals(CloseReason.CLOSED, server.reason());
    assertEquals(CloseReason.END_OF_STREAM, client.reason());
  }

  @Test
  void deafPeer_isGivenUp() throws SysException {
    box.options = box.options.withWriteStall(ONE);
    server.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.allocate(LARGE));
        };
    server.byDefault = true;
    client.onOpened = Connection::pauseReading;
    connect();
    box.untilClosed(server);
    assertEquals(CloseReason.STALLED, server.reason());
    box.untilClosed(client);
    assertEquals(CloseReason.RESET, client.reason());
  }

  @Test
  void pausedPeer_thatEnds_isNoticed() throws SysException {
    server.onOpened = Connection::pauseReading;
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(TlsBox.bytes("last words"));
          connection.close();
        };
    connect();
    box.until("noticed", () -> server.peerEndedCount == 1);
    assertEquals(0, server.readClosedCount);
    server.connection().resumeReading();
    box.untilClosed(server, client);
    assertEquals("last words", server.text());
    assertEquals(1, server.readClosedCount);
    assertEquals(1, server.peerEndedCount);
  }
}
