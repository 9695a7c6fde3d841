package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Connecting by name with TLS: whose the handshake is, and who hears of its end. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ConnectorTlsTest extends ClockedCase {

  private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("127.0.0.2");

  private final List<CloseCause> failures = new ArrayList<>();
  private final Recorder handler = new Recorder();
  private final List<Connection> opened = new ArrayList<>();

  private Connector connect(int port, InetAddress... addresses) throws SysException {
    ConnectOptions options =
        ConnectOptions.to("somewhere", port)
            .withResolver((_, answer) -> answer.resolved(List.of(addresses)))
            .withTls(Tls.client(TlsKeys.trustOnly(TlsKeys.localhost()), "localhost", port));
    return Connector.connect(loop, options, track(handler), failures::add);
  }

  private Raw listener() throws SysException {
    return raw(Sockets.tcpListener(sys, new InetSocketAddress(ONE, 0), 4));
  }

  private int port(Raw listener) throws SysException {
    return ((InetSocketAddress) Sockets.localAddress(sys, listener.fd())).getPort();
  }

  private Raw accept(Raw listener) throws SysException {
    until("a peer", () -> Inside.poll(sys, listener.fd(), Linux.POLLIN));
    return raw(Sockets.accept(sys, listener.fd()));
  }

  @Test
  void handshake_beginsWithTheAddressThatConnects() throws Exception {
    ServerOptions like =
        ServerOptions.at(new InetSocketAddress(ONE, 0))
            .withTls(Tls.server(TlsKeys.localhost().identity()));
    Server server = track(Server.open(loop, like, _ -> Recorder.echo()));
    handler.onOpened =
        connection -> {
          opened.add(connection);
          WriteResult _ = connection.write(ascii("hello"));
        };
    Connector connector =
        connect(((InetSocketAddress) server.address()).getPort(), TWO, ONE); // the first refuses
    until("echo", () -> handler.text().equals("hello"));
    Connection connection = opened.getFirst();
    assertEquals(ONE, ((InetSocketAddress) connection.remoteAddress()).getAddress());
    assertNotNull(connection.tlsSession());
    assertTrue(connector.isOver());
    connector.cancel(); // it is over, and so is its say
    turn();
    assertTrue(connection.isOpen());
    connection.close();
    until("closed", handler::isClosed);
    assertEquals(List.of(), failures);
  }

  @Test
  void cancel_duringTheHandshake_endsTheConnection() throws Exception {
    Raw listener = listener();
    Connector connector = connect(port(listener), ONE);
    Raw peer = accept(listener);
    until("a hello", () -> peer.read().size() > 0);
    assertFalse(connector.isOver());
    connector.cancel();
    assertTrue(connector.isOver());
    until("closed", handler::isClosed);
    assertEquals(CloseReason.CLOSED, handler.cause.reason());
    connector.cancel();
    quiet();
    assertEquals(List.of("closed"), handler.log);
    assertEquals(List.of(), failures);
  }

  /** The handler alone hears of a handshake that fails. */
  @Test
  void handshakeThatFails_isTheHandlersToHear() throws Exception {
    Raw listener = listener();
    Connector connector = connect(port(listener), ONE);
    Raw peer = accept(listener);
    peer.write("this is no TLS at all, as anybody sees");
    until("closed", handler::isClosed);
    assertEquals(CloseReason.PROTOCOL, handler.cause.reason());
    assertTrue(connector.isOver());
    assertEquals(List.of("closed"), handler.log);
    assertEquals(List.of(), failures);
  }
}
