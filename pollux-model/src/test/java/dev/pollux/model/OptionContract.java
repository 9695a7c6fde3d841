package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options of sockets: which values they take and what is read back, on any kernel. */
abstract class OptionContract {

  private static final int SO_SNDLOWAT = 19; // asm-generic/socket.h

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private int unixDatagrams() {
    return box.pair(Linux.SOCK_DGRAM)[0];
  }

  private int tcp6() {
    return box.keep(box.sys.socket(Linux.AF_INET6, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK, 0));
  }

  private int udp6() {
    return box.keep(box.sys.socket(Linux.AF_INET6, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
  }

  /** What is read back after a value was set, or the error. */
  private String after(int fd, int level, int name, int value) {
    int result = box.set(fd, level, name, value);
    return Box.say(result < 0 ? result : box.option(fd, level, name));
  }

  /** What is read back after each value was set, on a socket of its own. */
  private String each(int level, int name, int... values) {
    StringBuilder text = new StringBuilder();
    for (int value : values) {
      int fd = box.tcp();
      text.append(text.isEmpty() ? "" : " ").append(after(fd, level, name, value));
      box.close(fd);
    }
    return text.toString();
  }

  private int initial(int level, int name) {
    return box.option(box.tcp(), level, name);
  }

  // ---- TCP

  @Test
  void tcpNumbers_haveTheirRanges() {
    int tcp = Linux.IPPROTO_TCP;
    assertEquals("EINVAL EINVAL 1 32767 EINVAL", each(tcp, 4, -1, 0, 1, 32_767, 32_768));
    assertEquals("EINVAL EINVAL 1 32767 EINVAL", each(tcp, 5, -1, 0, 1, 32_767, 32_768));
    assertEquals("EINVAL EINVAL 1 127 EINVAL", each(tcp, 6, -1, 0, 1, 127, 128));
    assertEquals("EINVAL 0 30000", each(tcp, Linux.TCP_USER_TIMEOUT, -1, 0, 30_000));
    assertEquals("EINVAL 0 5", each(tcp, Linux.TCP_FASTOPEN, -1, 0, 5));
    assertEquals("0 1 1 1", each(tcp, Linux.TCP_NODELAY, 0, 1, 7, -1));
    assertEquals("0 1 1", each(tcp, Linux.TCP_CORK, 0, 1, 7));
    assertEquals(7200, initial(tcp, Linux.TCP_KEEPIDLE));
    assertEquals(75, initial(tcp, Linux.TCP_KEEPINTVL));
    assertEquals(9, initial(tcp, Linux.TCP_KEEPCNT));
  }

  @Test
  void maxSegment_isAWishUntilThereIsAConnection() {
    int tcp = Linux.IPPROTO_TCP;
    int name = Linux.TCP_MAXSEG;
    assertEquals(536, initial(tcp, name));
    assertEquals("EINVAL 536 EINVAL 88", each(tcp, name, -1, 0, 87, 88));
    assertEquals("32767 EINVAL", each(tcp, name, 32_767, 32_768));
    int client = box.tcp();
    box.ok(box.set(client, tcp, name, 1_000));
    int listener = box.listener(1);
    int _ = box.connect(client, box.localAddress(listener));
    box.awaitMask(client, Linux.POLLOUT);
    assertEquals(1_000 - 12, box.option(client, tcp, name)); // less the timestamps
  }

  @Test
  void fastOpen_onAConnection_isTooLate() {
    int[] t = box.tcpPair();
    assertEquals("EINVAL", after(t[0], Linux.IPPROTO_TCP, Linux.TCP_FASTOPEN, 5));
  }

  @Test
  void tcpLevel_onOtherSockets_isUnknown() {
    int name = Linux.TCP_NODELAY;
    assertEquals("ENOPROTOOPT", after(box.udp(), Linux.IPPROTO_TCP, name, 1));
    assertEquals("EOPNOTSUPP", after(box.unix(), Linux.IPPROTO_TCP, name, 1));
    assertEquals("EOPNOTSUPP", Box.say(box.option(unixDatagrams(), Linux.IPPROTO_TCP, name)));
    assertEquals("EOPNOTSUPP", after(box.unix(), Linux.IPPROTO_IP, Linux.IP_TOS, 1));
    assertEquals("EOPNOTSUPP", Box.say(box.option(box.udp(), Linux.IPPROTO_TCP, name)));
    assertEquals("ENOPROTOOPT", Box.say(box.option(udp6(), Linux.IPPROTO_TCP, name)));
    assertEquals("ENOPROTOOPT", after(box.tcp(), Linux.IPPROTO_TCP, 9_999, 1));
    assertEquals("ENOPROTOOPT", after(box.tcp(), 9_999, 1, 1));
  }

  // ---- IP

  @Test
  void typeOfService_isAByte_withoutTheBitsOfTcp() {
    int ip = Linux.IPPROTO_IP;
    assertEquals("0 0 16 252 252 0", each(ip, Linux.IP_TOS, 0, 1, 16, 255, -1, 256));
    assertEquals("255", after(box.udp(), ip, Linux.IP_TOS, -1));
    assertEquals("1", after(box.udp(), ip, Linux.IP_TOS, 1));
    assertEquals("16", after(tcp6(), ip, Linux.IP_TOS, 16));
  }

  @Test
  void timeToLive_hasARangeAndADefault() {
    int ip = Linux.IPPROTO_IP;
    assertEquals(64, initial(ip, Linux.IP_TTL));
    assertEquals("64 EINVAL 1 255 EINVAL", each(ip, Linux.IP_TTL, -1, 0, 1, 255, 256));
    int six = Linux.IPPROTO_IPV6;
    assertEquals(64, box.option(tcp6(), six, Linux.IPV6_UNICAST_HOPS));
    assertEquals("64", after(tcp6(), six, Linux.IPV6_UNICAST_HOPS, -1));
    assertEquals("0", after(tcp6(), six, Linux.IPV6_UNICAST_HOPS, 0));
    assertEquals("EINVAL", after(tcp6(), six, Linux.IPV6_UNICAST_HOPS, 256));
    assertEquals("EINVAL", after(tcp6(), six, Linux.IPV6_TCLASS, 256));
    assertEquals("0", after(tcp6(), six, Linux.IPV6_TCLASS, -1));
    assertEquals("252", after(tcp6(), six, Linux.IPV6_TCLASS, 255));
    assertEquals("255", after(udp6(), six, Linux.IPV6_TCLASS, 255));
    assertEquals("ENOPROTOOPT", after(box.tcp(), six, Linux.IPV6_UNICAST_HOPS, 9));
  }

  @Test
  void groups_areThoseOfTheWholeHost_untilASocketSaysOtherwise() {
    int ip = Linux.IPPROTO_IP;
    assertEquals(1, initial(ip, Linux.IP_MULTICAST_ALL));
    assertEquals("0 1 EINVAL EINVAL", each(ip, Linux.IP_MULTICAST_ALL, 0, 1, 2, -1));
    assertEquals(0, box.option(udp6(), ip, Linux.IP_MULTICAST_ALL));
    assertEquals("1", after(udp6(), ip, Linux.IP_MULTICAST_ALL, 1));
    int six = Linux.IPPROTO_IPV6;
    assertEquals(1, box.option(udp6(), six, Linux.IPV6_MULTICAST_ALL));
    assertEquals("0", after(udp6(), six, Linux.IPV6_MULTICAST_ALL, 0));
    assertEquals("1", after(udp6(), six, Linux.IPV6_MULTICAST_ALL, 7));
  }

  @Test
  void ipOptions_takeOneByteToo() {
    int fd = box.udp();
    long memory = box.memory().address();
    box.memory().set(JAVA_INT, 0, 0x0110);
    box.ok(box.sys.setsockopt(fd, Linux.IPPROTO_IP, Linux.IP_TOS, memory, 1));
    assertEquals(0x10, box.option(fd, Linux.IPPROTO_IP, Linux.IP_TOS));
    box.memory().set(JAVA_INT, 0, -1);
    box.memory().set(JAVA_INT, 4, 3);
    box.ok(box.sys.getsockopt(fd, Linux.IPPROTO_IP, Linux.IP_TOS, memory, memory + 4));
    assertEquals(1, box.memory().get(JAVA_INT, 4));
    assertEquals(0x10, box.memory().get(JAVA_BYTE, 0));
    assertEquals(-1, box.memory().get(JAVA_BYTE, 1));
    int one = box.sys.setsockopt(box.tcp(), Linux.IPPROTO_TCP, 1, memory, 1);
    assertEquals("EINVAL", Box.say(one));
    assertEquals(0, box.ok(box.sys.setsockopt(fd, Linux.IPPROTO_IP, Linux.IP_TOS, memory, 0)));
    assertEquals(0, box.option(fd, Linux.IPPROTO_IP, Linux.IP_TOS));
  }

  @Test
  void acceptedSocket_hasItsListenersOptions() {
    int listener = box.tcp();
    box.ok(box.set(listener, Linux.IPPROTO_IP, Linux.IP_TOS, 16));
    box.ok(box.set(listener, Linux.IPPROTO_IP, Linux.IP_TTL, 9));
    box.ok(box.set(listener, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1));
    box.ok(box.bind(listener, Box.loopback(0)));
    box.ok(box.sys.listen(listener, 1));
    int _ = box.connect(box.tcp(), box.localAddress(listener));
    box.awaitMask(listener, Linux.POLLIN);
    int server = box.keep(box.sys.accept4(listener, 0, 0, 0));
    assertEquals(9, box.option(server, Linux.IPPROTO_IP, Linux.IP_TTL));
    assertEquals(1, box.option(server, Linux.IPPROTO_TCP, Linux.TCP_NODELAY));
  }

  // ---- sockets of any kind

  @Test
  void sendLowWaterMark_isOneForEver() {
    assertEquals(1, initial(Linux.SOL_SOCKET, SO_SNDLOWAT));
    assertEquals("ENOPROTOOPT", after(box.tcp(), Linux.SOL_SOCKET, SO_SNDLOWAT, 2));
    assertEquals(1, box.option(box.unix(), Linux.SOL_SOCKET, SO_SNDLOWAT));
  }

  @Test
  void deferAccept_isToldAsTheRetryThatEndsIt() {
    int name = Linux.TCP_DEFER_ACCEPT;
    assertEquals("0 0 1 3 7 63", each(Linux.IPPROTO_TCP, name, -1, 0, 1, 2, 6, 40));
    assertEquals("247 367 29887", each(Linux.IPPROTO_TCP, name, 128, 255, 32_767));
  }

  @Test
  void reusePort_isNotForUnixSockets() {
    assertEquals("0", after(box.unix(), Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 0));
    assertEquals("EOPNOTSUPP", after(box.unix(), Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1));
  }

  @Test
  void passCredentials_isForUnixSocketsOnly() {
    int name = Linux.SO_PASSCRED;
    assertEquals("EOPNOTSUPP", after(box.tcp(), Linux.SOL_SOCKET, name, 1));
    assertEquals("EOPNOTSUPP", Box.say(box.option(box.udp(), Linux.SOL_SOCKET, name)));
    assertEquals("1", after(box.unix(), Linux.SOL_SOCKET, name, 7));
    assertEquals("0", after(unixDatagrams(), Linux.SOL_SOCKET, name, 0));
  }

  @Test
  void valuesAndPlaces_areCheckedInOrder() {
    int fd = box.tcp();
    long memory = box.memory().address();
    int level = Linux.SOL_SOCKET;
    int name = Linux.SO_REUSEADDR;
    assertEquals("EINVAL", Box.say(box.sys.setsockopt(fd, level, name, memory, 3)));
    assertEquals("EINVAL", Box.say(box.sys.setsockopt(fd, level, name, memory, -1)));
    assertEquals("EFAULT", Box.say(box.sys.setsockopt(fd, level, name, 0, 4)));
    assertEquals("EFAULT", Box.say(box.sys.getsockopt(fd, level, name, memory, 0)));
    box.memory().set(JAVA_INT, 0, 4);
    assertEquals("EFAULT", Box.say(box.sys.getsockopt(fd, level, name, 0, memory)));
    assertEquals("ENOPROTOOPT", Box.say(box.sys.getsockopt(fd, level, 9_999, 0, memory)));
    box.memory().set(JAVA_INT, 0, -1);
    assertEquals("EINVAL", Box.say(box.sys.getsockopt(fd, level, name, memory, memory)));
  }

  // ---- who is at the other end

  private PeerCredentials peer(int fd) throws SysException {
    return Ancillary.peerCredentials(box.sys, fd);
  }

  @Test
  void peerCredentials_areThoseOfWhoConnectsOrListens() throws Exception {
    int[] p = box.unixPair();
    PeerCredentials self = peer(p[0]);
    assertEquals(self, peer(p[1]));
    assertEquals(self, peer(unixDatagrams()));
    PeerCredentials nobody = new PeerCredentials(0, -1, -1);
    int listener = box.unix();
    assertEquals(nobody, peer(listener));
    assertEquals(nobody, peer(box.tcp()));
    box.ok(box.bind(listener, box.name()));
    box.ok(box.sys.listen(listener, 1));
    assertEquals(self, peer(listener));
    int client = box.unix();
    box.ok(box.connect(client, box.localAddress(listener)));
    assertEquals(self, peer(client));
    assertEquals(self, peer(box.keep(box.sys.accept4(listener, 0, 0, 0))));
    assertEquals("ENOPROTOOPT", after(client, Linux.SOL_SOCKET, Linux.SO_PEERCRED, 1));
  }
}
