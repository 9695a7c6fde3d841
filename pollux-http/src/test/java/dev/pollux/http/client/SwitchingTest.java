package dev.pollux.http.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Leaving HTTP: who agrees, who does not, and whose what comes behind is. */
class SwitchingTest {

  private static final String AGREED =
      "HTTP/1.1 101 Switching Protocols¶Connection: upgrade¶Upgrade: echo¶¶";

  /** Sends everything back, and notes what it is told. */
  private static final class Echo implements ConnectionHandler {
    final StringBuilder told = new StringBuilder();

    @Override
    public void attached(Connection connection) {
      told.append("attached ");
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      told.append(StandardCharsets.ISO_8859_1.decode(data.duplicate())).append(' ');
      var _ = connection.write(data);
    }

    @Override
    public void closed(Connection connection, CloseCause cause) {
      told.append("closed");
    }
  }

  @Test
  void upgrade_givesTheConnection_andWhatCameBehind() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = new Heard();
      Echo echo = new Echo();
      heard.next = echo;
      wire.ask(wire.get("/chat").withUpgrade("echo").withField("Sec-Key", "k"), heard);
      ClientWire.Peer peer = wire.accept();
      assertEquals(
          "GET /chat HTTP/1.1¶Host: a.test:"
              + wire.port
              + "¶Sec-Key: k¶Upgrade: echo¶Connection: Upgrade¶¶",
          peer.read());
      peer.send(AGREED + "ahead");
      assertEquals("101 switched", heard.outcome());
      assertEquals("ahead", peer.read());
      peer.send("more");
      assertEquals("more", peer.read());
      assertEquals(0, wire.client.connectionCount());
      assertTrue(heard.call.isOver());
      wire.pass(Duration.ofHours(1)); // no time of HTTP's is left
      heard.call.cancel();
      wire.turn();
      assertEquals("attached ahead more ", echo.told.toString());
      peer.end();
      assertEquals("attached ahead more closed", echo.told.toString());
      assertEquals(1, heard.ends);
    }
  }

  @Test
  void upgrade_notAgreedTo_isAnAnswer() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.get("/").withUpgrade("echo"));
      ClientWire.Peer peer = wire.accept().send("HTTP/1.1 200 OK¶Content-Length: 2¶¶no");
      assertEquals("200 no", heard.outcome());
      heard = wire.ask(wire.get("/").withUpgrade("echo"));
      peer.send("HTTP/1.1 426 x¶Upgrade: h2c¶Content-Length: 0¶¶");
      assertEquals("426", heard.outcome());
      assertEquals(1, wire.client.idleCount());
    }
  }

  /** The field is nothing to a server unless the connection's field names it. */
  @Test
  void upgrade_onTheLastRequestOfAConnection_isAskedFor() {
    try (ClientWire wire = new ClientWire()) {
      Heard _ = wire.ask(wire.get("/chat").withUpgrade("echo").withLast());
      String asked = wire.accept().read();
      assertTrue(asked.endsWith("¶Upgrade: echo¶Connection: close, Upgrade¶¶"), asked);
    }
  }

  @Test
  void upgrade_toSomethingElse_orWithABodyThatIsNotSent_isNone() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.get("/").withUpgrade("other"));
      wire.accept().send(AGREED);
      assertEquals("BAD_ANSWER", heard.outcome());
      heard = wire.ask(wire.get("/").withUpgrade("echo").withStreamedBody());
      wire.accept().send(AGREED);
      assertEquals("BAD_ANSWER", heard.outcome());
    }
  }

  @Test
  void switched_thatNobodyTakes_isAFailure() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = wire.ask(wire.get("/").withUpgrade("echo"));
      ClientWire.Peer peer = wire.accept().send(AGREED);
      assertEquals(FailureReason.HANDLER_FAILED, heard.failure.reason());
      assertTrue(peer.isReset());
    }
  }

  @Test
  void connect_isATunnel_orAnAnswer() {
    try (ClientWire wire = new ClientWire()) {
      Heard heard = new Heard();
      heard.next = new Echo();
      ClientRequest connect = wire.of("CONNECT", "/").withTarget("h:443");
      wire.ask(connect, heard);
      ClientWire.Peer peer = wire.accept();
      assertEquals("CONNECT h:443 HTTP/1.1¶Host: h:443¶¶", peer.read());
      peer.send("HTTP/1.1 200 OK¶Content-Length: 9¶¶hello");
      assertEquals("200 switched", heard.outcome());
      assertEquals("hello", peer.read());
      Heard refused = wire.ask(connect);
      wire.accept().send("HTTP/1.1 403 x¶Content-Length: 2¶¶no");
      assertEquals("403 no", refused.outcome());
      assertNull(refused.switched);
    }
  }
}
