package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static dev.pollux.net.TlsBox.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Writes over TLS: offered before they are refused, and told of when they have left. */
@ParameterizedClass(name = "[level, epoll/{0}]")
@ValueSource(strings = {"native", "model"})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsOfferTest {

  @Parameter String kernel;
  private TlsBox box;
  private Connection connection;
  private final TlsNote server = new TlsNote();
  private final TlsNote client = new TlsNote();

  @BeforeEach
  void open() {
    box = new TlsBox(kernel.equals("model"));
  }

  @AfterEach
  void close() throws SysException {
    connection.reset();
    box.untilClosed(client, server);
    box.close();
  }

  private void connect() throws SysException {
    Tls tls = Tls.server(TlsKeys.localhost().identity());
    Tls asking = Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443);
    connection = box.connect(box.serve(tls, server), asking, client);
  }

  private void connectAndWait() throws SysException {
    connect();
    box.until("opened", () -> connection.tlsSession() != null && server.log.contains("opened"));
    box.quiet();
  }

  @Test
  void bigWrite_toAReader_arrives() throws Exception {
    box.options =
        ConnectionOptions.DEFAULT
            .withLowWaterBytes(1 << 14)
            .withHighWaterBytes(1 << 16)
            .withMaxQueuedBytes(1 << 20);
    connectAndWait();
    byte[] sent = random(5 << 20); // more than may be queued, on an empty queue
    assertEquals(WriteResult.FULL, connection.write(ByteBuffer.wrap(sent)));
    box.until("all", () -> server.bytes.size() == sent.length);
    assertArrayEquals(sent, server.bytes.toByteArray());
  }

  @Test
  void payload_arrives_onBoth() throws Exception {
    connectAndWait();
    byte[] content = random(100_000);
    Payload payload = Payload.copyOf(ByteBuffer.wrap(content));
    assertTrue(connection.write(payload).isTaken());
    assertTrue(connection.write(payload).isTaken());
    box.until("all", () -> server.bytes.size() == 2 * content.length);
  }

  @Test
  void fromATask_isSentAtOnce() throws Exception {
    connectAndWait();
    assertEquals(WriteResult.SENT, connection.write(bytes("one")));
    assertEquals(WriteResult.QUEUED, connection.write(bytes("two")));
    box.until("all", () -> server.bytes.size() == 6);
  }

  @Test
  void beforeTheHandshake_waits_andIsBounded() throws Exception {
    box.options =
        ConnectionOptions.DEFAULT
            .withLowWaterBytes(1)
            .withHighWaterBytes(50)
            .withMaxQueuedBytes(100);
    connect();
    List<String> told = new ArrayList<>();
    assertEquals(WriteResult.QUEUED, connection.write(ByteBuffer.allocate(20)));
    assertEquals(WriteResult.FULL, connection.write(ByteBuffer.allocate(80)));
    connection.whenSent((_, sent) -> told.add("all " + sent));
    assertEquals(WriteResult.REFUSED, connection.write(bytes("x")));
    assertEquals(1, NetStats.of(box.loop).refused(Limit.TLS_QUEUE));
    assertEquals(List.of(), told);
    box.until("all", () -> server.bytes.size() == 100);
    box.quiet();
    assertEquals(List.of("all true"), told);
    assertEquals(WriteResult.SENT, connection.write(bytes("!")));
    box.until("one more", () -> server.bytes.size() == 101);
  }

  @Test
  void whenSent_endedInTheHandshake_isToldSo() throws Exception {
    connect();
    List<String> told = new ArrayList<>();
    WriteResult _ = connection.write(bytes("never"));
    connection.whenSent((_, sent) -> told.add("all " + sent));
    connection.reset();
    box.untilClosed(client);
    assertEquals(List.of("all false"), told);
  }
}
