package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Ancillary;
import dev.pollux.sys.Linux;
import dev.pollux.sys.PeerCredentials;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the model says about itself: what it lacks, what it takes without an effect. */
class ConfessionTest {

  private static final int SO_PRIORITY = 12; // asm-generic/socket.h
  private static final int TCP_CONGESTION = 13; // linux/tcp.h
  private static final int MSG_FASTOPEN = 0x20000000;

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Box box = new Box(sys);

  @AfterEach
  void closeAll() {
    box.close();
  }

  @Test
  void options_thatTheModelLacks_areUnsupported() {
    int fd = box.tcp();
    assertEquals("ENOPROTOOPT", Box.say(box.set(fd, Linux.SOL_SOCKET, SO_PRIORITY, 3)));
    assertEquals("ENOPROTOOPT", Box.say(box.set(fd, Linux.SOL_SOCKET, Linux.SO_BUSY_POLL, 3)));
    assertEquals("ENOPROTOOPT", Box.say(box.option(fd, Linux.IPPROTO_TCP, Linux.TCP_INFO)));
    assertEquals("ENOPROTOOPT", Box.say(box.option(fd, Linux.IPPROTO_TCP, TCP_CONGESTION)));
    assertEquals("ENOPROTOOPT", Box.say(box.set(fd, Linux.IPPROTO_IP, Linux.IP_RECVERR, 1)));
    assertEquals(
        Set.of(
            "setsockopt(SO_PRIORITY)",
            "setsockopt(SO_BUSY_POLL)",
            "getsockopt(TCP_INFO)",
            "getsockopt(TCP_CONGESTION)",
            "setsockopt(IP_RECVERR)"),
        sys.unsupported());
  }

  @Test
  void options_thatLinuxLacksToo_areNot() {
    int fd = box.tcp();
    assertEquals("ENOPROTOOPT", Box.say(box.option(fd, Linux.SOL_SOCKET, 9_999)));
    assertEquals("ENOPROTOOPT", Box.say(box.set(fd, Linux.SOL_SOCKET, Linux.SO_TYPE, 1)));
    assertEquals("EOPNOTSUPP", Box.say(box.option(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY)));
    assertEquals("EOPNOTSUPP", Box.say(box.option(box.udp(), Linux.IPPROTO_TCP, Linux.TCP_INFO)));
    assertEquals("EOPNOTSUPP", Box.say(box.option(box.unix(), Linux.IPPROTO_TCP, Linux.TCP_INFO)));
    assertEquals(Set.of(), sys.unsupported());
  }

  @Test
  void options_withoutAnEffect_areIgnoredUnlessTheyAskForWhatIsDone() {
    int fd = box.tcp();
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1));
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 0));
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, 0));
    assertEquals(Set.of(), sys.ignored());
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 0));
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1));
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_CORK, 1));
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_DEFER_ACCEPT, 1));
    assertEquals(
        Set.of("TCP_NODELAY", "SO_KEEPALIVE", "TCP_CORK", "TCP_DEFER_ACCEPT"), sys.ignored());
    assertEquals(Set.of(), sys.unsupported());
  }

  @Test
  void linger_isIgnoredWhereItWouldWait() throws SysException {
    int fd = box.tcp();
    Sockets.linger(sys, fd, 0);
    assertEquals(Set.of(), sys.ignored());
    Sockets.linger(sys, fd, 1);
    assertEquals(Set.of("SO_LINGER"), sys.ignored());
  }

  /** A standard signal is a bit, for which there is always room. */
  @Test
  void realTimeSignals_beyondTheLimit_areRefused_othersAreNot() {
    int realTime = 40;
    SignalSet set = SignalSet.of(realTime, Linux.SIGHUP);
    box.ok(sys.pthreadSigmask(Linux.SIG_BLOCK, set.address(), 0));
    for (int i = 0; i < 1_024; i++) {
      box.ok(sys.raise(realTime));
    }
    assertEquals("EAGAIN", Box.say(sys.raise(realTime)));
    box.ok(sys.raise(Linux.SIGHUP));
    SignalSet hangup = SignalSet.of(Linux.SIGHUP);
    int fd = box.keep(sys.signalfd(-1, hangup.address(), Linux.SFD_NONBLOCK));
    assertEquals(Linux.SIZEOF_SIGNALFD_SIGINFO, box.readSome(fd, 999));
    assertEquals("EAGAIN", box.read(fd, 999));
  }

  @Test
  void flags_thatTheModelLacks_areUnsupported() {
    int[] t = box.tcpPair();
    assertEquals(1, box.send(t[0], "x", Linux.MSG_MORE));
    assertEquals(Set.of("send(MSG_MORE)"), sys.ignored());
    assertEquals("ENOSYS", Box.say(box.send(t[0], "x", MSG_FASTOPEN)));
    assertEquals("ENOSYS", box.recv(t[1], 9, Linux.MSG_ERRQUEUE));
    assertEquals("ENOSYS", Box.say(box.send(box.udp(), "x", Linux.MSG_MORE)));
    assertEquals(
        Set.of("send(MSG_FASTOPEN)", "recv(MSG_ERRQUEUE)", "send(MSG_MORE) of UDP"),
        sys.unsupported());
  }

  @Test
  void sockets_thatTheModelLacks_areUnsupported() {
    assertEquals("ENOSYS", Box.say(sys.socket(Linux.AF_INET, 3, 1)));
    assertEquals("EAFNOSUPPORT", Box.say(sys.socket(16, 3, 0)));
    assertEquals("EAFNOSUPPORT", Box.say(sys.socket(9_999, 3, 0)));
    assertEquals(Set.of("socket(type=3)", "socket(domain=16)"), sys.unsupported());
  }

  @Test
  void identity_isWhatAServerSeesOfItsClients() throws Exception {
    int listener = box.unix();
    box.ok(box.bind(listener, box.name()));
    box.ok(sys.listen(listener, 1));
    PeerCredentials somebody = new PeerCredentials(77, 1_000, 100);
    sys.identity(somebody);
    int client = box.unix();
    box.ok(box.connect(client, box.localAddress(listener)));
    int server = box.keep(sys.accept4(listener, 0, 0, 0));
    assertEquals(somebody, Ancillary.peerCredentials(sys, server));
    assertEquals(new PeerCredentials(1_000, 0, 0), Ancillary.peerCredentials(sys, client));
  }

  @Test
  void timeWait_isOverAfterAMinute() {
    int[] t = box.tcpPair(); // its listener is closed
    SocketAddress address = box.localAddress(t[1]);
    box.close(t[1]);
    box.close(t[0]);
    assertEquals("EADDRINUSE", Box.say(box.bind(box.tcp(), address)));
    sys.advance(59_999_999_999L);
    assertEquals("EADDRINUSE", Box.say(box.bind(box.tcp(), address)));
    sys.advance(1);
    assertEquals("0", Box.say(box.bind(box.tcp(), address)));
  }
}
