package dev.pollux.net;

import static dev.pollux.net.TlsBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A stop of a server that comes in the middle of a TLS handshake. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.TlsContractTest#setups")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsHandshakeStopTest {

  private static final int LAST_TURN = 12; // by then the handshake is done

  @Parameter TlsContractTest.Setup setup;
  private TlsBox box;
  private final Tls serving = Tls.server(TlsKeys.localhost().identity());

  @BeforeEach
  void open() {
    box = new TlsBox(setup.model());
    box.options = box.options.withTrigger(setup.trigger());
  }

  @AfterEach
  void close() {
    box.close();
  }

  /**
   * Whenever it comes; with TLS 1.3 the first request comes along with the end of the handshake.
   */
  @Test
  void stop_letsTheHandshakeEnd() throws Exception {
    for (int turns = 0; turns <= LAST_TURN; turns++) {
      stopAfter(turns);
    }
  }

  private void stopAfter(int turns) throws SysException {
    TlsNote server = TlsNote.echo();
    TlsNote client = new TlsNote();
    client.onOpened =
        connection -> {
          WriteResult _ = connection.write(bytes("request"));
        };
    InetSocketAddress address = box.serve(serving.withProtocols(setup.protocol()), server);
    Tls asking =
        Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", 443)
            .withProtocols(setup.protocol());
    Connection _ = box.connect(address, asking, client);
    box.turns(turns);
    box.stop();
    box.untilClosed(client, server);
    String when = "stopped after " + turns + " turns: " + server + "; " + client;
    assertTrue(client.handshaken && server.handshaken && server.finishing, when);
    assertEquals(CloseReason.CLOSED, server.reason(), when);
    if (setup.protocol().equals("TLSv1.3")) {
      assertEquals(CloseReason.END_OF_STREAM, client.reason(), when);
      assertEquals("request", client.text(), when);
    } else { // its request may come when nothing is due any more, and is not answered
      assertTrue(
          client.reason() == CloseReason.END_OF_STREAM || client.reason() == CloseReason.RESET,
          when);
    }
  }

  /** A peer that connects and is silent: what bounds an end bounds the wait for it. */
  @Test
  void stop_whileThePeerIsSilent_isBoundedByTheGrace() throws Exception {
    box.options = box.options.withCloseGrace(Duration.ofMillis(50));
    TlsNote server = silentPeer(serving);
    box.stop();
    box.untilClosed(server);
    assertFalse(server.handshaken || server.finishing);
    assertEquals(CloseReason.CUT_OFF, server.reason());
  }

  @Test
  void stop_whileThePeerIsSilent_isBoundedByTheHandshake() throws Exception {
    box.options = box.options.withCloseGrace(Duration.ZERO);
    TlsNote server = silentPeer(serving.withHandshakeTime(Duration.ofMillis(50)));
    box.stop();
    box.untilClosed(server);
    assertFalse(server.handshaken || server.finishing);
    assertEquals(CloseReason.PROTOCOL, server.reason());
  }

  /** A plain client, which says nothing; when its connection has been accepted. */
  private TlsNote silentPeer(Tls tls) throws SysException {
    TlsNote server = new TlsNote();
    boolean[] accepted = {false};
    InetSocketAddress address =
        box.serve(
            tls,
            _ -> {
              accepted[0] = true;
              return server;
            });
    Connection _ =
        Connection.connect(
            box.loop,
            address,
            0,
            box.options,
            new ConnectionHandler() {
              @Override
              public void received(Connection connection, ByteBuffer data) {}
            });
    box.until("accepted", () -> accepted[0]);
    return server;
  }
}
