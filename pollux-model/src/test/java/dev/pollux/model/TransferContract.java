package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transfers of sockets that do not block: edges, resets, flags, options; on any kernel. */
abstract class TransferContract {

  private static final int OUT_EDGE = Linux.EPOLLOUT | Linux.EPOLLET;

  final Box box = new Box(sys());

  abstract Sys sys();

  /** What may be done between two calls, and must change nothing. */
  void look(int epfd) {
    // The running kernel cannot be looked at.
  }

  @AfterEach
  void closeAll() {
    box.close();
  }

  private int socketOption(int fd, int name) {
    return box.option(fd, Linux.SOL_SOCKET, name);
  }

  private void setSocketOption(int fd, int name, int value) {
    box.ok(box.set(fd, Linux.SOL_SOCKET, name, value));
  }

  // ---- edges

  @Test
  void tcp_filledPastTheMarkWithoutEagain_givesNoEdgeWhenDrained() {
    int[] t = box.tcpPair();
    setSocketOption(t[0], Linux.SO_SNDBUF, 262_144);
    setSocketOption(t[1], Linux.SO_RCVBUF, 30_000);
    int ep = box.epoll();
    box.ok(box.add(ep, t[0], OUT_EDGE));
    assertEquals(List.of(t[0] + ":OUT"), box.events(ep));
    while (box.unacknowledged(t[0]) < 420_000) {
      assertEquals(10_000, box.write(t[0], 10_000));
      look(ep);
    }
    drainAll(t);
    assertEquals(List.of(), box.events(ep));
    box.fill(t[0], 10_000);
    drainAll(t);
    assertEquals(List.of(t[0] + ":OUT"), box.events(ep, 1, 1_000));
  }

  private void drainAll(int[] t) {
    long deadline = box.sys.nanoTime() + 5_000_000_000L;
    while (box.unacknowledged(t[0]) > 0 && box.sys.nanoTime() - deadline < 0) {
      box.drain(t[1]);
      box.sys.poll(box.memory().address(), 0, 1);
    }
    assertEquals(0, box.unacknowledged(t[0]));
  }

  @Test
  void datagrams_refusedByAFullQueue_giveAnEdgeWhenOneIsTaken() {
    int reader = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    int writer = box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
    SocketAddress name = box.name();
    box.ok(box.bind(reader, name));
    box.ok(box.connect(writer, name));
    int ep = box.epoll();
    box.ok(box.add(ep, writer, OUT_EDGE));
    assertEquals(List.of(writer + ":OUT"), box.events(ep));
    assertEquals(11, box.fill(writer, 1));
    assertEquals(List.of(), box.events(ep));
    assertEquals(1, box.readSome(reader, 9));
    assertEquals(List.of(writer + ":OUT"), box.events(ep));
  }

  @Test
  void sendBuffer_set_isAnEdgeForWriters() {
    for (int fd : new int[] {box.unixPair()[0], box.tcpPair()[0], box.udp()}) {
      int ep = box.epoll();
      box.ok(box.add(ep, fd, OUT_EDGE));
      assertEquals(List.of(fd + ":OUT"), box.events(ep));
      assertEquals(List.of(), box.events(ep));
      setSocketOption(fd, Linux.SO_SNDBUF, 100_000);
      assertEquals(List.of(fd + ":OUT"), box.events(ep));
    }
  }

  @Test
  void udp_takesWhatItsBufferHoldsAndLosesTheRest() {
    int[][] counts = {
      {1, 256},
      {197, 256},
      {198, 166},
      {640, 166},
      {650, 92},
      {10_000, 12},
      {30_000, 6},
      {60_000, 3}
    };
    for (int[] each : counts) {
      int reader = box.udp();
      setSocketOption(reader, Linux.SO_RCVBUF, 106_496);
      box.ok(box.bind(reader, Box.loopback(0)));
      int writer = box.udp();
      box.ok(box.connect(writer, box.localAddress(reader)));
      for (int i = 0; i < 2 * each[1]; i++) {
        assertEquals(each[0], box.write(writer, each[0]));
      }
      box.awaitMask(reader, Linux.POLLIN);
      int received = 0;
      while (box.readSome(reader, each[0]) == each[0]) {
        received++;
      }
      assertEquals(each[1], received, each[0] + " bytes");
    }
  }

  // ---- resets

  @Test
  void tcp_dataAndThenAReset_bothAreReceived() {
    int[] t = box.tcpPair();
    assertEquals(3, box.write(t[0], "abc"));
    box.ok(box.lingerZero(t[0]));
    box.close(t[0]);
    box.awaitMask(t[1], Linux.POLLERR);
    assertEquals(3, box.available(t[1]));
    assertEquals("'ab'", box.read(t[1], 2));
    assertEquals("'c'", box.read(t[1], 2));
    assertEquals("ECONNRESET", box.read(t[1], 2));
    assertEquals("''", box.read(t[1], 2));
  }

