package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has which name and for how long, on any kernel. */
abstract class NameContract {

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

  private int reusing() {
    int fd = box.tcp();
    box.ok(box.set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    return fd;
  }

  /** What comes of taking an address as a server does; the socket is closed again. */
  private String restart(SocketAddress address, boolean reuse) {
    int fd = reuse ? reusing() : box.tcp();
    int result = box.bind(fd, address);
    result = result < 0 ? result : box.sys.listen(fd, 1);
    box.close(fd);
    return Box.say(result);
  }

  /** Listener, client, accepted socket. */
  private int[] connected(int listener) {
    return connected(listener, "127.0.0.1");
  }

  /** Listener, client, accepted socket, where the listener is bound to this host. */
  private int[] connected(int listener, String host) {
    box.ok(box.bind(listener, new InetSocketAddress(host, 0)));
    box.ok(box.sys.listen(listener, 8));
    int client = box.tcp();
    assertEquals("EINPROGRESS", Box.say(box.connect(client, loopbackOf(listener))));
    box.awaitMask(client, Linux.POLLOUT);
    box.awaitMask(listener, Linux.POLLIN);
    return new int[] {listener, client, box.keep(box.sys.accept4(listener, 0, 0, NON_BLOCKING))};
  }

  /** The port of a socket, on loopback. */
  private InetSocketAddress loopbackOf(int fd) {
    return Box.loopback(((InetSocketAddress) box.localAddress(fd)).getPort());
  }

  /** Closes one side and then the other, so that the first one is left in TIME_WAIT. */
  private void closeInOrder(int first, int second) {
    box.close(first);
    box.awaitMask(second, Linux.POLLRDHUP);
    box.close(second);
  }

  // ---- a host without a port

  @Test
  void bindWithoutAPort_leavesThatToTheConnect_whereASocketSaysSo() {
    InetSocketAddress host = new InetSocketAddress("127.0.0.2", 0);
    for (int domain : new int[] {Linux.AF_INET, Linux.AF_INET6}) {
      for (int type : new int[] {Linux.SOCK_STREAM, Linux.SOCK_DGRAM}) {
        int fd = socket(domain, type);
        assertEquals(0, box.option(fd, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT));
        box.ok(box.set(fd, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT, 7));
        assertEquals(1, box.option(fd, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT));
      }
    }
    int listener = box.listener(2);
    int client = box.tcp();
    box.ok(box.set(client, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT, 1));
    box.ok(box.bind(client, new InetSocketAddress("127.0.0.3", 0)));
    box.ok(box.bind(client, host)); // it is not bound, but to a host
    assertEquals(host, box.localAddress(client));
    assertEquals("EINPROGRESS", Box.say(box.connect(client, box.localAddress(listener))));
    box.awaitMask(client, Linux.POLLOUT);
    InetSocketAddress here = (InetSocketAddress) box.localAddress(client);
    assertEquals(host.getAddress(), here.getAddress());
    assertNotEquals(0, here.getPort());
    int udp = box.udp();
    box.ok(box.set(udp, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT, 1));
    box.ok(box.bind(udp, host));
    assertEquals(host, box.localAddress(udp));
    int bound = box.tcp();
    box.ok(box.set(bound, Linux.IPPROTO_IP, Linux.IP_BIND_ADDRESS_NO_PORT, 1));
    box.ok(box.bind(bound, host));
    box.ok(box.sys.listen(bound, 1));
    assertNotEquals(host, box.localAddress(bound));
  }

  // ---- TCP: a server starts again

  @Test
  void listener_closedWhileItsConnectionLives_leavesThePortTaken() {
    int[] t = connected(box.tcp());
    SocketAddress address = box.localAddress(t[0]);
    box.close(t[0]);
    assertEquals("EADDRINUSE", restart(address, false));
    assertEquals("EADDRINUSE", restart(address, true)); // the old one did not share
    box.ok(box.lingerZero(t[2]));
    box.close(t[2]);
    assertEquals("0", restart(address, false));
  }

  @Test
  void listener_closedThatShared_canBeReplacedByOneThatDoes() {
    int[] t = connected(reusing());
    SocketAddress address = box.localAddress(t[0]);
    assertEquals("EADDRINUSE", restart(address, true)); // it listens still
    box.close(t[0]);
    assertEquals("EADDRINUSE", restart(address, false));
    assertEquals("0", restart(address, true));
    box.close(t[2]);
    assertEquals("EADDRINUSE", restart(address, false)); // the client has not closed
    assertEquals("0", restart(address, true));
  }

  @Test
  void serverClosedFirst_waits() {
    int[] t = connected(reusing());
    SocketAddress address = box.localAddress(t[0]);
    box.close(t[0]);
    closeInOrder(t[2], t[1]);
    assertEquals("EADDRINUSE", restart(address, false));
    assertEquals("0", restart(address, true));
  }

  @Test
  void clientClosedFirst_waitsInstead() {
    int[] t = connected(box.tcp());
    SocketAddress server = box.localAddress(t[0]);
    SocketAddress client = box.localAddress(t[1]);
    box.close(t[0]);
    closeInOrder(t[1], t[2]);
    assertEquals("0", awaitRestart(server));
    assertEquals("EADDRINUSE", restart(client, false));
    assertEquals("EADDRINUSE", restart(client, true));
  }

  /** On the real kernel the last acknowledgement takes a moment. */
  private String awaitRestart(SocketAddress address) {
    String result = restart(address, false);
    for (int i = 0; i < 1_000 && !result.equals("0"); i++) {
      box.sys.poll(box.memory().address(), 0, 1);
      result = restart(address, false);
    }
    return result;
  }

  @Test
  void connection_reset_leavesThePortFree() {
    int[] t = connected(box.tcp());
    SocketAddress address = box.localAddress(t[0]);
    box.close(t[0]);
    box.ok(box.lingerZero(t[1]));
    box.close(t[1]);
    box.awaitMask(t[2], Linux.POLLERR);
    assertEquals("0", restart(address, false)); // though its descriptor is open
  }

  @Test
  void client_port_isTakenWhileItIsConnected() {
    int[] t = connected(box.tcp());
    assertEquals("EADDRINUSE", restart(box.localAddress(t[1]), true));
  }

  @Test
  void sharedPort_connectedTwiceToOneTarget_isNotAvailable() {
    int listener = box.listener(8);
    int first = reusing();
    int second = reusing();
    box.ok(box.bind(first, Box.loopback(0)));
    box.ok(box.bind(second, box.localAddress(first)));
    assertEquals("EINPROGRESS", Box.say(box.connect(first, box.localAddress(listener))));
    box.awaitMask(first, Linux.POLLOUT);
    assertEquals("EADDRNOTAVAIL", Box.say(box.connect(second, box.localAddress(listener))));
  }

  @Test
  void bind_checksTheAddressBeforeTheSocket() {
    int fd = box.tcp();
    box.ok(box.bind(fd, Box.loopback(0)));
    assertEquals("EADDRNOTAVAIL", Box.say(box.bind(fd, new InetSocketAddress("192.0.2.1", 0))));
    assertEquals("EINVAL", Box.say(box.bind(fd, Box.loopback(0))));
  }

  @Test
  void disconnected_forgetsWhatTheKernelChose() {
    int port = 0;
    String again = "EADDRINUSE";
    for (int i = 0; i < 5 && !again.equals("0"); i++) { // another process may take what is free
      int[] t = connected(box.tcp());
      port = ((InetSocketAddress) box.localAddress(t[1])).getPort();
      box.ok(disconnect(t[1]));
      InetSocketAddress left = (InetSocketAddress) box.localAddress(t[1]);
      assertEquals(new InetSocketAddress("0.0.0.0", port), left); // told, though it is free
      again = restart(Box.loopback(port), false);
    }
    assertEquals("0", again);
    int fd = box.udp();
    box.ok(box.connect(fd, Box.loopback(9)));
    box.ok(disconnect(fd));
    assertEquals(new InetSocketAddress("0.0.0.0", 0), box.localAddress(fd));
    box.ok(box.bind(fd, new InetSocketAddress("0.0.0.0", port)));
    box.ok(box.connect(fd, Box.loopback(9)));
    assertEquals(Box.loopback(port), box.localAddress(fd));
    box.ok(disconnect(fd));
    assertEquals(new InetSocketAddress("0.0.0.0", port), box.localAddress(fd));
  }

  /**
   * The choice of a host is the listener's, and its connections inherit it; the port they do not.
   */
  @Test
  void accepted_thenDisconnected_keepsTheHostThatWasChosen() {
    for (String host : new String[] {"127.0.0.1", "0.0.0.0"}) {
      int[] t = connected(box.tcp(), host);
      SocketAddress listener = box.localAddress(t[0]);
      box.ok(disconnect(t[2]));
      assertEquals(listener, box.localAddress(t[2]));
      assertEquals("0", Box.say(box.sys.listen(t[2], 1))); // at a port of its own
      InetSocketAddress own = (InetSocketAddress) box.localAddress(t[2]);
      assertNotEquals(listener, own);
      assertEquals(host, own.getAddress().getHostAddress());
    }
  }

  @Test
  void accepted_thenDisconnected_isBoundAndConnectedAgain() {
    for (String host : new String[] {"127.0.0.1", "0.0.0.0"}) {
      int[] t = connected(box.tcp(), host);
      SocketAddress listener = box.localAddress(t[0]);
      box.ok(disconnect(t[2]));
      assertEquals("EADDRINUSE", Box.say(box.bind(t[2], listener)));
      InetSocketAddress none = new InetSocketAddress("0.0.0.0", loopbackOf(t[0]).getPort());
      assertEquals(none, box.localAddress(t[2])); // it has lost the host by trying
      assertEquals("0", Box.say(box.bind(t[2], new InetSocketAddress("0.0.0.0", 0))));
      InetSocketAddress own = loopbackOf(t[2]);
      assertEquals("EINPROGRESS", Box.say(box.connect(t[2], loopbackOf(t[0]))));
      assertEquals(own, box.localAddress(t[2]));
      box.ok(disconnect(t[2])); // and what was chosen once is kept, whatever it is by now
      String kept = ((InetSocketAddress) box.localAddress(t[2])).getAddress().getHostAddress();
      assertEquals(host, kept);
    }
  }

  /** The second connect tells of the first one, and takes nothing from a socket that is closed. */
  @Test
  void refused_thenBound_keepsThePortWhenItIsTold() {
    int nobody = box.tcp();
    box.ok(box.bind(nobody, Box.loopback(0)));
    SocketAddress refusing = box.localAddress(nobody);
    int fd = box.tcp();
    int _ = box.connect(fd, refusing);
    box.poll(fd, Linux.POLLOUT, -1);
    box.ok(box.bind(fd, Box.loopback(0)));
    assertEquals("ECONNREFUSED", Box.say(box.connect(fd, refusing)));
    assertEquals("EADDRINUSE", Box.say(box.bind(box.tcp(), box.localAddress(fd))));
  }

  private int disconnect(int fd) {
    MemorySegment memory = box.memory();
    memory.asSlice(ADDRESS, Linux.SIZEOF_SOCKADDR_IN).fill((byte) 0);
    return box.sys.connect(fd, memory.address() + ADDRESS, Linux.SIZEOF_SOCKADDR_IN);
  }

  @Test
  void datagrams_toASharedAddress_goToTheLastOne_orToThePeer() {
    int first = box.udp();
    int second = box.udp();
    box.ok(box.set(first, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    box.ok(box.set(second, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1));
    box.ok(box.bind(first, Box.loopback(0)));
    box.ok(box.bind(second, box.localAddress(first)));
    int sender = box.udp();
    box.ok(box.bind(sender, Box.loopback(0)));
    assertEquals(1, box.sendTo(sender, "x", box.localAddress(first)));
    box.awaitMask(second, Linux.POLLIN);
    assertEquals("'x'", box.read(second, 9));
    box.ok(box.connect(first, box.localAddress(sender)));
    assertEquals(1, box.sendTo(sender, "y", box.localAddress(first)));
    box.awaitMask(first, Linux.POLLIN);
    assertEquals("'y'", box.read(first, 9));
    assertEquals(1, box.sendTo(box.udp(), "z", box.localAddress(first)));
    box.awaitMask(second, Linux.POLLIN);
    assertEquals("'z'", box.read(second, 9));
  }

  @Test
  void connectedDatagrams_sentElsewhere_leaveNoErrorBehind() {
    int peer = box.udp();
    box.ok(box.bind(peer, Box.loopback(0)));
    int gone = box.udp();
    box.ok(box.bind(gone, Box.loopback(0)));
    SocketAddress nobody = box.localAddress(gone);
    box.close(gone);
    int fd = box.udp();
    box.ok(box.connect(fd, box.localAddress(peer)));
    assertEquals(1, box.sendTo(fd, "x", nobody));
    assertEquals(1, box.send(fd, "y", 0)); // behind the message that the first one is not wanted
    box.awaitMask(peer, Linux.POLLIN);
    assertEquals("OUT", Box.maskText(box.mask(fd)));
  }

  // ---- Unix: names

  @Test
  void abstractName_isEachTypesOwn() {
    UnixAddress name = box.name();
    box.ok(box.bind(box.unix(), name));
    int datagrams = socket(Linux.AF_UNIX, Linux.SOCK_DGRAM);
    assertEquals("ECONNREFUSED", Box.say(box.connect(datagrams, name)));
    assertEquals("0", Box.say(box.bind(datagrams, name)));
    assertEquals("EADDRINUSE", Box.say(box.bind(box.unix(), name)));
  }

  @Test
  void unixBind_again_isAnErrorUnlessItIsToAnyName() {
    int fd = box.unix();
    box.ok(box.bind(fd, UnixAddress.unnamed()));
    SocketAddress name = box.localAddress(fd);
    assertNotEquals(UnixAddress.unnamed(), name);
    assertEquals("0", Box.say(box.bind(fd, UnixAddress.unnamed())));
    assertEquals(name, box.localAddress(fd));
    assertEquals("EINVAL", Box.say(box.bind(fd, box.name())));
  }

  @Test
  void unixAddress_tooShort_isInvalid() {
    int fd = box.unix();
    assertEquals("EINVAL", Box.say(box.connect(fd, UnixAddress.unnamed())));
    box.memory().set(JAVA_SHORT, ADDRESS, (short) Linux.AF_UNIX);
    long address = box.memory().address() + ADDRESS;
    assertEquals("EINVAL", Box.say(box.sys.connect(fd, address, 1)));
    assertEquals("EINVAL", Box.say(box.sys.bind(fd, address, 111)));
    int datagrams = socket(Linux.AF_UNIX, Linux.SOCK_DGRAM);
    assertEquals("EINVAL", Box.say(box.sys.sendto(datagrams, address, 1, 0, address, 2)));
    assertEquals("ENOTCONN", Box.say(box.sys.sendto(datagrams, address, 1, 0, address, 0)));
  }

  // ---- Unix: who sent, and to whom one may send

  private int bound(int type, UnixAddress name) {
    int fd = socket(Linux.AF_UNIX, type);
    box.ok(box.bind(fd, name));
    return fd;
  }

  /** The address recvfrom tells, or its errno. */
  private String senderOf(int fd) {
    MemorySegment memory = box.memory();
    memory.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    int result =
        box.sys.recvfrom(
            fd, memory.address() + 200, 50, 0, memory.address() + ADDRESS, memory.address());
    int length = memory.get(JAVA_INT, 0);
    if (result < 0) {
      return Box.say(result);
    }
    return length == 0 ? "nobody" : SockAddr.decode(memory.asSlice(ADDRESS, 128), length) + "";
  }

  @Test
  void datagram_fromAnUnnamedSocket_hasNoSender() {
    UnixAddress name = box.name();
    int target = bound(Linux.SOCK_DGRAM, name);
    int sender = socket(Linux.AF_UNIX, Linux.SOCK_DGRAM);
    assertEquals(1, box.sendTo(sender, "x", name));
    assertEquals("nobody", senderOf(target));
    UnixAddress own = box.name();
    box.ok(box.bind(sender, own));
    assertEquals(1, box.sendTo(sender, "x", name));
    assertEquals(own.toString(), senderOf(target));
  }

  /** Who sent it is looked up when it is received. */
  @Test
  void datagram_whoseSenderGotItsNameSince_isFromThatName() {
    UnixAddress name = box.name();
    int target = bound(Linux.SOCK_DGRAM, name);
    int sender = socket(Linux.AF_UNIX, Linux.SOCK_DGRAM);
    assertEquals(1, box.sendTo(sender, "x", name));
    assertEquals(1, box.sendTo(sender, "x", name));
    UnixAddress own = box.name();
    box.ok(box.bind(sender, own));
    assertEquals(own.toString(), senderOf(target));
    box.close(sender);
    assertEquals(own.toString(), senderOf(target));
  }

  @Test
  void stream_recvfrom_namesABoundSender() {
    UnixAddress name = box.name();
    int listener = bound(Linux.SOCK_STREAM, name);
    box.ok(box.sys.listen(listener, 1));
    int client = box.unix();
    box.ok(box.connect(client, name));
    int server = box.keep(box.sys.accept4(listener, 0, 0, NON_BLOCKING));
    assertEquals(1, box.send(server, "x", 0));
    assertEquals(name.toString(), senderOf(client));
    assertEquals(1, box.send(client, "x", 0));
    assertEquals("nobody", senderOf(server));
    int[] t = box.tcpPair();
    assertEquals(1, box.send(t[0], "x", 0));
    box.awaitMask(t[1], Linux.POLLIN);
    assertEquals("nobody", senderOf(t[1]));
  }

  @Test
  void datagram_toASocketConnectedElsewhere_isNotPermitted() {
    UnixAddress name = box.name();
    UnixAddress friend = box.name();
    int target = bound(Linux.SOCK_DGRAM, name);
    int peer = bound(Linux.SOCK_DGRAM, friend);
    box.ok(box.connect(target, friend));
    int stranger = socket(Linux.AF_UNIX, Linux.SOCK_DGRAM);
    assertEquals("EPERM", Box.say(box.sendTo(stranger, "x", name)));
    assertEquals("EPERM", Box.say(box.connect(stranger, name)));
    assertEquals(1, box.sendTo(peer, "x", name));
    assertEquals("0", Box.say(box.connect(peer, name)));
    box.close(target);
    assertEquals("ECONNREFUSED", Box.say(box.send(peer, "x", 0)));
    assertEquals("ENOTCONN", Box.say(box.send(peer, "x", 0)));
    assertEquals(1, box.sendTo(stranger, "x", friend)); // free of its peer
    int[] p = box.pair(Linux.SOCK_DGRAM);
    box.close(p[1]);
    assertEquals("ECONNREFUSED", Box.say(box.send(p[0], "x", 0)));
    box.ok(box.sys.shutdown(p[0], Linux.SHUT_WR));
    assertEquals("EPIPE", Box.say(box.send(p[0], "x", 0))); // before it is looked for the peer
  }

  @Test
  void datagram_connectedAgainToTheSamePeer_keepsWhatWasReceived() {
    UnixAddress name = box.name();
    int fd = bound(Linux.SOCK_DGRAM, name);
    box.ok(box.connect(fd, name));
    assertEquals(1, box.send(fd, "x", 0));
    box.ok(box.connect(fd, name));
    assertEquals("'x'", box.read(fd, 9));
    assertEquals(1, box.send(fd, "x", 0));
    UnixAddress other = box.name();
    int _ = bound(Linux.SOCK_DGRAM, other);
    box.ok(box.connect(fd, other));
    assertEquals("EAGAIN", box.read(fd, 9));
  }

  @Test
  void datagramPeer_boundLater_isToldByItsName() {
    int[] p = box.pair(Linux.SOCK_DGRAM);
    UnixAddress name = box.name();
    box.ok(box.bind(p[1], name));
    box.memory().set(JAVA_INT, 0, SockAddr.MAX_BYTES);
    long memory = box.memory().address();
    box.ok(box.sys.getpeername(p[0], memory + ADDRESS, memory));
    int length = box.memory().get(JAVA_INT, 0);
    assertEquals(name, SockAddr.decode(box.memory().asSlice(ADDRESS, 128), length));
  }
}
