package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What calls of sockets do with the addresses they are given, right and wrong, on any kernel. */
abstract class AddressContract {

  private static final int NON_BLOCKING = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
  private static final int ADDRESS = 16; // in the box's memory, behind a length

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private int socket(int domain, int type) {
    return box.keep(box.sys.socket(domain, type | NON_BLOCKING, 0));
  }

  private int bound(int type, UnixAddress name) {
    int fd = socket(Linux.AF_UNIX, type);
    box.ok(box.bind(fd, name));
    return fd;
  }

  // ---- where a name is to be written

  @Test
  void accept_withABadPlaceForTheName_failsAndLosesTheConnection() {
    UnixAddress name = box.name();
    int listener = bound(Linux.SOCK_STREAM, name);
    box.ok(box.sys.listen(listener, 3));
    long memory = box.memory().address();
    int client = box.unix();
    box.ok(box.connect(client, name));
    box.memory().set(JAVA_INT, 0, -1);
    assertEquals("EINVAL", Box.say(box.sys.accept4(listener, memory + ADDRESS, memory, 0)));
    assertEquals("EAGAIN", Box.say(box.sys.accept4(listener, memory + ADDRESS, memory, 0)));
    assertEquals("IN|OUT|HUP|RDHUP", Box.maskText(box.mask(client)));
    box.ok(box.connect(box.unix(), name));
    assertEquals("EFAULT", Box.say(box.sys.accept4(listener, memory + ADDRESS, 0, 0)));
    box.ok(box.connect(box.unix(), name));
    box.memory().set(JAVA_INT, 0, 100);
    assertEquals("EFAULT", Box.say(box.sys.accept4(listener, 1, memory, 0)));
  }

  @Test
  void getsockname_writesNoMoreThanThereIsRoomFor() {
    int fd = box.tcp();
    box.ok(box.bind(fd, Box.loopback(0)));
    long memory = box.memory().address();
    box.memory().set(JAVA_INT, 0, -1);
    assertEquals("EINVAL", Box.say(box.sys.getsockname(fd, memory + ADDRESS, memory)));
    box.memory().set(JAVA_INT, 0, 0);
    assertEquals("0", Box.say(box.sys.getsockname(fd, 0, memory)));
    assertEquals(Linux.SIZEOF_SOCKADDR_IN, box.memory().get(JAVA_INT, 0));
    assertEquals("EFAULT", Box.say(box.sys.getsockname(fd, memory + ADDRESS, 0)));
    assertEquals("ENOTCONN", Box.say(box.sys.getpeername(fd, 0, 0)));
    box.memory().set(JAVA_BYTE, ADDRESS + 4, (byte) 77);
    box.memory().set(JAVA_INT, 0, 4);
    box.ok(box.sys.getsockname(fd, memory + ADDRESS, memory));
    assertEquals(77, box.memory().get(JAVA_BYTE, ADDRESS + 4));
  }

  @Test
  void recvfrom_withABadPlaceForTheName_hasTakenTheBytes() {
    int[] p = box.unixPair();
    assertEquals(2, box.send(p[0], "xy", 0));
    long memory = box.memory().address();
    box.memory().set(JAVA_INT, 0, -1);
    assertEquals("EINVAL", Box.say(box.sys.recvfrom(p[1], memory + 200, 1, 0, memory, memory)));
    assertEquals("EFAULT", Box.say(box.sys.recvfrom(p[1], memory + 200, 1, 0, memory, 0)));
    assertEquals("EAGAIN", box.read(p[1], 9));
  }

  // ---- memory that is not there

  private static final long NO_MEMORY = 64;
  private static final long NOBODYS = Long.MIN_VALUE; // the kernel's half

