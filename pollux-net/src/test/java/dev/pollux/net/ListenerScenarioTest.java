package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Circumstances of listeners: see {@code docs/scenarios.md}. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.StreamScenarioTest#setups")
class ListenerScenarioTest extends NetCase {

  private final List<Recorder> accepted = new ArrayList<>();

  private Server server() throws SysException {
    return server(ServerOptions.at(loopback(0)));
  }

  private Server server(ServerOptions like) throws SysException {
    return track(Server.open(loop, like.withConnection(options), _ -> echo()));
  }

  private Recorder echo() {
    Recorder handler = track(Recorder.echo());
    accepted.add(handler);
    return handler;
  }

  private void assertServes(Server server) throws SysException {
    Raw client = connectRaw(server.address());
    awaitReady(client.fd(), Linux.POLLOUT);
    client.write("ping");
    until("echo", () -> client.read().size() == 4);
    client.close();
    until("closed()", () -> accepted.getLast().isClosed());
  }

  @Test
  void data_sentBeforeTheAccept_isReceived() throws Exception {
    Server server = server();
    List<Raw> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Raw client = connectRaw(server.address());
      awaitReady(client.fd(), Linux.POLLOUT);
      client.write("early " + i);
      clients.add(client);
    }
    for (int i = 0; i < 10; i++) {
      Raw client = clients.get(i);
      until("echo", () -> client.read().size() == 7);
      assertEquals("early " + i, client.text());
    }
    assertEquals(10, server.connectionCount());
  }

  @Test
  void peers_goneBeforeTheAccept_leaveNothing() throws Exception {
    Server server = server();
    for (int i = 0; i < 10; i++) {
      Raw client = connectRaw(server.address());
      awaitReady(client.fd(), Linux.POLLOUT);
      if (i % 2 == 0) {
        client.reset();
      } else {
        client.close();
      }
    }
    quiet();
    until("nobody is left", () -> server.connectionCount() == 0);
    assertServes(server);
  }

  @Test
  void close_withinOpened_ofEveryConnection_leavesNothing() throws Exception {
    Server server =
        track(
            Server.open(
                loop,
                ServerOptions.at(loopback(0)).withConnection(options),
                _ -> {
                  Recorder handler = echo();
                  handler.onOpened =
                      accepted.size() % 2 == 0 ? Connection::close : Connection::reset;
                  return handler;
                }));
    List<Raw> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(connectRaw(server.address()));
    }
    for (Raw client : clients) {
      untilPeerIsOver(client);
      client.close();
    }
    until("nobody is left", () -> server.connectionCount() == 0 && accepted.size() == 10);
  }

  @Test
  void secondServer_onTheSameAddress_isRefused_andTheFirstGoesOn() throws Exception {
    Server first = server();
    SysException refused =
        assertThrows(SysException.class, () -> server(ServerOptions.at(first.address())));
    assertEquals(Errno.EADDRINUSE, refused.errno());
    assertServes(first);
  }

  @Test
  void address_thatIsNotHere_isRefused() {
    InetSocketAddress elsewhere =
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0); // TEST-NET-1
    SysException refused =
        assertThrows(SysException.class, () -> server(ServerOptions.at(elsewhere)));
    assertEquals(Errno.EADDRNOTAVAIL, refused.errno());
  }

  @Test
  void twoServers_onOneLoop_areApart() throws Exception {
    Server one = server();
    Server two = server();
    assertServes(one);
    assertServes(two);
    one.close();
    assertServes(two);
    assertEquals(0, two.connectionCount());
  }

  @Test
  void server_opensAgainOnThePortOfAClosedOne() throws Exception {
    Server first = server();
    assertServes(first);
    first.close();
    Server second = server(ServerOptions.at(first.address()));
    assertEquals(first.address(), second.address());
    assertServes(second);
  }

  @Test
  void serverClosed_withinAHandlerOfItsOwn_endsAll() throws Exception {
    List<Server> servers = new ArrayList<>();
    Server server =
        track(
            Server.open(
                loop,
                ServerOptions.at(loopback(0)).withConnection(options),
                _ -> {
                  Recorder handler = echo();
                  handler.onReceived = (_, _) -> servers.getFirst().close();
                  return handler;
                }));
    servers.add(server);
    Raw bystander = connectRaw(server.address());
    until("accepted", () -> accepted.size() == 1);
    Raw client = connectRaw(server.address());
    until("accepted", () -> accepted.size() == 2);
    client.write("close");
    untilPeerIsOver(client);
    untilPeerIsOver(bystander);
    assertTrue(accepted.stream().allMatch(Recorder::isClosed));
  }
}
