package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sockets do, on any kernel: connections, half-closes, resets, masks, errors. */
abstract class SocketContract {

  private static final int HANGUP = Linux.POLLHUP;
  private static final int RDHUP = Linux.POLLRDHUP;

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private static void assertMask(String expected, int mask) {
    assertEquals(expected, Box.maskText(mask));
  }

  // ---- TCP: life and death

  @Test
  void tcp_fresh_isWritableAndHungUp() {
    int fd = box.tcp();
    assertMask("OUT|HUP", box.mask(fd));
    assertEquals("ENOTCONN", box.read(fd, 1));
    assertEquals("EPIPE", Box.say(box.send(fd, "x", 0)));
    assertEquals("ENOTCONN", Box.say(box.sys.shutdown(fd, Linux.SHUT_WR)));
    assertEquals("EINVAL", Box.say(box.sys.accept4(fd, 0, 0, 0)));
  }

  @Test
  void tcp_connectInProgress_endsWritable() {
    int listener = box.listener(8);
    assertMask("0", box.mask(listener));
    assertEquals(1, box.option(listener, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN));
    int client = box.tcp();
    SocketAddress address = box.localAddress(listener);
    assertEquals("EINPROGRESS", Box.say(box.connect(client, address)));
    assertMask("OUT", box.awaitMask(client, Linux.POLLOUT));
    assertEquals("0", box.error(client));
    assertMask("IN", box.awaitMask(listener, Linux.POLLIN));
    assertEquals("0", Box.say(box.connect(client, address)));
    assertEquals("EISCONN", Box.say(box.connect(client, address)));
    int server = box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
    assertMask("0", box.mask(listener));
    assertMask("OUT", box.mask(server));
    assertEquals(box.localAddress(client), peer(server));
    assertEquals(address, peer(client));
    assertEquals("EAGAIN", Box.say(box.sys.accept4(listener, 0, 0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.accept4(listener, 0, 0, 1)));
  }

  private SocketAddress peer(int fd) {
    int length = SockAddr.MAX_BYTES;
    box.memory().set(JAVA_INT, 0, length);
    box.ok(box.sys.getpeername(fd, box.memory().address() + 16, box.memory().address()));
    return SockAddr.decode(box.memory().asSlice(16, 128), box.memory().get(JAVA_INT, 0));
  }

  @Test
  void tcp_refused_reportsTheErrorOnce() {
    int unused = box.tcp();
    box.ok(box.bind(unused, Box.loopback(0)));
    SocketAddress address = box.localAddress(unused);
    int client = box.tcp();
    assertEquals("EINPROGRESS", Box.say(box.connect(client, address)));
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(client, Linux.POLLERR));
    assertEquals("ECONNREFUSED", box.error(client));
    assertEquals("0", box.error(client));
    assertMask("IN|OUT|HUP|RDHUP", box.mask(client));
    assertEquals("ECONNABORTED", Box.say(box.connect(client, address)));
    assertMask("OUT|HUP", box.mask(client));
    assertEquals("EINPROGRESS", Box.say(box.connect(client, address)));
    box.awaitMask(client, Linux.POLLERR);
    assertEquals("ECONNREFUSED", Box.say(box.connect(client, address)));
    assertMask("OUT|HUP", box.mask(client));
  }

  @Test
  void tcp_data_arrivesInOrder() {
    int[] t = box.tcpPair();
    assertEquals(3, box.write(t[0], "abc"));
    assertEquals(3, box.write(t[0], "def"));
    assertMask("IN|OUT", box.awaitMask(t[1], Linux.POLLIN));
    assertEquals(6, box.available(t[1]));
    assertEquals("'abcd'", box.recv(t[1], 4, Linux.MSG_PEEK));
    assertEquals("'abcde'", box.read(t[1], 5));
    assertEquals("'f'", box.read(t[1], 5));
    assertEquals("EAGAIN", box.read(t[1], 5));
  }

