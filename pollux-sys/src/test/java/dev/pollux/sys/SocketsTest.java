package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Sockets} on the running kernel, over loopback. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class SocketsTest {

  private final Workspace work;
  private final Sys sys;

  SocketsTest(String system) {
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
  }

  @AfterEach
  void close() {
    work.close();
  }

  private static InetSocketAddress loopback(String host) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), 0);
  }

  /** Waits until a descriptor is ready: a bounded wait of 10 s. */
  private void await(int fd, int events) throws SysException {
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, fd, events);
    assertEquals(1, poll.poll(10_000), "nothing happened for 10 s");
  }

  private int accepted(int listener) throws SysException {
    await(listener, Linux.POLLIN);
    return work.own(Sockets.accept(sys, listener));
  }

  private void exchange(int client, int server) throws SysException {
    work.write(client, "ping");
    await(server, Linux.POLLIN);
    assertEquals("ping", work.read(server));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void tcp_listenConnectAccept_exchangesBytesAndKnowsAddresses(String host) throws SysException {
    int listener = work.own(Sockets.tcpListener(sys, loopback(host), 8));
    SocketAddress address = Sockets.localAddress(sys, listener);
    assertNotEquals(0, ((InetSocketAddress) address).getPort());
    assertEquals(-Errno.EAGAIN, Sockets.accept(sys, listener));

    int client = work.own(Sockets.connecting(sys, address));
    int server = accepted(listener);
    await(client, Linux.POLLOUT);
    assertEquals(0, Sockets.socketError(sys, client));
    assertEquals(address, Sockets.peerAddress(sys, client));
    assertEquals(address, Sockets.localAddress(sys, server));
    assertEquals(Sockets.localAddress(sys, client), Sockets.peerAddress(sys, server));
    exchange(client, server);
  }

  @Test
  void unix_path_exchangesBytes(@TempDir Path dir) throws SysException {
    UnixAddress address = UnixAddress.path(dir.resolve("s").toString());
    int listener = work.own(Sockets.unixListener(sys, address, 8));
    assertEquals(address, Sockets.localAddress(sys, listener));
    int client = work.own(Sockets.connecting(sys, address));
    int server = accepted(listener);
    assertEquals(address, Sockets.peerAddress(sys, client));
    assertEquals(UnixAddress.unnamed(), Sockets.peerAddress(sys, server));
    exchange(client, server);
  }

  @Test
  void unix_unnamed_isGivenAnAbstractName() throws SysException {
    int listener = work.own(Sockets.unixListener(sys, UnixAddress.unnamed(), 8));
    UnixAddress address = (UnixAddress) Sockets.localAddress(sys, listener);
    assertTrue(address.isAbstract());
    int client = work.own(Sockets.connecting(sys, address));
    exchange(client, accepted(listener));
  }

  @Test
  void unix_backlogFull_isEagainAndSaysSo() throws SysException {
    int listener = work.own(Sockets.unixListener(sys, UnixAddress.unnamed(), 0));
    SocketAddress address = Sockets.localAddress(sys, listener);
    work.own(Sockets.connecting(sys, address));
    SysException e = assertThrows(SysException.class, () -> Sockets.connecting(sys, address));
    assertEquals(Errno.EAGAIN, e.errno());
    assertTrue(e.getMessage().endsWith("backlog is full; connect again"), e::getMessage);
  }

  @Test
  void connect_nobodyListens_failsLaterWithSocketError() throws SysException {
    int unused = work.own(Sockets.tcpListener(sys, loopback("127.0.0.1"), 1));
    SocketAddress address = Sockets.localAddress(sys, unused);
    work.close(unused);
    int fd = work.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    assertFalse(Sockets.connect(sys, fd, address));
    await(fd, Linux.POLLOUT);
    assertEquals(Errno.ECONNREFUSED, Sockets.socketError(sys, fd));
    assertEquals(0, Sockets.socketError(sys, fd), "asking clears it");
  }

  @Test
  void connect_unixStream_isDoneAtOnce() throws SysException {
    int listener = work.own(Sockets.unixListener(sys, UnixAddress.unnamed(), 1));
    int fd = work.own(Sockets.open(sys, Linux.AF_UNIX, Linux.SOCK_STREAM));
    assertTrue(Sockets.connect(sys, fd, Sockets.localAddress(sys, listener)));
  }

  @Test
  void datagram_udpAndUnix_sendToEachOther() throws SysException {
    for (SocketAddress any : new SocketAddress[] {loopback("127.0.0.1"), UnixAddress.unnamed()}) {
      int a = work.own(Sockets.datagram(sys, any));
      int b = work.own(Sockets.datagram(sys, any));
      assertTrue(Sockets.connect(sys, a, Sockets.localAddress(sys, b)));
      exchange(a, b);
    }
  }

  @Test
  void bind_addressInUse_namesAllAndClosesTheSocket() throws SysException {
    int listener = work.own(Sockets.tcpListener(sys, loopback("127.0.0.1"), 1));
    var address = (InetSocketAddress) Sockets.localAddress(sys, listener);
    SysException e = assertThrows(SysException.class, () -> Sockets.tcpListener(sys, address, 1));
    assertTrue(
        e.getMessage()
            .matches(
                "bind\\(fd=\\d+, 127.0.0.1:"
                    + address.getPort()
                    + "\\): EADDRINUSE \\(98\\) address already in use"),
        e::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bind", "listen", "setsockopt"})
  void tcpListener_anyStepFails_closesTheSocket(String call) {
    Sys faulty = new FaultySys().fail(call, Errno.ENOMEM).sys();
    SysException e =
        assertThrows(
            SysException.class, () -> Sockets.tcpListener(faulty, loopback("127.0.0.1"), 1));
    assertTrue(e.getMessage().startsWith(call + "(fd="), e::getMessage);
  }

  @Test
  void factories_addressThatCannotBeEncoded_closeTheSocket() {
    var unresolved = InetSocketAddress.createUnresolved("no.such.host", 1);
    assertThrows(IllegalArgumentException.class, () -> Sockets.tcpListener(sys, unresolved, 1));
    assertThrows(IllegalArgumentException.class, () -> Sockets.datagram(sys, unresolved));
    assertThrows(IllegalArgumentException.class, () -> Sockets.connecting(sys, unresolved));
  }

  @Test
  void factories_failing_leaveNothingOpen() {
    Sys faulty = new FaultySys().fail("connect", Errno.ENETUNREACH).fail("bind", 1).sys();
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assertThrows(SysException.class, () -> Sockets.connecting(faulty, address));
    assertThrows(SysException.class, () -> Sockets.datagram(faulty, address));
    assertThrows(SysException.class, () -> Sockets.unixListener(faulty, UnixAddress.unnamed(), 1));
  }

  @Test
  void open_isNonBlockingAndCloseOnExec() throws SysException {
    int fd = work.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    assertTrue((sys.fcntl(fd, Linux.F_GETFL, 0) & Linux.O_NONBLOCK) != 0);
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(fd, Linux.F_GETFD, 0));
  }

  @Test
  void accept_isNonBlockingAndCloseOnExec() throws SysException {
    int listener = work.own(Sockets.unixListener(sys, UnixAddress.unnamed(), 1));
    work.own(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    int fd = work.own(Sockets.accept(sys, listener));
    assertTrue((sys.fcntl(fd, Linux.F_GETFL, 0) & Linux.O_NONBLOCK) != 0);
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(fd, Linux.F_GETFD, 0));
  }

  @Test
  void option_setAndRead() throws SysException {
    int fd = work.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    assertEquals(0, Sockets.option(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY));
    Sockets.setOption(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    assertEquals(1, Sockets.option(sys, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY));
    assertEquals(Linux.SOCK_STREAM, Sockets.option(sys, fd, Linux.SOL_SOCKET, Linux.SO_TYPE));
    SysException e = assertThrows(SysException.class, () -> Sockets.setOption(sys, fd, 1, 9999, 5));
    assertEquals(
        "setsockopt(fd="
            + fd
            + ", level=1, option=9999) to 5: ENOPROTOOPT (92) option not"
            + " available",
        e.getMessage());
    assertThrows(SysException.class, () -> Sockets.option(sys, fd, 1, 9999));
  }

  @Test
  void linger_zero_makesCloseAReset() throws SysException {
    int listener = work.own(Sockets.tcpListener(sys, loopback("127.0.0.1"), 1));
    int client = work.own(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    int server = accepted(listener);
    await(client, Linux.POLLOUT);
    Sockets.linger(sys, client, 5);
    Sockets.linger(sys, client, -1);
    Sockets.linger(sys, client, 0);
    work.close(client);
    await(server, Linux.POLLIN);
    assertEquals(-Errno.ECONNRESET, sys.read(server, work.memory(1).address(), 1));
    assertThrows(SysException.class, () -> Sockets.linger(sys, -1, 0));
  }

  @Test
  void setNonBlocking_blockingPipe_becomesNonBlocking() throws SysException {
    int[] pipe = work.own(Sockets.pipe(sys, 0));
    assertEquals(0, sys.fcntl(pipe[0], Linux.F_GETFL, 0) & Linux.O_NONBLOCK);
    Sockets.setNonBlocking(sys, pipe[0]);
    assertEquals(Linux.O_NONBLOCK, sys.fcntl(pipe[0], Linux.F_GETFL, 0) & Linux.O_NONBLOCK);
    SysException e = assertThrows(SysException.class, () -> Sockets.setNonBlocking(sys, -1));
    assertEquals("fcntl(fd=-1, F_GETFL): EBADF (9) not an open descriptor", e.getMessage());
  }

  @Test
  void pipe_givenFlags_hasExactlyThese() throws SysException {
    int[] pipe = work.own(Sockets.pipe(sys, Linux.O_CLOEXEC));
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(pipe[1], Linux.F_GETFD, 0));
    assertEquals(0, sys.fcntl(pipe[1], Linux.F_GETFL, 0) & Linux.O_NONBLOCK);
    exchange(pipe[1], pipe[0]);
    assertThrows(SysException.class, () -> Sockets.pipe(sys, -1));
  }

  @Test
  void pair_everyType_exchangesBothWays() throws SysException {
    for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_DGRAM, Linux.SOCK_SEQPACKET}) {
      int[] pair = work.own(Sockets.pair(sys, Linux.AF_UNIX, type));
      exchange(pair[0], pair[1]);
      exchange(pair[1], pair[0]);
    }
    SysException e = assertThrows(SysException.class, () -> Sockets.pair(sys, Linux.AF_INET, 1));
    assertEquals(Errno.EOPNOTSUPP, e.errno());
  }

  @Test
  void open_unknownDomain_namesTheCall() {
    SysException e = assertThrows(SysException.class, () -> Sockets.open(sys, 9999, 1));
    assertEquals(
        "socket(domain=9999, type=1): EAFNOSUPPORT (97) address family not supported",
        e.getMessage());
  }

  @Test
  void peerAddress_notConnected_isEnotconn() throws SysException {
    int fd = work.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    SysException e = assertThrows(SysException.class, () -> Sockets.peerAddress(sys, fd));
    assertEquals("getpeername(fd=" + fd + "): ENOTCONN (107) not connected", e.getMessage());
    assertEquals(
        new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0), Sockets.localAddress(sys, fd));
  }
}
