package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.Server;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentities;
import dev.pollux.net.TlsIdentity;
import dev.pollux.net.TlsTrust;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The programs of the page on mutual TLS. */
class MutualTlsTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Path AUTHORITY = file("authority.crt");

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());

  private static Path file(String name) {
    return Path.of("src/test/tls", name);
  }

  private static final class Notes implements ConnectionHandler {
    final StringBuilder text = new StringBuilder();
    @Nullable CloseCause cause;

    @Override
    public void received(Connection connection, ByteBuffer data) {
      text.append(UTF_8.decode(data));
      connection.close();
    }

    @Override
    public void closed(Connection connection, CloseCause why) {
      cause = why;
    }
  }

  /** What a client gets, and how it ends. */
  private Notes talk(TlsIdentities own, Tls client) throws IOException {
    Notes notes = new Notes();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT);
        Server server = MutualTls.serve(loop, ANY, own, AUTHORITY)) {
      var _ = MutualTls.connect(loop, server.address(), client, notes);
      runUntil(loop, () -> notes.cause != null && server.connectionCount() == 0);
    }
    return notes;
  }

  private void runUntil(EventLoop loop, BooleanSupplier condition) throws SysException {
    while (!condition.getAsBoolean()) {
      int _ = loop.runOnce(1_000_000);
      assertTrue(sys.nanoTime() < DEADLINE_NANOS, "it does not come");
    }
  }

  private static TlsIdentities own() throws IOException {
    return TlsIdentities.of(TlsIdentity.ofPem(file("server.crt"), file("server.key")));
  }

  @Test
  void client_ofTheAuthority_isGreetedByItsName() throws Exception {
    Tls client =
        MutualTls.client("localhost", 443, file("client.crt"), file("client.key"), AUTHORITY);
    assertEquals("hello CN=client\n", talk(own(), client).text.toString());
  }

  @Test
  void client_withoutACertificate_isNotServed() throws Exception {
    Tls client = Tls.client("localhost", 443).withTrust(TlsTrust.ofPem(AUTHORITY));
    Notes notes = talk(own(), client);
    assertEquals("", notes.text.toString());
    CloseCause cause = notes.cause;
    assertEquals(CloseReason.PROTOCOL, cause == null ? null : cause.reason());
  }

  @Test
  void reload_ofAFileThatIsNoGood_changesNothing() throws Exception {
    TlsIdentities own = own();
    Path key = file("encrypted.key");
    assertThrows(IOException.class, () -> MutualTls.reload(own, file("client.crt"), key));
    MutualTls.reload(own, file("server.crt"), file("server.key"));
    Tls client =
        MutualTls.client("localhost", 443, file("client.crt"), file("client.key"), AUTHORITY);
    assertEquals("hello CN=client\n", talk(own, client).text.toString());
  }
}
