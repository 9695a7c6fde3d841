package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static dev.pollux.net.TlsBox.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Files sent over TLS: read by the loop, a record at a time. */
@ParameterizedClass(name = "[level, epoll/{0}]")
@ValueSource(strings = {"native", "model"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsFileTest {

  private static final int SIZE = 300_001;

  @Parameter String kernel;
  @TempDir Path folder;
  private TlsBox box;
  private Path file;
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @BeforeEach
  void open() throws IOException {
    box = new TlsBox(kernel.equals("model"));
    file = folder.resolve("file");
    if (box.model == null) {
      Files.write(file, random(SIZE));
    } else {
      box.model.putFile(file.toString(), random(SIZE));
    }
  }

  @AfterEach
  void close() {
    box.close();
  }

  private FileRegion region(long start, long length) {
    try {
      return FileRegion.open(box.loop.sys(), file, start, length);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  private void connect() throws SysException {
    Tls tls = Tls.server(TlsKeys.localhost().identity());
    Tls asking = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    Connection _ = box.connect(box.serve(tls, server), asking, client);
  }

  @Test
  void files_betweenWrites_keepTheOrder() throws Exception {
    Random dice = new Random(5);
    box.wire.pieces = count -> 1 + dice.nextInt(count);
    int[] mostQueued = {0};
    server.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("head "));
          WriteResult _ = connection.sendFile(region(0, SIZE));
          WriteResult _ = connection.write(bytes(" middle "));
          WriteResult _ = connection.sendFile(region(7, 0));
          WriteResult _ = connection.sendFile(region(100, 20));
          WriteResult _ = connection.write(bytes(" tail"));
          connection.close();
        };
    connect();
    while (!client.isClosed()) {
      box.turns(1);
      if (server.connection != null && !server.isClosed()) {
        mostQueued[0] = Math.max(mostQueued[0], server.connection().queuedBytes());
      }
    }
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    byte[] content = random(SIZE);
    expected.writeBytes(bytes("head ").array());
    expected.writeBytes(content);
    expected.writeBytes(bytes(" middle ").array());
    expected.write(content, 100, 20);
    expected.writeBytes(bytes(" tail").array());
    assertArrayEquals(expected.toByteArray(), client.bytes.toByteArray());
    box.untilClosed(server);
    assertEquals(CloseReason.CLOSED, server.reason());
    assertTrue(
        mostQueued[0] <= box.options.highWaterBytes() + 200, mostQueued[0] + " bytes queued");
    assertTrue(box.wire.preads > 0);
  }

  @Test
  void fileBeforeTheHandshake_waitsForIt() throws Exception {
    Tls tls = Tls.server(TlsKeys.localhost().identity());
    var address =
        box.serve(
            tls,
            connection -> {
              WriteResult _ = connection.sendFile(region(0, SIZE));
              connection.end();
              return server;
            });
    Tls asking = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    Connection _ = box.connect(address, asking, client);
    box.untilClosed(client, server);
    assertArrayEquals(random(SIZE), client.bytes.toByteArray());
  }

  @Test
  void fileWithASmallQueue_staysBelowTheWatermark() throws Exception {
    box.options =
        box.options.withLowWaterBytes(100).withHighWaterBytes(1_000).withMaxQueuedBytes(1_000);
    server.onOpened =
        connection -> {
          WriteResult _ = connection.sendFile(region(0, 50_000));
          connection.close();
        };
    connect();
    box.untilClosed(client, server);
    assertEquals(50_000, client.bytes.size());
    assertEquals(CloseReason.CLOSED, server.reason());
  }

  /** What is lost takes no room in the queue. */
  @Test
  void writeAfterClose_doesNotStopTheFileThatWaits() throws Exception {
    server.onOpened =
        connection -> {
          WriteResult _ = connection.sendFile(region(0, SIZE));
          connection.close();
          WriteResult _ = connection.write(ByteBuffer.allocate(1 << 20));
        };
    connect();
    box.untilClosed(client, server);
    assertArrayEquals(random(SIZE), client.bytes.toByteArray());
    assertEquals(CloseReason.CLOSED, server.reason());
  }

  @Test
  void fileShorterThanPromised_endsTheConnection() throws Exception {
    server.onOpened =
        connection -> {
          WriteResult _ = connection.sendFile(region(0, SIZE + 1L));
          connection.close();
        };
    connect();
    box.untilClosed(server, client);
    assertEquals(CloseReason.ERROR, server.reason());
    assertTrue(server.message().contains("EIO"), server::message);
    assertTrue(client.reason() != CloseReason.CLOSED, client::toString);
  }

  @Test
  void reset_closesTheFilesThatWait() throws Exception {
    server.onOpened =
        connection -> {
          for (int i = 0; i < 10; i++) {
            WriteResult _ = connection.sendFile(region(0, SIZE));
          }
          connection.reset();
          WriteResult _ = connection.sendFile(region(0, SIZE));
        };
    connect();
    box.untilClosed(server, client); // the box looks at the descriptors
    assertEquals(CloseReason.CUT_OFF, server.reason());
  }

  @Test
  void peerThatGoesAway_closesTheFilesThatWait() throws Exception {
    server.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(random(1_000)));
          for (int i = 0; i < 100; i++) {
            WriteResult _ = connection.sendFile(region(0, SIZE));
          }
        };
    client.onReceived = (connection, data) -> connection.reset();
    connect();
    box.untilClosed(server, client);
    assertEquals(CloseReason.RESET, server.reason());
  }
}