  @Test
  void tcp_resetBehindDataThatFoundNoRoom_dropsIt() {
    int[] t = box.tcpPair();
    setSocketOption(t[1], Linux.SO_RCVBUF, 10_000);
    long written = box.fill(t[0], 60_000);
    box.ok(box.lingerZero(t[0]));
    box.close(t[0]);
    box.awaitMask(t[1], Linux.POLLERR);
    long read = 0;
    int n = box.readSome(t[1], 10_000);
    while (n > 0) {
      read += n;
      n = box.readSome(t[1], 10_000);
    }
    assertEquals("ECONNRESET", Box.say(n));
    assertTrue(read > 0 && read < written);
  }

  @Test
  void tcp_disconnected_resetsThePeerBehindTheData() {
    int[] t = box.tcpPair();
    box.write(t[0], "abc");
    box.memory().set(JAVA_INT, 0, 0); // AF_UNSPEC
    box.ok(box.sys.connect(t[0], box.memory().address(), 16));
    box.awaitMask(t[1], Linux.POLLERR);
    assertEquals("'abc'", box.read(t[1], 9));
    assertEquals("ECONNRESET", box.read(t[1], 9));
  }

  // ---- flags

  @Test
  void tcpTruncate_dropsWithoutCopying() {
    int[] t = box.tcpPair();
    box.write(t[0], "abcdef");
    box.awaitAvailable(t[1], 6);
    assertEquals(2, discard(t[1], 2, Linux.MSG_PEEK));
    assertEquals(2, discard(t[1], 2, 0));
    assertEquals("'cdef'", box.read(t[1], 9));
  }

  private int discard(int fd, int count, int flags) {
    box.memory().set(JAVA_BYTE, 0, (byte) '?');
    int n = box.sys.recv(fd, box.memory().address(), count, Linux.MSG_TRUNC | flags);
    assertEquals('?', box.memory().get(JAVA_BYTE, 0));
    return n;
  }

  @Test
  void unixWaitAll_thatMayNotWait_losesThePendingError() {
    for (int flags : new int[] {0, Linux.MSG_WAITALL}) {
      int[] p = box.unixPair();
      box.write(p[1], "unread");
      box.write(p[0], "abc");
      box.close(p[0]);
      assertEquals("'abc'", box.recv(p[1], 9, flags | Linux.MSG_DONTWAIT));
      assertEquals(flags == 0 ? "ECONNRESET" : "''", box.recv(p[1], 9, 0));
    }
  }

  @Test
  void tcpWaitAll_thatMayNotWait_leavesThePendingError() {
    int[] t = box.tcpPair();
    box.write(t[0], "abc");
    box.ok(box.lingerZero(t[0]));
    box.close(t[0]);
    box.awaitMask(t[1], Linux.POLLERR);
    assertEquals("'abc'", box.recv(t[1], 9, Linux.MSG_WAITALL | Linux.MSG_DONTWAIT));
    assertEquals("ECONNRESET", box.recv(t[1], 9, 0));
  }

  // ---- options

  @Test
  void outgoingBytes_ofUnixSockets_areTheirCost() {
    int[] p = box.unixPair();
    assertEquals(0, box.unacknowledged(p[0]));
    box.write(p[0], 1);
    assertEquals(768, box.unacknowledged(p[0]));
    assertEquals("ENOTTY", Box.say(box.unsent(p[0])));
    box.drain(p[1]);
    assertEquals(0, box.unacknowledged(p[0]));
    int[] d = box.pair(Linux.SOCK_DGRAM);
    box.write(d[0], 1);
    assertEquals(768, box.unacknowledged(d[0]));
    assertEquals(0, box.unacknowledged(box.udp()));
    assertEquals("ENOTTY", Box.say(box.unsent(box.udp())));
  }

  @Test
  void lowWater_readsBackWhatItCanBe() {
    int tcp = box.tcp();
    setSocketOption(tcp, Linux.SO_RCVLOWAT, 0);
    assertEquals(1, socketOption(tcp, Linux.SO_RCVLOWAT));
    setSocketOption(tcp, Linux.SO_RCVLOWAT, 200_000);
    assertEquals(200_000, socketOption(tcp, Linux.SO_RCVLOWAT));
    assertEquals(400_000, socketOption(tcp, Linux.SO_RCVBUF)); // the buffer grows with it
    setSocketOption(tcp, Linux.SO_RCVBUF, 20_000);
    setSocketOption(tcp, Linux.SO_RCVLOWAT, -1);
    assertEquals(20_000, socketOption(tcp, Linux.SO_RCVLOWAT)); // half of it
    int unix = box.unix();
    setSocketOption(unix, Linux.SO_RCVLOWAT, -1);
    assertEquals(Integer.MAX_VALUE, socketOption(unix, Linux.SO_RCVLOWAT));
  }

