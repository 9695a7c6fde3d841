package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static dev.pollux.net.TlsBox.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Trigger;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A server and a client of ours on one loop, over every kernel, trigger and version. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsContractTest {

  private static final Clock WALL_CLOCK = Clock.systemUTC();

  private static final int BIG = 1 << 20; // 1 MiB

  record Setup(boolean model, Trigger trigger, String protocol) {
    @Override
    public String toString() {
      return trigger.name().toLowerCase(java.util.Locale.ROOT)
          + ", epoll/"
          + (model ? "model" : "native")
          + ", "
          + protocol;
    }
  }

  @Parameter Setup setup;
  private TlsBox box;
  private final TlsNote server = TlsNote.echo();
  private final TlsNote client = new TlsNote();

  static Stream<Setup> setups() {
    return Stream.of(false, true)
        .flatMap(model ->
            Stream.of(Trigger.LEVEL, Trigger.EDGE)
                .flatMap(trigger ->
                    Stream.of("TLSv1.3", "TLSv1.2")
                        .map(protocol -> new Setup(model, trigger, protocol))));
  }

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
  }

  private Tls serverTls() {
    return Tls.server(TlsKeys.localhost().identity()).withProtocols(setup.protocol());
  }

  private Tls clientTls() {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
        .withProtocols(setup.protocol());
  }

  private void connect() throws SysException {
    InetSocketAddress address = box.serve(serverTls(), server);
    Connection _ = box.connect(address, clientTls(), client);
  }

  private void connectAndOpen() throws SysException {
    connect();
    box.until("opened", () -> client.handshaken && server.handshaken);
  }

  @Test
  void handshake_ofBoth_agreesOnTheVersionAndEchoes() throws SysException {
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("hello"));
        };
    connect();
    box.until("echo", () -> client.text().equals("hello"));
    SSLSession session = client.connection().tlsSession();
    assertNotNull(session);
    assertEquals(setup.protocol(), session.getProtocol());
    assertNull(client.connection().applicationProtocol());
    client.connection().close();
    box.untilClosed(client, server);
    assertEquals(CloseReason.CLOSED, client.reason());
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
    assertEquals(1, server.readClosedCount);
    assertEquals(0, client.readClosedCount);
  }

  @Test
  void wire_inPiecesOfOneByte_isPutTogether() throws SysException {
    box.wire.pieces = _ -> 1;
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("drop by drop"));
        };
    connect();
    box.until("echo", () -> client.text().equals("drop by drop"));
    client.connection().end();
    box.untilClosed(client, server);
    assertEquals(CloseReason.END_OF_STREAM, client.reason());
  }

  @Test
  void reads_ofOneByte_giveEverything() throws SysException {
    box.options = box.options.withReadBytes(1).withReadsPerTurn(3);
    byte[] sent = random(5_000);
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(sent));
        };
    connect();
    box.until("echo", () -> client.bytes.size() == sent.length);
    assertArrayEquals(sent, client.bytes.toByteArray());
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void bigData_bothWaysInRandomPieces_arrivesInOrder() throws SysException {
    Random dice = new Random(7);
    box.wire.pieces = count -> 1 + dice.nextInt(Math.max(1, count));
    box.options =
        box.options
            .withLowWaterBytes(1 << 10)
            .withHighWaterBytes(1 << 14)
            .withMaxQueuedBytes(4 * BIG);
    byte[] sent = random(BIG);
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(sent));
        };
    connect();
    box.until("echo", () -> client.bytes.size() == sent.length);
    assertArrayEquals(sent, client.bytes.toByteArray());
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void end_ofTheClient_isReadClosedOfTheServerOnceAndBack() throws SysException {
    connectAndOpen();
    WriteResult _ = client.connection().write(bytes("last words"));
    client.connection().end();
    assertFalse(client.connection().write(bytes("too late")).goesOn());
    box.untilClosed(client, server);
    assertEquals("last words", server.text());
    assertEquals("last words", client.text());
    assertEquals(1, server.readClosedCount);
    assertEquals(1, client.readClosedCount);
    assertEquals(CloseReason.END_OF_STREAM, server.reason());
    assertEquals(CloseReason.END_OF_STREAM, client.reason());
  }

  @Test
  void slowReader_makesTheWriterStop_withBoundedMemory() throws SysException {
    box.options =
        box.options
            .withLowWaterBytes(1 << 12)
            .withHighWaterBytes(1 << 15)
            .withMaxQueuedBytes(1 << 20);
    byte[] block = random(10_000);
    int total = 200 * block.length;
    int[] written = {0};
    int[] mostQueued = {0};
    int[] mostChunks = {0};
    server.onReceived = (_, data) -> server.take(data, data.remaining());
    Runnable produce =
        () -> {
          Connection connection = client.connection();
          while (connection.isWritable() && written[0] < total) {
            WriteResult _ = connection.write(ByteBuffer.wrap(block));
            written[0] += block.length;
            mostQueued[0] = Math.max(mostQueued[0], connection.queuedBytes());
          }
          if (written[0] == total) {
            connection.end();
          }
        };
    client.onOpened = _ -> produce.run();
    client.onWritable = _ -> produce.run();
    connectAndOpen();
    server.connection().pauseReading();
    box.quiet();
    assertTrue(written[0] < total || !setup.model(), "the model's buffers are small");
    while (server.bytes.size() < total) {
      server.connection().resumeReading();
      box.turns(3);
      mostChunks[0] = Math.max(mostChunks[0], box.pool.usedCount());
      if (server.connection().isOpen()) {
        server.connection().pauseReading();
      }
      box.turns(3);
    }
    server.connection().resumeReading();
    box.untilClosed(server, client);
    assertEquals(total, server.bytes.size());
    assertTrue(mostQueued[0] <= (1 << 15) + block.length + 100, mostQueued[0] + " bytes queued");
    assertTrue(mostChunks[0] <= 16, mostChunks[0] + " chunks");
  }

  @Test
  void writesBeforeTheHandshake_areHeldAndThenSent() throws SysException {
    InetSocketAddress address =
        box.serve(
            serverTls(),
            connection -> {
              WriteResult _ = connection.write(bytes("welcome "));
              WriteResult _ = connection.write(bytes("all"));
              assertEquals(11, connection.queuedBytes());
              return server;
            });
    Connection _ = box.connect(address, clientTls(), client);
    box.until("greeting", () -> client.text().equals("welcome all"));
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void halfCloseBeforeTheHandshake_sendsWhatWasHeldFirst() throws SysException {
    server.onReadClosed = Connection::close;
    client.onReadClosed = Connection::close;
    InetSocketAddress address =
        box.serve(
            serverTls(),
            connection -> {
              WriteResult _ = connection.write(bytes("all there is"));
              connection.end();
              return server;
            });
    Connection _ = box.connect(address, clientTls(), client);
    box.untilClosed(client, server);
    assertEquals("all there is", client.text());
    assertEquals(CloseReason.END_OF_STREAM, client.reason());
  }

  @Test
  void closeBeforeTheHandshake_isCutOffIfSomethingWasWritten() throws SysException {
    TlsNote empty = new TlsNote();
    TlsNote full = new TlsNote();
    InetSocketAddress address =
        box.serve(
            serverTls(),
            connection -> {
              TlsNote note = connection.index == 0 && empty.connection == null ? full : empty;
              if (note.equals(full)) {
                WriteResult _ = connection.write(bytes("lost"));
              }
              connection.close();
              empty.connection = connection;
              return note;
            });
    Connection _ = box.connect(address, clientTls(), client);
    box.untilClosed(client, full);
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertEquals(CloseReason.CUT_OFF, full.reason());
    assertTrue(full.message().contains("handshake"), full::message);
    TlsNote second = new TlsNote();
    Connection _ = box.connect(address, clientTls(), second);
    box.untilClosed(second, empty);
    assertEquals(CloseReason.CLOSED, empty.reason());
  }

  @Test
  void pauseBeforeTheHandshake_doesNotStopIt() throws SysException {
    InetSocketAddress address =
        box.serve(
            serverTls(),
            connection -> {
              connection.pauseReading();
              return server;
            });
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("early"));
        };
    Connection _ = box.connect(address, clientTls(), client);
    box.until("opened", () -> server.handshaken && client.handshaken);
    box.quiet();
    assertEquals("", server.text());
    server.connection().resumeReading();
    box.until("echo", () -> client.text().equals("early"));
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void closeInOpened_isAnEndInOrder() throws SysException {
    server.onOpened = Connection::close;
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.wrap(random(100_000)));
        };
    connect();
    box.untilClosed(client, server);
    assertEquals("", server.text());
    assertEquals(CloseReason.CLOSED, server.reason());
  }

  @Test
  void handlerThatThrows_losesItsConnectionAlone() throws SysException {
    TlsNote inOpened = new TlsNote();
    inOpened.onOpened =
        _ -> {
          throw new IllegalStateException("in opened");
        };
    TlsNote inReceived = new TlsNote();
    inReceived.onReceived =
        (_, _) -> {
          throw new IllegalStateException("in received");
        };
    InetSocketAddress first = box.serve(serverTls(), inOpened);
    InetSocketAddress second = box.serve(serverTls(), inReceived);
    TlsNote other = new TlsNote();
    other.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("x"));
        };
    Connection _ = box.connect(first, clientTls(), client);
    Connection _ = box.connect(second, clientTls(), other);
    box.untilClosed(inOpened, inReceived, client, other);
    assertEquals(CloseReason.HANDLER_FAILED, inOpened.reason());
    assertEquals("in received", inReceived.message());
    assertEquals(CloseReason.HANDLER_FAILED, inReceived.reason());
    assertEquals(2, box.reported.size(), box.reported.toString());
    box.reported.clear();
  }

  @Test
  void secondConnection_resumesTheSession() throws SysException {
    Tls tls = serverTls();
    Tls clients = clientTls();
    InetSocketAddress address = box.serve(tls, (HandlerFactory) _ -> TlsNote.echo());
    long[] created = new long[3];
    for (int i = 0; i < created.length; i++) {
      TlsNote note = new TlsNote();
      note.onOpened =
          connection -> {
            WriteResult _ = connection.write(bytes("x"));
          };
      Connection connection = box.connect(address, clients, note);
      box.until("echo", () -> note.text().equals("x")); // after it, the ticket has come, too
      SSLSession session = connection.tlsSession();
      assertNotNull(session);
      created[i] = session.getCreationTime();
      connection.close();
      box.untilClosed(note);
      long now = WALL_CLOCK.millis(); // by which sessions are dated
      while (WALL_CLOCK.millis() == now) {
        Thread.onSpinWait(); // so that a new session would be a younger one
      }
    }
    assertEquals(created[0], created[1]);
    assertEquals(created[0], created[2]);
  }

  @Test
  void applicationProtocol_isTheServersChoice() throws SysException {
    InetSocketAddress address =
        box.serve(serverTls().withApplicationProtocols("h2", "http/1.1"), server);
    Connection _ =
        box.connect(address, clientTls().withApplicationProtocols("http/1.1", "h2"), client);
    box.until("opened", () -> client.handshaken && server.handshaken);
    assertEquals("h2", client.connection().applicationProtocol());
    assertEquals("h2", server.connection().applicationProtocol());
    client.connection().close();
    box.untilClosed(client, server);
  }

  @Test
  void applicationProtocol_inCommonNone_failsOnBothSides() throws SysException {
    InetSocketAddress address = box.serve(serverTls().withApplicationProtocols("h2"), server);
    Connection _ = box.connect(address, clientTls().withApplicationProtocols("smtp"), client);
    box.untilClosed(client, server);
    assertEquals(CloseReason.PROTOCOL, client.reason());
    assertEquals(CloseReason.PROTOCOL, server.reason());
    assertTrue(client.message().contains("no_application_protocol"), client::message);
  }
}
