package dev.pollux.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The blocking style on a server: handshakes that fail, and a stop. On both kernels. */
@Timeout(60)
class BlockingStopTest {

  private static final int MUCH = 1 << 24; // more than all buffers on the way

  private final AtomicInteger threads = new AtomicInteger();
  private final List<String> observed = new CopyOnWriteArrayList<>();
  private final ConnectionOptions options =
      ConnectionOptions.DEFAULT.withObserver(
          new ConnectionObserver() {
            @Override
            public void opened(Connection connection) {
              observed.add("opened");
            }

            @Override
            public void closed(Connection connection, CloseCause cause) {
              observed.add("closed " + cause.reason());
            }

            @Override
            public void failed(Connection connection, String what, Throwable thrown) {
              observed.add("failed " + what);
            }
          });

  // ---- handshakes

  /** Anybody can have one fail: that costs no thread, and is told once, as with callbacks. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void handshakeThatFails_onAServer_startsNoThread(String kernel) throws Exception {
    HandlerFactory blocking = Blocking.handlers(_ -> threads.incrementAndGet());
    try (NetBox box = NetBox.on(kernel)) {
      failHandshakes(box, _ -> (_, _) -> {});
      List<String> withCallbacks = List.copyOf(observed);
      observed.clear();
      failHandshakes(box, blocking);
      assertEquals(withCallbacks, observed);
      assertEquals(List.of("closed PROTOCOL", "closed PROTOCOL"), observed);
    }
    assertEquals(0, threads.get());
  }

  /** One that speaks no TLS, and one that leaves. */
  private void failHandshakes(NetBox box, HandlerFactory factory) throws Exception {
    ServerOptions like =
        ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withConnection(options)
            .withTls(Tls.server(TlsKeys.localhost().identity()));
    try (Server server = Server.start(box.group, like, factory)) {
      for (String said : List.of("GET / HTTP/1.1\r\n\r\n", "")) {
        int before = observed.size();
        box.onLoop(() -> {
          Connection _ =
              Connection.connect(
                  box.loop,
                  server.address(),
                  0,
                  ConnectionOptions.DEFAULT,
                  new ConnectionHandler() {
                    @Override
                    public void opened(Connection connection) {
                      WriteResult _ = connection.write(ByteBuffer.wrap(said.getBytes(ISO_8859_1)));
                      connection.end();
                    }

                    @Override
                    public void received(Connection connection, ByteBuffer data) {
                      var _ = data.position(data.limit());
                    }
                  });
        });
        NetBox.until("told", () -> observed.size() > before);
      }
    }
  }

  // ---- one thread reads, another writes

  /** A connection whose thread reads, while one that it has started writes. */
  private static final class Two implements BlockingHandler {

    final AtomicReference<Thread> reader = new AtomicReference<>();
    final AtomicReference<Thread> writer = new AtomicReference<>();
    final AtomicReference<Object> read = new AtomicReference<>();
    volatile Object written = "nothing yet";

    @Override
    public void handle(BlockingConnection connection) throws Exception {
      writer.set(Thread.ofVirtual().start(() -> written = write(connection)));
      reader.set(Thread.currentThread());
      try {
        read.set(connection.input().read());
      } catch (IOException e) {
        read.set(e);
        throw e;
      }
    }

    private static Object write(BlockingConnection connection) {
      try {
        connection.output().write(new byte[MUCH]);
        return "all";
      } catch (IOException e) {
        return e;
      }
    }

    void awaitBoth(NetBox.Peer peer) {
      NetBox.until("full", () -> peer.connection != null && !peer.connection().isWritable());
      for (AtomicReference<Thread> thread : List.of(reader, writer)) {
        NetBox.until(
            "waits",
            () -> {
              Thread known = thread.get();
              return known != null && known.getState() == Thread.State.WAITING;
            });
      }
    }

    void awaitTheirEnds() throws InterruptedException {
      for (AtomicReference<Thread> thread : List.of(reader, writer)) {
        assertTrue(thread.get().join(Duration.ofSeconds(20)), "one hangs");
      }
    }
  }

  /** The write is answered in full, and the read when there is nothing more to wait for. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void stop_whileOneReadsAndOneWrites_letsTheWriteEnd(String kernel) throws Exception {
    Two two = new Two();
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(options, Blocking.handlers(two));
      two.awaitBoth(peer);
      box.onLoop(() -> peer.connection().finish());
      assertEquals(MUCH, peer.readAll().length());
      two.awaitTheirEnds();
      assertEquals("all", two.written);
      assertInstanceOf(IOException.class, two.read.get());
      box.expectClosed(peer, CloseReason.CLOSED, "");
      assertEquals(List.of("opened", "closed CLOSED"), observed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void stop_whileOneReadsAndOneWrites_ofADeafPeer_tellsBoth(String kernel) throws Exception {
    Two two = new Two();
    ConnectionOptions like = options.withCloseTotal(Duration.ofMillis(50));
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(like, Blocking.handlers(two));
      two.awaitBoth(peer);
      box.onLoop(() -> peer.connection().finish());
      two.awaitTheirEnds();
      assertInstanceOf(IOException.class, two.written);
      assertInstanceOf(IOException.class, two.read.get());
      box.expectClosed(peer, CloseReason.CUT_OFF, "");
      assertEquals(List.of("opened", "closed CUT_OFF"), observed);
    }
  }

  /** As at the end of a server, or of a loop: at once. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "model"})
  void loopThatCloses_whileOneReadsAndOneWrites_tellsBoth(String kernel) throws Exception {
    Two two = new Two();
    try (NetBox box = NetBox.on(kernel)) {
      NetBox.Peer peer = box.connect(options, Blocking.handlers(two));
      two.awaitBoth(peer);
      assertNull(two.read.get());
    }
    two.awaitTheirEnds();
    assertInstanceOf(IOException.class, two.written);
    assertInstanceOf(IOException.class, two.read.get());
  }
}
