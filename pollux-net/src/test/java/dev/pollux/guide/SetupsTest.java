package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.Limits;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Server;
import dev.pollux.net.ServerListener;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pieces of the guide, each under virtual time: minutes pass in no time. */
class SetupsTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int MAX_FDS = 30;
  private static final char[] PASSWORD = "password".toCharArray();

  private final ModelSys sys =
      ModelSys.virtual(1, Faults.none(), Limits.defaults().withMaxFds(MAX_FDS), null);
  private final long startNanos = sys.nanoTime();

  /** Writes down what it is told. */
  private static final class Notes implements ConnectionHandler {

    final StringBuilder text = new StringBuilder();
    @Nullable CloseCause cause;

    @Override
    public void received(Connection connection, ByteBuffer data) {
      text.append(US_ASCII.decode(data));
    }

    @Override
    public void closed(Connection connection, CloseCause why) {
      cause = why;
    }
  }

  @Test
  void login_ofASilentPeer_isEndedAfterTenSeconds() throws Exception {
    Notes notes = talkTo(_ -> Shout.LINES.handler(new Login()), ConnectionOptions.DEFAULT);
    assertEquals(CloseReason.END_OF_STREAM, reason(notes));
    assertSeconds(10);
  }

  @Test
  void login_ofASilentPeer_remindsIt() throws Exception {
    ConnectionOptions times =
        ConnectionOptions.DEFAULT
            .withHeartbeat(Duration.ofSeconds(4))
            .withCloseTotal(Duration.ofNanos(1));
    Notes notes = talkTo(_ -> Shout.LINES.handler(new Login()), times);
    assertEquals("still waiting\nstill waiting\n", notes.text.toString());
  }

  @Test
  void times_ofASilentPeer_closeTheConnectionAfterAMinute() throws Exception {
    Notes notes = talkTo(Shout.handlers(), Setups.times());
    assertEquals(CloseReason.RESET, reason(notes));
    assertSeconds(60);
  }

  @Test
  void tell_anOpenConnection_sendsTheLine() throws Exception {
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, ServerOptions.at(ANY), Shout.handlers())) {
      Notes notes = new Notes();
      var _ = Setups.client(loop, server.address(), notes);
      runUntil(loop, () -> server.connectionCount() == 1);
      Setups.tell(server.connections(loop).getFirst(), "hello\n".getBytes(US_ASCII));
      runUntil(loop, () -> notes.text.toString().equals("hello\n"));
    }
  }

  @Test
  void perAddress_onePeerHasSoMany_andAnotherWhenOneHasEnded() throws Exception {
    PerAddress limit = new PerAddress(2, Shout.handlers());
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, limit.counted(ServerOptions.at(ANY)), limit)) {
      List<Connection> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(Setups.client(loop, server.address(), new Notes()));
      }
      runUntil(loop, () -> clients.get(2).isClosed());
      assertEquals(2, server.connectionCount());
      clients.getFirst().close();
      runUntil(loop, () -> server.connectionCount() == 1);
      clients.add(Setups.client(loop, server.address(), new Notes()));
      runUntil(loop, () -> server.connectionCount() == 2);
      assertTrue(clients.get(1).isOpen() && clients.get(3).isOpen());
    }
  }

  @Test
  void stop_withAnAnswerOnItsWay_deliversItAndEndsTheLoop() throws Exception {
    Notes notes = new Notes();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        EventLoop far = EventLoop.open(sys, LoopOptions.DEFAULT)) {
      Server server = Server.open(loop, ServerOptions.at(ANY), Shout.handlers());
      Connection client = Setups.client(far, server.address(), notes);
      runUntil(loop, () -> server.connectionCount() == 1);
      runUntil(far, client::isOpen);
      var _ = client.write(US_ASCII.encode("hello\n"));
      runUntil(far, () -> client.queuedBytes() == 0);
      Setups.stopInOrder(loop, server);
      loop.run();
      assertTrue(server.isFinished());
      server.close();
      runUntil(far, client::isClosed);
    }
    assertEquals("HELLO\n", notes.text.toString());
    assertEquals(3, sys.openDescriptors().size());
  }

  @Test
  void server_withoutDescriptors_refusesAndRecovers() throws Exception {
    List<String> told = new ArrayList<>();
    ServerListener watch =
        new ServerListener() {
          private final Setups.Watch log = new Setups.Watch();

          @Override
          public void exhausted(int errno) {
            told.add("exhausted");
            log.exhausted(errno);
          }

          @Override
          public void recovered(long refusedCount) {
            told.add("recovered");
            log.recovered(refusedCount);
          }
        };
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, ServerOptions.at(ANY), Shout.handlers(), watch)) {
      List<Connection> clients = new ArrayList<>();
      int room = MAX_FDS - sys.openDescriptors().size();
      for (int i = 0; i < room; i++) { // all descriptors there are, so that none is left to accept
        clients.add(Setups.client(loop, server.address(), new Notes()));
      }
      runUntil(loop, () -> clients.stream().allMatch(Connection::isClosed));
      assertEquals(List.of("exhausted"), told);
      sys.advance(TimeUnit.SECONDS.toNanos(2));
      var _ = Setups.client(loop, server.address(), new Notes());
      runUntil(loop, () -> server.connectionCount() == 1);
      assertEquals(List.of("exhausted", "recovered"), told);
    }
  }

  @Test
  void tls_betweenTheTwo_agreesOnTheProtocol(@TempDir Path folder) throws Exception {
    KeyStore keys = keys(folder);
    Path certificate = pem(folder, "CERTIFICATE", keys.getCertificate("key").getEncoded());
    Path key = pem(folder, "PRIVATE KEY", keys.getKey("key", PASSWORD).getEncoded());
    ServerOptions options = ServerOptions.at(ANY).withTls(Setups.serverTls(certificate, key));
    Notes notes = new Notes();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, options, Shout.handlers())) {
      Connection client =
          Connection.connect(
              loop,
              server.address(),
              0,
              ConnectionOptions.DEFAULT,
              Setups.clientTls(trusting(keys)),
              notes);
      boolean _ = client.isOpen();
      runUntil(loop, () -> client.tlsSession() != null);
      var _ = client.write(US_ASCII.encode("hello\n"));
      runUntil(loop, () -> notes.text.toString().equals("HELLO\n"));
      assertEquals("shout/1", client.applicationProtocol());
    }
  }

  /** A client that says nothing, until it is over. */
  private Notes talkTo(HandlerFactory handlers, ConnectionOptions connections) throws SysException {
    Notes notes = new Notes();
    ServerOptions options = ServerOptions.at(ANY).withConnection(connections);
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = Server.open(loop, options, handlers)) {
      var _ = Setups.client(loop, server.address(), notes);
      runUntil(loop, () -> notes.cause != null);
    }
    return notes;
  }

  private void runUntil(EventLoop loop, BooleanSupplier condition) throws SysException {
    while (!condition.getAsBoolean()) {
      int _ = loop.runOnce(-1);
      assertTrue(sys.nanoTime() < DEADLINE_NANOS, "it does not come");
    }
  }

  private static @Nullable CloseReason reason(Notes notes) {
    CloseCause cause = notes.cause;
    return cause == null ? null : cause.reason();
  }

  private void assertSeconds(long seconds) {
    assertEquals(seconds, TimeUnit.NANOSECONDS.toSeconds(sys.nanoTime() - startNanos));
  }

  /** A key and a certificate of its own for localhost, by the JDK's tool. */
  private static KeyStore keys(Path folder) throws Exception {
    Path store = folder.resolve("keys.p12");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(tool.getInputStream().readAllBytes(), US_ASCII);
    assertEquals(0, tool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static Path pem(Path folder, String what, byte[] der) throws Exception {
    String text = Base64.getMimeEncoder().encodeToString(der);
    String pem = "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    return Files.writeString(folder.resolve(what.replace(' ', '-') + ".pem"), pem);
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("key"));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