  @Test
  void lowWater_thatCannotBeReached_givesWayWhenTheWindowCloses() {
    int[] t = box.tcpPair();
    setSocketOption(t[1], Linux.SO_RCVLOWAT, 100_000);
    setSocketOption(t[1], Linux.SO_RCVBUF, 5_000);
    box.fill(t[0], 10_000);
    assertEquals("IN|OUT", Box.maskText(box.awaitMask(t[1], Linux.POLLIN)));
    assertTrue(box.available(t[1]) < 100_000);
  }

  @Test
  void timeouts_readBackInTicks() {
    int fd = box.tcp();
    for (int name : new int[] {Linux.SO_RCVTIMEO, Linux.SO_SNDTIMEO}) {
      assertEquals("0 s 0 us", timeout(fd, name));
      assertEquals("0", setTimeout(fd, name, 3, 500_000));
      assertEquals("3 s 500000 us", timeout(fd, name));
      assertEquals("0", setTimeout(fd, name, 0, 1));
      assertEquals("0 s 4000 us", timeout(fd, name));
      assertEquals("EDOM", setTimeout(fd, name, 1, 1_000_000));
      assertEquals("EDOM", setTimeout(fd, name, 1, -1));
      assertEquals("0", setTimeout(fd, name, -1, 0));
      assertEquals("0 s 0 us", timeout(fd, name));
      assertEquals("EINVAL", Box.say(box.set(fd, Linux.SOL_SOCKET, name, 1)));
    }
  }

  private String setTimeout(int fd, int name, long seconds, long micros) {
    box.memory().set(JAVA_LONG, 0, seconds);
    box.memory().set(JAVA_LONG, 8, micros);
    int size = Linux.SIZEOF_TIMEVAL;
    return Box.say(box.sys.setsockopt(fd, Linux.SOL_SOCKET, name, box.memory().address(), size));
  }

  private String timeout(int fd, int name) {
    long at = box.memory().address();
    box.memory().set(JAVA_INT, 16, 100);
    box.ok(box.sys.getsockopt(fd, Linux.SOL_SOCKET, name, at, at + 16));
    assertEquals(Linux.SIZEOF_TIMEVAL, box.memory().get(JAVA_INT, 16));
    return box.memory().get(JAVA_LONG, 0) + " s " + box.memory().get(JAVA_LONG, 8) + " us";
  }

  @Test
  void accepted_hasTheListenersTimeouts() {
    int listener = box.listener(1);
    assertEquals("0", setTimeout(listener, Linux.SO_RCVTIMEO, 2, 0));
    int client = box.tcp();
    int _ = box.connect(client, box.localAddress(listener));
    box.awaitMask(listener, Linux.POLLIN);
    int server = box.keep(box.sys.accept4(listener, 0, 0, 0));
    assertEquals("2 s 0 us", timeout(server, Linux.SO_RCVTIMEO));
  }

  // ---- a socket connected to itself

  @Test
  void tcp_connectedToItself_receivesWhatItSends() {
    int fd = box.tcp();
    box.ok(box.bind(fd, Box.loopback(0)));
    SocketAddress self = box.localAddress(fd);
    assertEquals("EINPROGRESS", Box.say(box.connect(fd, self)));
    assertEquals("OUT", Box.maskText(box.awaitMask(fd, Linux.POLLOUT)));
    assertEquals("0", Box.say(box.connect(fd, self)));
    assertEquals(3, box.write(fd, "abc"));
    box.awaitAvailable(fd, 3);
    assertEquals("'abc'", box.read(fd, 9));
    box.ok(box.sys.shutdown(fd, Linux.SHUT_WR));
    assertEquals("IN|OUT|HUP|RDHUP", Box.maskText(box.awaitMask(fd, Linux.POLLHUP)));
    assertEquals("''", box.read(fd, 9));
    assertEquals("0", box.error(fd));
  }

  @Test
  void tcp_shutForSending_thenConnectedToItself_isAtItsEnd() {
    int fd = box.tcp();
    box.ok(box.bind(fd, Box.loopback(0)));
    SocketAddress self = box.localAddress(fd);
    assertEquals("ENOTCONN", Box.say(box.sys.shutdown(fd, Linux.SHUT_WR)));
    assertEquals("EINPROGRESS", Box.say(box.connect(fd, self)));
    assertEquals("IN|OUT|HUP|RDHUP", Box.maskText(box.awaitMask(fd, Linux.POLLHUP)));
    assertEquals("ECONNABORTED", Box.say(box.connect(fd, self)));
  }
}
