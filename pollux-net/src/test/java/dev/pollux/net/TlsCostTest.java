package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS costs: memory of connections that are idle, room for records, bytes of handshakes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsCostTest {

  private static final int CONNECTIONS = 50;
  private static final int CERTIFICATE_BYTES = 500; // at the least

  private final TlsBox box = new TlsBox(true);

  @AfterEach
  void close() {
    box.close();
  }

  private static Tls clientTls(String protocol) {
    return Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
        .withProtocols(protocol);
  }

  private static Tls serverTls() {
    return Tls.server(TlsKeys.localhost().identity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void roomForARecord_isWhatTheEngineAsksFor(String protocol) throws Exception {
    SSLEngine fresh = TlsKeys.trustOnly(TlsKeys.localhost()).createSSLEngine();
    int most = fresh.getSession().getPacketBufferSize();
    TlsNote server = TlsNote.echo();
    TlsNote client = new TlsNote();
    Connection connection =
        box.connect(box.serve(serverTls(), server), clientTls(protocol), client);
    box.until("opened", () -> client.handshaken && server.handshaken);
    for (Connection each : List.of(connection, server.connection())) {
      SSLSession session = each.tlsSession();
      assertNotNull(session);
      most = Math.max(most, session.getPacketBufferSize());
    }
    assertTrue(most <= TlsBuffers.WIRE_RECORD_BYTES, most + " bytes");
    connection.close();
    box.untilClosed(client, server);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void idleConnections_haveNoNativeMemoryOfTheirOwn(String protocol, TestReporter reporter)
      throws Exception {
    List<TlsNote> clients = new ArrayList<>();
    InetSocketAddress address = box.serve(serverTls(), (HandlerFactory) _ -> TlsNote.echo());
    Tls tls = clientTls(protocol);
    openOne(address, tls, clients);
    long heap = usedHeapBytes();
    long direct = directBytes(); // after the collection of others' buffers
    for (int i = 0; i < CONNECTIONS; i++) {
      openOne(address, tls, clients);
    }
    box.quiet();
    assertEquals(0, box.pool.usedCount(), "chunks in use");
    assertTrue(directBytes() <= direct, "direct buffers grew from " + direct);
    long each = (usedHeapBytes() - heap) / CONNECTIONS;
    reporter.publishEntry(
        "heap of an idle connection, " + protocol, each + " bytes, both ends and the model's");
    assertTrue(each < 200_000, each + " bytes"); // not a measurement, but a bound
    for (TlsNote client : clients) {
      client.connection().close();
    }
    box.untilClosed(clients.toArray(TlsNote[]::new));
    box.quiet();
  }

  /** Who comes back to the same {@code Tls} is not sent the certificate again. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_withTheSameTls_isResumed(String protocol) throws Exception {
    long[] wireBytes = {0};
    box.options =
        box.options.withTrace(
            new ConnectionTrace() {
              @Override
              public void read(Connection connection, int sizeBytes) {
                wireBytes[0] += sizeBytes;
              }

              @Override
              public void wrote(Connection connection, int sizeBytes) {}
            });
    InetSocketAddress address = box.serve(serverTls(), (HandlerFactory) _ -> TlsNote.echo());
    Tls same = clientTls(protocol);
    List<Long> sizes = new ArrayList<>();
    for (Tls tls : List.of(clientTls(protocol), same, same, same)) {
      wireBytes[0] = 0;
      List<TlsNote> clients = new ArrayList<>();
      openOne(address, tls, clients);
      clients.getFirst().connection().close();
      box.untilClosed(clients.getFirst());
      box.quiet();
      sizes.add(wireBytes[0]);
    }
    long full = Math.min(sizes.get(0), sizes.get(1));
    long resumed = Math.max(sizes.get(2), sizes.get(3));
    assertTrue(resumed + CERTIFICATE_BYTES < full, sizes::toString);
  }

  private void openOne(InetSocketAddress address, Tls tls, List<TlsNote> clients) throws Exception {
    TlsNote client = new TlsNote();
    clients.add(client);
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("x"));
        };
    Connection _ = box.connect(address, tls, client);
    box.until("echo", () -> client.text().equals("x"));
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long usedHeapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void plainBytes_areNotCopiedToTheHeap() throws Exception {
    TlsNote server = new TlsNote();
    int[] direct = {0};
    server.onReceived =
        (_, data) -> {
          direct[0] += data.isDirect() ? 1 : 0;
          server.take(data, data.remaining());
        };
    TlsNote client = new TlsNote();
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(ByteBuffer.allocate(1_000));
        };
    Connection _ = box.connect(box.serve(serverTls(), server), clientTls("TLSv1.3"), client);
    box.until("data", () -> server.bytes.size() == 1_000);
    assertTrue(direct[0] > 0);
    client.connection().close();
    box.untilClosed(client, server);
  }
}