  @Test
  void badAddress_isFoundWhereBytesAreCopied() {
    int[] p = box.unixPair();
    assertEquals("EAGAIN", Box.say(box.sys.recv(p[1], NO_MEMORY, 9, 0)));
    assertEquals("EFAULT", Box.say(box.sys.recv(p[1], NOBODYS, 9, 0)));
    assertEquals("EFAULT", Box.say(box.sys.recv(-1, NOBODYS, 9, 0)));
    assertEquals("EBADF", Box.say(box.sys.recv(-1, NO_MEMORY, 9, 0)));
    assertEquals(1, box.send(p[0], "x", 0));
    assertEquals("EFAULT", Box.say(box.sys.recv(p[1], NO_MEMORY, 9, 0)));
    assertEquals("'x'", box.read(p[1], 9));
    assertEquals("EFAULT", Box.say(box.sys.send(p[0], NO_MEMORY, 9, 0)));
    assertEquals("ENOTCONN", Box.say(box.sys.send(box.unix(), NO_MEMORY, 9, 0)));
    assertEquals("EPIPE", Box.say(box.sys.send(box.tcp(), NO_MEMORY, 9, Linux.MSG_NOSIGNAL)));
    assertEquals("EDESTADDRREQ", Box.say(box.sys.send(box.udp(), NO_MEMORY, 9, 0)));
    int[] t = box.tcpPair();
    assertEquals("EAGAIN", Box.say(box.sys.recv(t[1], NO_MEMORY, 9, 0)));
    assertEquals("EFAULT", Box.say(box.sys.send(t[0], NO_MEMORY, 9, 0)));
    assertEquals(1, box.send(t[0], "x", 0));
    box.awaitMask(t[1], Linux.POLLIN);
    assertEquals("EFAULT", Box.say(box.sys.recv(t[1], NO_MEMORY, 9, 0)));
    assertEquals("'x'", box.read(t[1], 9));
  }

  @Test
  void badAddress_losesADatagram() {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    assertEquals(1, box.send(p[0], "x", 0));
    assertEquals(1, box.send(p[0], "y", 0));
    assertEquals("EFAULT", Box.say(box.sys.recv(p[1], NO_MEMORY, 9, Linux.MSG_PEEK)));
    assertEquals("EFAULT", Box.say(box.sys.recv(p[1], NO_MEMORY, 9, 0)));
    assertEquals("'y'", box.read(p[1], 9));
    assertEquals("EFAULT", Box.say(box.sys.send(p[0], NO_MEMORY, 9, 0)));
    assertEquals("EFAULT", Box.say(box.sys.write(p[0], NO_MEMORY, 9)));
  }

  // ---- families that do not match

  private int put(SocketAddress address, int family) {
    int length = SockAddr.encode(address, box.memory().asSlice(ADDRESS));
    box.memory().set(JAVA_SHORT, ADDRESS, (short) family);
    return length;
  }

  private String bindAs(int fd, SocketAddress address, int family) {
    int length = put(address, family);
    return Box.say(box.sys.bind(fd, box.memory().address() + ADDRESS, length));
  }

  private String connectAs(int fd, SocketAddress address, int family) {
    int length = put(address, family);
    return Box.say(box.sys.connect(fd, box.memory().address() + ADDRESS, length));
  }

  private String sendAs(int fd, SocketAddress address, int family) {
    int length = put(address, family);
    long memory = box.memory().address();
    return Box.say(box.sys.sendto(fd, memory + 200, 1, 0, memory + ADDRESS, length));
  }

  private static InetSocketAddress six(int port) throws Exception {
    byte[] host = new byte[16];
    host[15] = 1;
    return new InetSocketAddress(InetAddress.getByAddress(host), port);
  }

