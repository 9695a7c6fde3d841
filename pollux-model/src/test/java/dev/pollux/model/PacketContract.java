package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Unix sockets of packets do, which have connections and bounds, on any kernel. */
abstract class PacketContract {

  private static final int NON_BLOCKING = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  final Box box = new Box(sys());

  abstract Sys sys();

  @AfterEach
  void closeAll() {
    box.close();
  }

  private int packets() {
    return box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_SEQPACKET | NON_BLOCKING, 0));
  }

  private static void assertMask(String expected, int mask) {
    assertEquals(expected, Box.maskText(mask));
  }

  @Test
  void packets_keepTheirBounds() {
    int[] p = box.pair(Linux.SOCK_SEQPACKET);
    assertEquals(Linux.SOCK_SEQPACKET, box.option(p[0], Linux.SOL_SOCKET, Linux.SO_TYPE));
    assertMask("OUT", box.mask(p[1]));
    assertEquals(3, box.send(p[0], "abc", 0));
    assertEquals(0, box.send(p[0], "", 0));
    assertEquals(2, box.write(p[0], "de"));
    assertMask("IN|OUT", box.mask(p[1]));
    assertEquals(5, box.available(p[1]));
    assertEquals("'abc'", box.recv(p[1], 9, Linux.MSG_PEEK));
    assertEquals("'ab'", box.recv(p[1], 2, 0));
    assertEquals("''", box.recv(p[1], 9, 0));
    assertEquals("'de'", box.read(p[1], 9));
    assertEquals("EAGAIN", box.read(p[1], 9));
    assertEquals("EOPNOTSUPP", Box.say(box.send(p[0], "x", Linux.MSG_OOB)));
  }

  @Test
  void packets_unconnected_goNowhere() {
    int fd = packets();
    assertMask("OUT|HUP", box.mask(fd));
    assertEquals("ENOTCONN", box.read(fd, 1));
    assertEquals("ENOTCONN", box.recv(fd, 1, Linux.MSG_OOB));
    assertEquals("ENOTCONN", Box.say(box.send(fd, "x", 0)));
    assertEquals("ENOTCONN", Box.say(box.sendTo(fd, "x", box.name())));
    assertEquals("EINVAL", Box.say(box.sys.accept4(fd, 0, 0, 0)));
    assertEquals("EINVAL", Box.say(box.sys.listen(fd, 1)));
  }

  @Test
  void packets_connectByName_andToTheirTypeOnly() {
    int listener = packets();
    SocketAddress name = box.name();
    box.ok(box.bind(listener, name));
    box.ok(box.sys.listen(listener, 0));
    assertMask("0", box.mask(listener));
    assertEquals("ECONNREFUSED", Box.say(box.connect(box.unix(), name)));
    int client = packets();
    assertEquals("0", Box.say(box.connect(client, name)));
    assertMask("IN", box.mask(listener));
    assertEquals("EAGAIN", Box.say(box.connect(packets(), name)));
    assertEquals(1, box.sendTo(client, "x", box.name())); // the name means nothing
    int server = box.keep(box.sys.accept4(listener, 0, 0, NON_BLOCKING));
    assertEquals("'x'", box.read(server, 9));
    assertEquals("EISCONN", Box.say(box.connect(client, name)));
    assertEquals("ENOTCONN", box.read(listener, 9));
  }

  @Test
  void packets_halfClosed_endAndAreReset() {
    int[] p = box.pair(Linux.SOCK_SEQPACKET);
    box.ok(box.sys.shutdown(p[1], Linux.SHUT_WR));
    assertMask("IN|OUT|RDHUP", box.mask(p[0]));
    assertEquals("''", box.read(p[0], 1));
    assertEquals("EPIPE", Box.say(box.send(p[1], "x", 0)));
    assertEquals(1, box.send(p[0], "x", 0));
    box.close(p[1]); // unread
    assertMask("IN|OUT|ERR|HUP|RDHUP", box.mask(p[0]));
    assertEquals("ECONNRESET", box.read(p[0], 9));
    assertEquals("''", box.read(p[0], 9));
    assertEquals("EPIPE", Box.say(box.send(p[0], "x", 0)));
  }

  @Test
  void packets_writtenUntilFull_waitForRoom() {
    int[] p = box.pair(Linux.SOCK_SEQPACKET);
    assertEquals(278, box.fill(p[0], 1));
    assertMask("0", box.mask(p[0]));
    assertEquals(278, box.drain(p[1]));
    assertMask("OUT", box.mask(p[0]));
    assertEquals("EMSGSIZE", Box.say(box.write(p[0], 500_000)));
  }
}
