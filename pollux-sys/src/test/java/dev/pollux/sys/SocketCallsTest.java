package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of {@link SocketCalls} on the running kernel, raw. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class SocketCallsTest {

  private final String system;
  private final Workspace work;
  private final Sys sys;
  private final MemorySegment address;
  private final MemorySegment length;

  SocketCallsTest(String system) {
    this.system = system;
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
    this.address = work.memory(SockAddr.MAX_BYTES);
    this.length = work.ints(SockAddr.MAX_BYTES);
  }

  @AfterEach
  void close() {
    work.close();
  }

  private static InetSocketAddress any(String host) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), 0);
  }

  private void await(int fd, int events) throws SysException {
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, fd, events);
    assertEquals(1, poll.poll(10_000), "nothing happened for 10 s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void tcp_everyStepByHand_works(String host) throws SysException {
    int domain = SockAddr.family(any(host));
    int listener = work.own(sys.socket(domain, Linux.SOCK_STREAM, Linux.IPPROTO_TCP));
    assertEquals(0, sys.bind(listener, address.address(), SockAddr.encode(any(host), address)));
    assertEquals(0, sys.listen(listener, 5));
    assertEquals(0, sys.getsockname(listener, address.address(), length.address()));
    int size = length.get(JAVA_INT, 0);
    int client = work.own(sys.socket(domain, Linux.SOCK_STREAM, 0));
    assertEquals(0, sys.connect(client, address.address(), size));
    assertEquals(0, sys.getsockname(client, address.address(), length.address()));
    SocketAddress clientAddress = SockAddr.decode(address, length.get(JAVA_INT, 0));

    address.fill((byte) 0);
    length.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    int server =
        work.own(sys.accept4(listener, address.address(), length.address(), Linux.SOCK_NONBLOCK));
    assertEquals(clientAddress, SockAddr.decode(address, length.get(JAVA_INT, 0)));
    length.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    assertEquals(0, sys.getpeername(server, address.address(), length.address()));
    assertEquals(clientAddress, SockAddr.decode(address, length.get(JAVA_INT, 0)));

    MemorySegment bytes = work.memory(8);
    assertEquals(-Errno.EAGAIN, sys.recv(server, bytes.address(), 8, 0));
    assertEquals(3, sys.send(client, work.string("abc"), 3, Linux.MSG_NOSIGNAL));
    await(server, Linux.POLLIN);
    assertEquals(3, sys.recv(server, bytes.address(), 8, Linux.MSG_PEEK));
    assertEquals(2, sys.recv(server, bytes.address(), 2, Linux.MSG_DONTWAIT));
    assertEquals(1, sys.recv(server, bytes.address(), 8, 0));
    assertEquals(0, sys.shutdown(client, Linux.SHUT_WR));
    await(server, Systems.isLinux(system) ? Linux.POLLRDHUP : Linux.POLLIN);
    assertEquals(0, sys.recv(server, bytes.address(), 8, 0));
    assertEquals(-Errno.EPIPE, sys.send(client, bytes.address(), 1, Linux.MSG_NOSIGNAL));
    assertEquals(-Errno.EINVAL, sys.shutdown(client, 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "unix"})
  void datagrams_sendtoAndRecvfrom_tellTheSender(String host) throws SysException {
    SocketAddress any = host.equals("unix") ? UnixAddress.unnamed() : any(host);
    int a = work.own(Sockets.datagram(sys, any));
    int b = work.own(Sockets.datagram(sys, any));
    int size = SockAddr.encode(Sockets.localAddress(sys, b), address);
    assertEquals(5, sys.sendto(a, work.string("hello"), 5, 0, address.address(), size));
    await(b, Linux.POLLIN);
    MemorySegment bytes = work.memory(8);
    address.fill((byte) 0);
    length.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    assertEquals(5, sys.recvfrom(b, bytes.address(), 8, 0, address.address(), length.address()));
    assertEquals("hello", bytes.getString(0));
    assertEquals(Sockets.localAddress(sys, a), SockAddr.decode(address, length.get(JAVA_INT, 0)));
    assertEquals(-Errno.EAGAIN, sys.recvfrom(b, bytes.address(), 8, 0, 0, 0));
  }

  @Test
  void recvfrom_unboundUnixSender_hasLength0() throws SysException {
    int[] pair = work.own(Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_DGRAM));
    work.write(pair[0], "x");
    assertEquals(
        1,
        sys.recvfrom(pair[1], work.memory(8).address(), 8, 0, address.address(), length.address()));
    assertEquals(0, length.get(JAVA_INT, 0));
    assertEquals(UnixAddress.unnamed(), SockAddr.decode(address, 0));
  }

  @Test
  void udp_emptyDatagram_isNoEndOfStream() throws SysException {
    int a = work.own(Sockets.datagram(sys, any("127.0.0.1")));
    int size = SockAddr.encode(Sockets.localAddress(sys, a), address);
    assertEquals(0, sys.sendto(a, 0, 0, 0, address.address(), size));
    await(a, Linux.POLLIN);
    assertEquals(0, sys.recv(a, work.memory(1).address(), 1, 0));
    assertEquals(-Errno.EAGAIN, sys.recv(a, work.memory(1).address(), 1, 0));
  }

  @Test
  void udp_datagramLongerThanBuffer_isCutAndTold() throws SysException {
    int a = work.own(Sockets.datagram(sys, any("127.0.0.1")));
    int size = SockAddr.encode(Sockets.localAddress(sys, a), address);
    assertEquals(5, sys.sendto(a, work.string("hello"), 5, 0, address.address(), size));
    await(a, Linux.POLLIN);
    assertEquals(5, sys.recv(a, work.memory(8).address(), 2, Linux.MSG_TRUNC));
  }

  @Test
  void socketpair_andOptions_work() {
    MemorySegment fds = work.ints(-1, -1);
    assertEquals(0, sys.socketpair(Linux.AF_UNIX, Linux.SOCK_STREAM, 0, fds.address()));
    int fd = work.own(fds.getAtIndex(JAVA_INT, 0));
    work.own(fds.getAtIndex(JAVA_INT, 1));
    MemorySegment value = work.ints(1 << 16);
    assertEquals(0, sys.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, value.address(), 4));
    length.set(JAVA_INT, 0, 4);
    assertEquals(
        0,
        sys.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, value.address(), length.address()));
    assertEquals(2 << 16, value.get(JAVA_INT, 0), "Linux doubles it");
    assertEquals(
        0,
        sys.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN, value.address(), length.address()));
    assertEquals(Linux.AF_UNIX, value.get(JAVA_INT, 0));
  }

  @Test
  void calls_onWhatIsNoSocket_areEnotsock() {
    int fd = work.eventfd(0);
    long memory = address.address();
    assertEquals(-Errno.ENOTSOCK, sys.bind(fd, memory, 16));
    assertEquals(-Errno.ENOTSOCK, sys.listen(fd, 1));
    assertEquals(-Errno.ENOTSOCK, sys.accept4(fd, 0, 0, 0));
    assertEquals(-Errno.ENOTSOCK, sys.connect(fd, memory, 16));
    assertEquals(-Errno.ENOTSOCK, sys.shutdown(fd, Linux.SHUT_RDWR));
    assertEquals(-Errno.ENOTSOCK, sys.recv(fd, memory, 1, 0));
    assertEquals(-Errno.ENOTSOCK, sys.send(fd, memory, 1, 0));
    assertEquals(-Errno.ENOTSOCK, sys.recvfrom(fd, memory, 1, 0, 0, 0));
    assertEquals(-Errno.ENOTSOCK, sys.sendto(fd, memory, 1, 0, 0, 0));
    assertEquals(-Errno.ENOTSOCK, sys.recvmsg(fd, memory, 0));
    assertEquals(-Errno.ENOTSOCK, sys.sendmsg(fd, memory, 0));
    assertEquals(-Errno.ENOTSOCK, sys.getsockname(fd, memory, length.address()));
    assertEquals(-Errno.ENOTSOCK, sys.getpeername(fd, memory, length.address()));
    assertEquals(-Errno.ENOTSOCK, sys.getsockopt(fd, 1, 1, memory, length.address()));
    assertEquals(-Errno.ENOTSOCK, sys.setsockopt(fd, 1, 1, memory, 4));
    assertTrue(sys.socket(-1, 0, 0) < 0);
  }
}
