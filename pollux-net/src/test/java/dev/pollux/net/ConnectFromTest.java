package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
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

/** From where a client connects, and to what is no name. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class ConnectFromTest extends NetCase {

  private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("::1");

  private final List<CloseCause> failures = new ArrayList<>();
  private final List<Connection> opened = new ArrayList<>();

  private int serverPort() throws SysException {
    ServerOptions everywhere = ServerOptions.at(new InetSocketAddress(0));
    Server server = track(Server.open(loop, everywhere, _ -> track(new Recorder())));
    return ((InetSocketAddress) server.address()).getPort();
  }

  private Connection connect(ConnectOptions options) throws SysException {
    Recorder handler = new Recorder();
    handler.onOpened = opened::add;
    int before = opened.size();
    Connector _ = Connector.connect(loop, options, handler, failures::add);
    until("an end", () -> opened.size() > before || !failures.isEmpty());
    assertEquals(List.of(), failures);
    Recorder _ = track(handler);
    return opened.getLast();
  }

  private int freePort() throws SysException {
    Raw probe = raw(Sockets.open(sys, Linux.AF_INET6, Linux.SOCK_STREAM));
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::"), 0); // of both
    Sockets.bind(sys, probe.fd(), any);
    int port = ((InetSocketAddress) Sockets.localAddress(sys, probe.fd())).getPort();
    probe.close();
    return port;
  }

  /** As of java.nio: an InetSocketAddress of a port alone is 0.0.0.0 to Java. */
  @Test
  void wildcard_isThatOfTheServersFamily() throws Exception {
    int port = serverPort();
    for (InetAddress host : List.of(V4, V6)) {
      for (String any : List.of("0.0.0.0", "::")) {
        InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(any), freePort());
        ConnectOptions options =
            ConnectOptions.to(new InetSocketAddress(host, port))
                .withSocket(SocketSetup.DEFAULT.withLocalAddress(from));
        Connection connection = connect(options);
        assertEquals(new InetSocketAddress(host, from.getPort()), connection.localAddress(), any);
      }
    }
  }

  /** Each family has ports of its own, as when one of two addresses of a name does not answer. */
  @Test
  void wildcardWithAPort_ofOneFamily_leavesThatOfTheOther() throws Exception {
    int port = serverPort();
    InetSocketAddress from = new InetSocketAddress(freePort());
    SocketSetup alone = SocketSetup.DEFAULT.withLocalAddress(from).withReuseAddress(false);
    for (InetAddress host : List.of(V6, V4)) {
      ConnectOptions options = ConnectOptions.to(new InetSocketAddress(host, port));
      Connection connection = connect(options.withSocket(alone));
      assertEquals(new InetSocketAddress(host, from.getPort()), connection.localAddress());
    }
  }

  /** Bound with a port, it would have that for itself, however many servers there are. */
  @Test
  void addressWithoutAPort_getsThatByTheConnect_alsoFromAnOldKernel() throws Exception {
    int port = serverPort();
    InetAddress here = InetAddress.ofLiteral("127.0.0.2");
    ConnectOptions options =
        ConnectOptions.to(new InetSocketAddress(V4, port))
            .withSocket(SocketSetup.DEFAULT.withLocalAddress(new InetSocketAddress(here, 0)));
    List<Integer> boundTo = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (call.equals("connect")) {
        boundTo.add(portOf((int) arguments[0]));
      }
      return null;
    });
    Connection first = connect(options);
    assertEquals(List.of(0), boundTo);
    assertEquals(here, ((InetSocketAddress) first.localAddress()).getAddress());
    probe.inject((call, arguments) ->
        call.equals("setsockopt") && arguments[2].equals(Linux.IP_BIND_ADDRESS_NO_PORT)
            ? -Errno.ENOPROTOOPT
            : null);
    assertEquals(here, ((InetSocketAddress) connect(options).localAddress()).getAddress());
  }

  private int portOf(int fd) {
    try {
      return ((InetSocketAddress) Sockets.localAddress(sys, fd)).getPort();
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void literalAddress_isNotLookedUp() throws Exception {
    int port = serverPort();
    Resolver none =
        (host, _) -> {
          throw new IllegalStateException(host + " is looked up");
        };
    for (String each : List.of("127.0.0.1", "::1", "[::1]")) {
      Connection connection = connect(ConnectOptions.to(each, port).withResolver(none));
      InetAddress expected = InetAddress.ofLiteral(each);
      assertEquals(expected, ((InetSocketAddress) connection.remoteAddress()).getAddress());
    }
  }

  @Test
  void failure_namesEachAddressOnce() throws Exception {
    int port = freePort();
    Resolver both = (_, answer) -> answer.resolved(List.of(V4, V6));
    assertEquals(
        "connect to [::1]:P: ECONNREFUSED (connection refused)",
        refused(ConnectOptions.to(new InetSocketAddress(V6, port)), port));
    assertEquals(
        "connect to 127.0.0.1:P: ECONNREFUSED (connection refused)",
        refused(ConnectOptions.to("127.0.0.1", port), port));
    assertEquals(
        "connect to somewhere:P: 127.0.0.1:P ECONNREFUSED (connection refused); "
            + "[::1]:P ECONNREFUSED (connection refused)",
        refused(ConnectOptions.to("somewhere", port).withResolver(both), port));
    String text = ConnectOptions.to(new InetSocketAddress(V6, 80)).toString();
    assertTrue(text.contains("to=[::1]:80,"), text);
  }

  private String refused(ConnectOptions options, int port) throws SysException {
    failures.clear();
    assertThrows(AssertionError.class, () -> connect(options));
    return failures.getFirst().message().replace(":" + port, ":P");
  }
}