  @Test
  void tcp_halfClosed_readsToTheEndAndStillWrites() {
    int[] t = box.tcpPair();
    box.write(t[0], "bye");
    box.ok(box.sys.shutdown(t[0], Linux.SHUT_WR));
    assertMask("OUT", box.mask(t[0]));
    assertMask("IN|OUT|RDHUP", box.awaitMask(t[1], RDHUP));
    assertEquals("'bye'", box.read(t[1], 9));
    assertEquals("''", box.read(t[1], 9));
    assertMask("IN|OUT|RDHUP", box.mask(t[1]));
    assertEquals("EPIPE", Box.say(box.send(t[0], "x", 0)));
    assertEquals(2, box.write(t[1], "ok"));
    box.awaitMask(t[0], Linux.POLLIN);
    assertEquals("'ok'", box.read(t[0], 9));
    box.ok(box.sys.shutdown(t[1], Linux.SHUT_WR));
    assertMask("IN|OUT|HUP|RDHUP", box.awaitMask(t[0], HANGUP));
    assertMask("IN|OUT|HUP|RDHUP", box.awaitMask(t[1], HANGUP));
    assertEquals("ENOTCONN", Box.say(box.sys.shutdown(t[1], Linux.SHUT_WR)));
  }

  @Test
  void tcp_closedByPeer_firstWriteGoesSecondFails() {
    int[] t = box.tcpPair();
    box.close(t[1]);
    assertMask("IN|OUT|RDHUP", box.awaitMask(t[0], RDHUP));
    assertEquals(1, box.send(t[0], "x", 0));
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(t[0], Linux.POLLERR));
    assertEquals("EPIPE", Box.say(box.send(t[0], "x", 0)));
    assertMask("IN|OUT|HUP|RDHUP", box.mask(t[0]));
    assertEquals("''", box.read(t[0], 1));
    assertEquals("0", box.error(t[0]));
  }

  @Test
  void tcp_closedWithUnreadData_resets() {
    int[] t = box.tcpPair();
    box.write(t[1], "abc");
    box.awaitMask(t[0], Linux.POLLIN);
    box.write(t[0], "zz");
    box.awaitMask(t[1], Linux.POLLIN);
    box.close(t[1]);
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(t[0], Linux.POLLERR));
    assertEquals("'abc'", box.read(t[0], 9));
    assertEquals("ECONNRESET", box.read(t[0], 9));
    assertEquals("''", box.read(t[0], 9));
    assertEquals("EPIPE", Box.say(box.send(t[0], "x", 0)));
    assertMask("IN|OUT|HUP|RDHUP", box.mask(t[0]));
    assertEquals("ENOTCONN", Box.say(box.sys.shutdown(t[0], Linux.SHUT_WR)));
  }

  @Test
  void tcp_closedWithLingerZero_resets() {
    int[] t = box.tcpPair();
    box.ok(box.lingerZero(t[0]));
    box.close(t[0]);
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(t[1], Linux.POLLERR));
    assertEquals("ECONNRESET", box.error(t[1]));
    assertEquals("''", box.read(t[1], 1));
  }

  @Test
  void tcp_shutBoth_resetsWhenDataComes() {
    int[] t = box.tcpPair();
    box.ok(box.sys.shutdown(t[0], Linux.SHUT_RDWR));
    assertMask("IN|OUT|HUP|RDHUP", box.mask(t[0]));
    box.awaitMask(t[1], RDHUP);
    assertEquals(1, box.write(t[1], "x"));
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(t[1], Linux.POLLERR));
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(t[0], Linux.POLLERR));
    assertEquals("EPIPE", box.error(t[1]));
    assertEquals("ECONNRESET", box.error(t[0]));
  }

  @Test
  void tcp_shutForReading_readsWhatComesAndElseTheEnd() {
    int[] t = box.tcpPair();
    box.ok(box.sys.shutdown(t[0], Linux.SHUT_RD));
    assertMask("IN|OUT|RDHUP", box.mask(t[0]));
    assertEquals("''", box.read(t[0], 9));
    assertMask("OUT", box.mask(t[1]));
    box.write(t[1], "late");
    assertEquals(4, awaitAvailable(t[0]));
    assertEquals("'late'", box.read(t[0], 9));
  }

  private int awaitAvailable(int fd) {
    for (int i = 0; i < 1_000 && box.available(fd) == 0; i++) {
      box.sys.poll(box.memory().address(), 0, 1);
    }
    return box.available(fd);
  }

  @Test
  void tcp_urgentByte_isPriorityAndOutOfBand() {
    int[] t = box.tcpPair();
    assertEquals("EINVAL", box.recv(t[0], 1, Linux.MSG_OOB));
    assertEquals(2, box.send(t[1], "ab", Linux.MSG_OOB));
    assertMask("IN|PRI|OUT", box.awaitMask(t[0], Linux.POLLPRI));
    assertEquals("'a'", box.read(t[0], 9));
    assertMask("PRI|OUT", box.mask(t[0]));
    assertEquals("'b'", box.recv(t[0], 9, Linux.MSG_OOB));
    assertMask("OUT", box.mask(t[0]));
    assertEquals("EINVAL", box.recv(t[0], 9, Linux.MSG_OOB));
    box.send(t[1], "cd", Linux.MSG_OOB);
    box.send(t[1], "ef", 0);
    box.awaitMask(t[0], Linux.POLLPRI);
    assertTrue(awaitAvailable(t[0]) > 0);
    assertEquals("'c'", box.read(t[0], 9));
    box.awaitMask(t[0], Linux.POLLIN);
    assertEquals("'ef'", box.read(t[0], 9));
    assertMask("OUT", box.mask(t[0]));
  }

  @Test
  void tcp_lowWaterMark_holdsReadinessBack() {
    int[] t = box.tcpPair();
    box.ok(box.set(t[0], Linux.SOL_SOCKET, Linux.SO_RCVLOWAT, 3));
    box.write(t[1], "ab");
    assertEquals(2, awaitAvailable(t[0]));
    assertMask("OUT", box.mask(t[0]));
    box.write(t[1], "c");
    assertMask("IN|OUT", box.awaitMask(t[0], Linux.POLLIN));
    assertEquals("'a'", box.read(t[0], 1));
    assertMask("OUT", box.mask(t[0]));
  }

  @Test
  void tcp_writtenUntilFull_isWritableAfterTheReaderDrained() {
    int[] t = box.tcpPair();
    long written = box.fill(t[0], 60_000);
    assertTrue(written > 100_000);
    assertMask("0", box.mask(t[0]));
    long read = 0;
    for (int i = 0; i < 1_000 && read < written; i++) {
      read += box.drain(t[1]);
      box.sys.poll(box.memory().address(), 0, 1);
    }
    assertEquals(written, read);
    assertMask("OUT", box.awaitMask(t[0], Linux.POLLOUT));
  }

  @Test
  void tcp_listenerClosed_resetsThoseNotAccepted() {
    int listener = box.listener(8);
    int client = box.tcp();
    int _ = box.connect(client, box.localAddress(listener));
    box.awaitMask(client, Linux.POLLOUT);
    box.awaitMask(listener, Linux.POLLIN);
    box.close(listener);
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.awaitMask(client, Linux.POLLERR));
    assertEquals("ECONNRESET", box.error(client));
  }

  @Test
  void tcp_listenerShutDown_listensNoMore() {
    int listener = box.listener(8);
    box.ok(box.sys.shutdown(listener, Linux.SHUT_RD));
    assertMask("OUT|HUP", box.mask(listener));
    assertEquals("EINVAL", Box.say(box.sys.accept4(listener, 0, 0, 0)));
    assertEquals(0, box.option(listener, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN));
  }

  @Test
  void tcp_resetBeforeAccept_acceptStillTellsTheCaller() {
    int listener = box.listener(8);
    int client = box.tcp();
    int _ = box.connect(client, box.localAddress(listener));
    box.awaitMask(client, Linux.POLLOUT);
    SocketAddress caller = box.localAddress(client);
    box.ok(box.lingerZero(client));
    box.ok(box.close(client));
    box.memory().set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    int server =
        box.keep(
            box.sys.accept4(
                listener,
                box.memory().address() + 16,
                box.memory().address(),
                Linux.SOCK_NONBLOCK));
    box.ok(server);
    int length = box.memory().get(JAVA_INT, 0);
    assertEquals(caller, SockAddr.decode(box.memory().asSlice(16, 128), length));
    box.awaitMask(server, Linux.POLLERR);
    assertEquals("ECONNRESET", box.read(server, 1));
  }

  @Test
  void tcp_backlogFull_keepsTheNextInProgress() {
    int listener = box.listener(1);
    SocketAddress address = box.localAddress(listener);
    int[] clients = {box.tcp(), box.tcp(), box.tcp()};
    for (int client : clients) {
      assertEquals("EINPROGRESS", Box.say(box.connect(client, address)));
    }
    assertMask("OUT", box.awaitMask(clients[1], Linux.POLLOUT));
    assertMask("0", box.mask(clients[2]));
    assertEquals("EALREADY", Box.say(box.connect(clients[2], address)));
    assertEquals("EAGAIN", box.read(clients[2], 1));
    assertEquals("EAGAIN", Box.say(box.send(clients[2], "x", 0)));
    box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
    assertMask("OUT", box.awaitMask(clients[2], Linux.POLLOUT)); // at the retry, after 1 s
  }

  @Test
  void tcp_names_conflictUnlessShared() {
    int a = box.tcp();
    box.ok(box.bind(a, Box.loopback(0)));
    InetSocketAddress address = (InetSocketAddress) box.localAddress(a);
    assertNotEquals(0, address.getPort());
    assertEquals("EINVAL", Box.say(box.bind(a, Box.loopback(0))));
    int b = box.tcp();
    assertEquals("EADDRINUSE", Box.say(box.bind(b, address)));
    box.ok(box.set(a, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    box.ok(box.set(b, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    assertEquals("0", Box.say(box.bind(b, address)));
    assertEquals("0", Box.say(box.sys.listen(a, 1)));
    assertEquals("EADDRINUSE", Box.say(box.sys.listen(b, 1)));
    int c = box.tcp();
    assertEquals("EADDRNOTAVAIL", Box.say(box.bind(c, new InetSocketAddress("192.0.2.1", 0))));
    assertEquals("EAFNOSUPPORT", Box.say(box.bind(c, box.name())));
    assertEquals("EISCONN", Box.say(box.connect(a, address)));
  }

  @Test
  void tcp_options_areKept() {
    int fd = box.tcp();
    assertEquals(Linux.SOCK_STREAM, box.option(fd, Linux.SOL_SOCKET, Linux.SO_TYPE));
    assertEquals(Linux.AF_INET, box.option(fd, Linux.SOL_SOCKET, Linux.SO_DOMAIN));
    assertEquals(Linux.IPPROTO_TCP, box.option(fd, Linux.SOL_SOCKET, Linux.SO_PROTOCOL));
    box.ok(box.set(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1));
    assertEquals(1, box.option(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY));
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, 10_000));
    assertEquals(20_000, box.option(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF));
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, 1));
    assertEquals(2_304, box.option(fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF));
    assertEquals("ENOPROTOOPT", Box.say(box.option(fd, Linux.SOL_SOCKET, 9_999)));
    assertEquals("ENOPROTOOPT", Box.say(box.set(fd, Linux.SOL_SOCKET, Linux.SO_TYPE, 1)));
    assertEquals("ENOTSOCK", Box.say(box.option(box.eventfd(0), 1, Linux.SO_TYPE)));
  }

  // ---- Unix streams

  @Test
  void unix_fresh_isWritableAndHungUp() {
    int fd = box.unix();
    assertMask("OUT|HUP", box.mask(fd));
    assertEquals("EINVAL", box.read(fd, 1));
    assertEquals("ENOTCONN", Box.say(box.send(fd, "x", 0)));
  }

  @Test
  void unix_pair_carriesBothWays() {
    int[] p = box.unixPair();
    assertMask("OUT", box.mask(p[0]));
    box.write(p[1], "ab");
    box.write(p[1], "cd");
    assertMask("IN|OUT", box.mask(p[0]));
    assertEquals(4, box.available(p[0]));
    assertEquals("'abcd'", box.recv(p[0], 9, Linux.MSG_PEEK));
    assertEquals("'abc'", box.read(p[0], 3));
    assertEquals("'d'", box.read(p[0], 3));
    assertEquals("EAGAIN", box.read(p[0], 3));
  }

  @Test
  void unix_halfClosed_andClosed_areToldApart() {
    int[] p = box.unixPair();
    box.ok(box.sys.shutdown(p[1], Linux.SHUT_WR));
    assertMask("IN|OUT|RDHUP", box.mask(p[0]));
    assertMask("OUT", box.mask(p[1]));
    assertEquals("''", box.read(p[0], 1));
    assertEquals("EPIPE", Box.say(box.send(p[1], "x", 0)));
    box.close(p[1]);
    assertMask("IN|OUT|HUP|RDHUP", box.mask(p[0]));
    assertEquals("EPIPE", Box.say(box.send(p[0], "x", 0)));
    assertEquals("''", box.read(p[0], 1));
  }

  @Test
  void unix_closedWithUnreadData_isReset() {
    int[] p = box.unixPair();
    box.write(p[0], "unread");
    box.write(p[1], "last");
    box.close(p[1]);
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.mask(p[0]));
    assertEquals("'last'", box.read(p[0], 9));
    assertEquals("ECONNRESET", box.read(p[0], 9));
    assertEquals("''", box.read(p[0], 9));
  }

  @Test
  void unix_writtenUntilFull_chargesByTheChunk() {
    int[] p = box.unixPair();
    assertEquals(278, box.fill(p[0], 1));
    assertMask("0", box.mask(p[0]));
    box.drain(p[1]);
    assertMask("OUT", box.mask(p[0]));
    assertEquals(233_152, box.fill(p[0], 65_536));
    box.drain(p[1]);
    assertEquals(212_992 / 4_864 * 4_000L + 4_000, box.fill(p[0], 4_000));
  }

  @Test
  void unix_listener_acceptsByName() {
    int listener = box.unix();
    SocketAddress name = box.name();
    assertEquals("EINVAL", Box.say(box.sys.listen(listener, 1)));
    assertEquals("ECONNREFUSED", Box.say(box.connect(box.unix(), name)));
    box.ok(box.bind(listener, name));
    assertEquals("ECONNREFUSED", Box.say(box.connect(box.unix(), name)));
    box.ok(box.sys.listen(listener, 0));
    assertMask("0", box.mask(listener));
    int client = box.unix();
    assertEquals("0", Box.say(box.connect(client, name)));
    assertMask("IN", box.mask(listener));
    assertEquals("EAGAIN", Box.say(box.connect(box.unix(), name)));
    box.write(client, "early");
    int server = box.keep(box.sys.accept4(listener, 0, 0, Linux.SOCK_NONBLOCK));
    assertEquals("'early'", box.read(server, 9));
    assertEquals("EISCONN", Box.say(box.connect(client, name)));
    assertEquals(name, peer(client));
    assertEquals("EADDRINUSE", Box.say(box.bind(box.unix(), name)));
    int late = box.unix();
    box.ok(box.connect(late, name));
    box.close(listener);
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.mask(late));
    assertEquals("ECONNRESET", box.error(late));
  }

  // ---- datagrams

  @Test
  void udp_datagrams_keepTheirBounds() {
    int a = box.udp();
    int b = box.udp();
    box.ok(box.bind(b, Box.loopback(0)));
    assertMask("OUT", box.mask(a));
    assertEquals("EDESTADDRREQ", Box.say(box.send(a, "x", 0)));
    assertEquals(3, box.sendTo(a, "abc", box.localAddress(b)));
    assertEquals(0, box.sendTo(a, "", box.localAddress(b)));
    assertMask("IN|OUT", box.awaitMask(b, Linux.POLLIN));
    assertEquals(3, box.available(b));
    assertEquals("'ab'", box.recv(b, 2, 0));
    assertEquals("''", box.recv(b, 2, 0));
    assertEquals("EAGAIN", box.recv(b, 2, 0));
    assertEquals("ENOTCONN", Box.say(box.sys.shutdown(a, Linux.SHUT_WR)));
  }

  @Test
  void udp_connectedToAClosedPort_learnsOfIt() {
    int b = box.udp();
    box.ok(box.bind(b, Box.loopback(0)));
    SocketAddress address = box.localAddress(b);
    box.close(b);
    int a = box.udp();
    box.ok(box.connect(a, address));
    assertEquals(1, box.send(a, "x", 0));
    assertMask("OUT|ERR", box.awaitMask(a, Linux.POLLERR));
    assertEquals("ECONNREFUSED", box.recv(a, 1, 0));
    assertEquals("EAGAIN", box.recv(a, 1, 0));
    assertMask("OUT", box.mask(a));
  }

  @Test
  void unixDatagrams_inAPair_waitForRoom() {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    assertMask("OUT", box.mask(p[0]));
    assertEquals(2, box.write(p[0], "ab"));
    assertEquals(1, box.write(p[0], "c"));
    assertMask("IN|OUT", box.mask(p[1]));
    assertEquals("'ab'", box.read(p[1], 9));
    assertEquals("'c'", box.read(p[1], 9));
    assertEquals(278, box.fill(p[0], 1));
    assertMask("0", box.mask(p[0]));
    assertEquals(1, box.readSome(p[1], 9));
    assertEquals(1, box.write(p[0], "x"));
    box.close(p[1]);
    assertEquals("ECONNREFUSED", Box.say(box.write(p[0], "x")));
  }
}
