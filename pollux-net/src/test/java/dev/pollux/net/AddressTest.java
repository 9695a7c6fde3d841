package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a wildcard address stands for, and what a socket is told before it has an address. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class AddressTest extends NetCase {

  private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("::1");

  private Server server(ServerOptions options) throws SysException {
    return track(Server.open(loop, options, _ -> track(new Recorder())));
  }

  private Server server(SocketSetup setup) throws SysException {
    return server(ServerOptions.at(new InetSocketAddress(0)).withSocket(setup));
  }

  private static int port(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  private boolean reaches(InetAddress host, Server server) throws SysException {
    InetSocketAddress at = new InetSocketAddress(host, port(server.address()));
    Raw client = raw(Sockets.open(sys, SockAddr.family(at), Linux.SOCK_STREAM));
    boolean _ = Sockets.connect(sys, client.fd(), at);
    awaitReady(client.fd(), Linux.POLLOUT);
    boolean reached = Sockets.socketError(sys, client.fd()) == 0;
    if (reached) {
      int before = server.connectionCount();
      until("accepted", () -> server.connectionCount() > before);
    }
    return reached;
  }

  private boolean accepted(Server server, InetAddress from) throws SysException {
    for (Connection each : server.connections(loop)) {
      if (((InetSocketAddress) each.remoteAddress()).getAddress().equals(from)) {
        return true;
      }
    }
    return false;
  }

  /** As java.nio listens: the usual way to write "everywhere". */
  @Test
  void wildcard_isReachedByBothFamilies() throws Exception {
    Server server = server(SocketSetup.DEFAULT);
    assertTrue(reaches(V4, server));
    assertTrue(reaches(V6, server));
    assertTrue(accepted(server, V4));
    assertTrue(accepted(server, V6));
  }

  @Test
  void wildcardOfOneFamily_leavesThePortOfTheOther() throws Exception {
    Server six = server(SocketSetup.DEFAULT.withFamilies(IpFamilies.IPV6));
    assertTrue(reaches(V6, six));
    assertFalse(reaches(V4, six));
    ServerOptions same = ServerOptions.at(new InetSocketAddress(port(six.address())));
    SocketSetup four = SocketSetup.DEFAULT.withFamilies(IpFamilies.IPV4);
    SysException taken = assertThrows(SysException.class, () -> server(same));
    assertEquals(Errno.EADDRINUSE, taken.errno());
    Server other = server(same.withSocket(four));
    assertTrue(reaches(V4, other));
  }

  @Test
  void wildcard_onAHostWithoutIpv6_listensOnIpv4() throws Exception {
    probe.inject((call, arguments) ->
        call.equals("socket") && arguments[0].equals(Linux.AF_INET6) ? -Errno.EAFNOSUPPORT : null);
    assertTrue(reaches(V4, server(SocketSetup.DEFAULT)));
    probe.inject((call, arguments) ->
        call.equals("bind") && arguments[2].equals(Linux.SIZEOF_SOCKADDR_IN6)
            ? -Errno.EADDRNOTAVAIL
            : null);
    assertTrue(reaches(V4, server(SocketSetup.DEFAULT)));
    SocketSetup six = SocketSetup.DEFAULT.withFamilies(IpFamilies.IPV6);
    SysException none = assertThrows(SysException.class, () -> server(six));
    assertEquals(Errno.EADDRNOTAVAIL, none.errno());
  }

  @Test
  void wildcardEndpoint_hearsBothFamilies_andAnswers() throws Exception {
    List<SocketAddress> peers = new ArrayList<>();
    DatagramEndpoint server =
        DatagramEndpoint.open(
            loop,
            new InetSocketAddress(0),
            DatagramOptions.DEFAULT,
            (endpoint, data, peer, _) -> {
              peers.add(peer);
              boolean _ = endpoint.reply(data);
            });
    List<SocketAddress> answers = new ArrayList<>();
    for (InetAddress host : List.of(V4, V6)) {
      DatagramEndpoint client =
          DatagramEndpoint.open(
              loop,
              new InetSocketAddress(host, 0),
              DatagramOptions.DEFAULT,
              (_, _, peer, _) -> answers.add(peer));
      SocketAddress at = new InetSocketAddress(host, port(server.localAddress()));
      int count = answers.size();
      assertTrue(client.send(ascii("hello"), at));
      until("answer", () -> answers.size() > count);
      assertEquals(at, answers.getLast());
      assertEquals(client.localAddress(), peers.getLast());
      client.close();
    }
    server.close();
  }

  @Test
  void setup_isDoneBeforeTheAddressIsBound() throws Exception {
    List<String> calls = new ArrayList<>();
    probe.inject((call, arguments) -> {
      switch (call) {
        case "setsockopt" -> calls.add(arguments[1] + ":" + arguments[2]);
        case "bind", "listen", "connect" -> calls.add(call);
        default -> {} // no matter
      }
      return null;
    });
    SocketSetup setup =
        SocketSetup.DEFAULT
            .withKernelReceiveBytes(20_000)
            .withKernelSendBytes(30_000)
            .withReusePort(true)
            .withOption(Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, 77);
    Server server = server(setup);
    probe.inject((_, _) -> null);
    List<String> before = calls.subList(0, calls.indexOf("bind"));
    assertTrue(
        before.containsAll(List.of("41:26", "1:2", "1:15", "1:8", "1:7", "6:4")), calls.toString());
    assertTrue(reaches(V4, server));
    int fd = server.connections(loop).getFirst().fd();
    assertEquals(40_000, Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF));
    assertEquals(77, Sockets.option(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE));
    Server second =
        server(ServerOptions.at(server.address()).withSocket(setup.withReuseAddress(false)));
    assertEquals(server.address(), second.address());
  }

  @Test
  void optionThatTheKernelRefuses_fails_andLeavesNothing() {
    SocketSetup setup = SocketSetup.DEFAULT.withOption(Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, 0);
    SysException refused = assertThrows(SysException.class, () -> server(setup));
    assertEquals(Errno.EINVAL, refused.errno());
  }

  @Test
  void inheritedListener_isServed_andStaysTheCallers() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 8));
    Server server = server(ServerOptions.on(listener.fd()));
    assertEquals(Sockets.localAddress(sys, listener.fd()), server.address());
    assertTrue(reaches(V4, server));
    server.stop();
    until("finished", server::isFinished);
    Server next = server(ServerOptions.on(listener.fd()));
    assertTrue(reaches(V4, next));
  }

  @Test
  void inheritedDescriptor_thatDoesNotListen_isRefused() throws Exception {
    Raw socket = raw(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    SysException refused =
        assertThrows(SysException.class, () -> server(ServerOptions.on(socket.fd())));
    assertEquals(Errno.EINVAL, refused.errno());
    assertTrue(refused.getMessage().contains("does not listen"), refused.getMessage());
  }
}