  @Test
  void families_thatDoNotMatch_areRefused() throws Exception {
    InetSocketAddress any = new InetSocketAddress("0.0.0.0", 0);
    assertEquals("EAFNOSUPPORT", bindAs(box.tcp(), Box.loopback(0), Linux.AF_INET6));
    assertEquals("EAFNOSUPPORT", bindAs(box.tcp(), Box.loopback(0), Linux.AF_UNSPEC));
    assertEquals("0", bindAs(box.tcp(), any, Linux.AF_UNSPEC));
    assertEquals("EAFNOSUPPORT", connectAs(box.tcp(), six(9), Linux.AF_INET6));
    assertEquals("EINVAL", bindAs(box.unix(), box.name(), Linux.AF_INET));
    assertEquals("EINVAL", connectAs(box.unix(), box.name(), Linux.AF_UNSPEC));
    int tcp6 = socket(Linux.AF_INET6, Linux.SOCK_STREAM);
    assertEquals("EINVAL", bindAs(tcp6, Box.loopback(0), Linux.AF_INET));
    assertEquals("EAFNOSUPPORT", bindAs(tcp6, six(0), Linux.AF_INET));
    assertEquals("EINVAL", connectAs(tcp6, Box.loopback(9), Linux.AF_INET));
    int udp = box.udp();
    assertEquals("EAFNOSUPPORT", sendAs(udp, six(9), Linux.AF_INET6));
    assertEquals("1", sendAs(udp, Box.loopback(9), Linux.AF_UNSPEC));
    assertEquals("EINVAL", sendAs(udp, Box.loopback(0), Linux.AF_INET));
    int udp6 = socket(Linux.AF_INET6, Linux.SOCK_DGRAM);
    assertEquals("1", sendAs(udp6, Box.loopback(9), Linux.AF_INET));
    assertEquals("EINVAL", sendAs(udp6, six(9), Linux.AF_UNIX));
    assertEquals("0", connectAs(udp6, Box.loopback(9), Linux.AF_INET));
  }

  @Test
  void streams_doNotLookAtTheTarget() {
    int[] t = box.tcpPair();
    assertEquals("1", sendAs(t[0], box.name(), Linux.AF_UNIX));
    int[] p = box.unixPair();
    assertEquals("EISCONN", sendAs(p[0], Box.loopback(9), Linux.AF_INET));
    assertEquals("EOPNOTSUPP", sendAs(box.unix(), Box.loopback(9), Linux.AF_INET));
    long memory = box.memory().address();
    assertEquals("1", Box.say(box.sys.sendto(p[0], memory, 1, 0, memory + ADDRESS, 0)));
  }

  @Test
  void v6Only_isSetBeforeTheBind_andKeepsIpv4Out() throws Exception {
    int fd = socket(Linux.AF_INET6, Linux.SOCK_STREAM);
    box.ok(box.set(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 1));
    MemorySegment memory = box.memory();
    int length = put(six(0), Linux.AF_INET6);
    memory.asSlice(ADDRESS + 8, 16).fill((byte) 0);
    memory.set(JAVA_SHORT, ADDRESS + 18, (short) -1); // ::ffff:127.0.0.1
    memory.set(JAVA_BYTE, ADDRESS + 20, (byte) 127);
    memory.set(JAVA_BYTE, ADDRESS + 23, (byte) 1);
    assertEquals("EINVAL", Box.say(box.sys.bind(fd, memory.address() + ADDRESS, length)));
    assertEquals("ENETUNREACH", Box.say(box.sys.connect(fd, memory.address() + ADDRESS, length)));
    box.ok(box.bind(fd, six(0)));
    assertEquals("EINVAL", Box.say(box.set(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 0)));
  }

  @Test
  void socket_ofNoKind_isRefused() {
    assertEquals("ESOCKTNOSUPPORT", Box.say(box.sys.socket(Linux.AF_INET, 5, 0)));
    assertEquals("ESOCKTNOSUPPORT", Box.say(box.sys.socket(Linux.AF_UNIX, 4, 0)));
    assertEquals("EPROTONOSUPPORT", Box.say(box.sys.socket(Linux.AF_INET, 1, 17)));
    assertEquals("EPROTONOSUPPORT", Box.say(box.sys.socket(Linux.AF_UNIX, 1, 2)));
    assertEquals("EINVAL", Box.say(box.sys.socket(Linux.AF_INET, 11, 0)));
    assertEquals("EINVAL", Box.say(box.sys.socket(Linux.AF_INET, 1 | 0x10000, 0)));
    assertEquals("EAFNOSUPPORT", Box.say(box.sys.socket(9_999, 1, 0)));
    box.ok(box.close(box.keep(box.sys.socket(Linux.AF_UNIX, 1, 1))));
  }
}
