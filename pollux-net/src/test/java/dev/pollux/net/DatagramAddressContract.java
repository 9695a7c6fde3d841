package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From where datagrams leave, where they were sent to, and what leaves at the end. */
abstract class DatagramAddressContract {

  static final DatagramOptions SMALL =
      DatagramOptions.DEFAULT
          .withDatagramBytes(64)
          .withReceiveBatch(4)
          .withReceivePerTurn(8)
          .withSendCapacity(4);

  final DatagramBox box = new DatagramBox(sys());

  abstract Sys sys();

  abstract boolean edge();

  @AfterEach
  void closeAll() {
    box.close();
  }

  final DatagramBox.Peer open(DatagramOptions options) throws SysException {
    return box.open(DatagramBox.loopback(), options.withEdge(edge()));
  }

  final DatagramBox.Peer open() throws SysException {
    return open(SMALL);
  }

  // ---- the end, and errors that are older than it

  /** A datagram to a dead port leaves an error for the next call, which is not that one's. */
  @Test
  void close_sendsWhatIsQueued_thoughAnEarlierErrorIsPending() throws SysException {
    DatagramBox.Peer gone = open();
    SocketAddress dead = gone.address();
    gone.endpoint.close();
    box.turns(1);
    DatagramBox.Peer a = open();
    a.endpoint.connect(dead);
    a.endpoint.pause(); // so that nobody asks for the error
    assertTrue(a.endpoint.send(bytes("earlier")));
    box.until(() -> a.endpoint.stats().sent() == 1);
    for (int i = 0; i < 3; i++) {
      assertTrue(a.endpoint.send(bytes("m" + i)));
    }
    a.endpoint.close();
    assertEquals(new DatagramStats(0, 0, 0, 4, 0, 0, 0), a.endpoint.stats());
  }

  @Test
  void close_withADatagramThatIsRefusedTwice_sendsTheOthers() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    a.send("1", b);
    a.send("2", b);
    box.lie("sendmmsg", -Errno.ENOBUFS, -Errno.EINTR, -Errno.ENOBUFS);
    a.endpoint.close();
    b.expect("2");
    assertEquals(new DatagramStats(0, 0, 0, 1, 0, 1, 0), a.endpoint.stats());
  }

  // ---- where a datagram was sent to

  /** A connected client hears its server only from the address that it asked. */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, BOTH, 127.0.0.2",
    "0.0.0.0, IPV4, 127.0.0.2",
    "::, BOTH, 127.0.0.2",
    "::, BOTH, ::1",
    "::, IPV6, ::1"
  })
  void reply_ofAWildcardEndpoint_leavesFromTheAddressThatWasAsked(
      String any, IpFamilies families, String asked) throws SysException {
    InetSocketAddress everywhere = new InetSocketAddress(InetAddress.ofLiteral(any), 0);
    DatagramBox.Peer server = box.open(everywhere, SMALL.withEdge(edge()).withFamilies(families));
    server.action =
        data -> {
          server.log.add("at " + server.endpoint.destination().getHostAddress());
          assertTrue(server.endpoint.reply(data));
        };
    InetAddress host = InetAddress.ofLiteral(asked);
    int port = ((InetSocketAddress) server.address()).getPort();
    DatagramBox.Peer client = box.open(clientOf(host), SMALL.withEdge(edge()));
    client.endpoint.connect(new InetSocketAddress(host, port));
    assertTrue(client.endpoint.send(bytes("ping")));
    client.expect("ping");
    server.expect("ping", "at " + host.getHostAddress());
    assertThrows(IllegalStateException.class, () -> server.endpoint.destination());
  }

  /** As {@code reply} would, but when the datagram is gone. */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.2, 127.0.0.2",
    "::, 127.0.0.2, 127.0.0.2",
    "::, ::1, ::1",
    "127.0.0.1, 127.0.0.1, "
  })
  void answerThatComesLater_leavesFromTheAddressThatWasAsked(
      String bound, String asked, @Nullable String from) throws SysException {
    answerLater(bound, asked, from);
  }

  final void answerLater(String bound, String asked, @Nullable String from) throws SysException {
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(bound), 0);
    DatagramBox.Peer server = box.open(at, SMALL.withEdge(edge()));
    AtomicReference<@Nullable InetAddress> source = new AtomicReference<>();
    server.action = _ -> source.set(server.endpoint.replySource());
    InetAddress host = InetAddress.ofLiteral(asked);
    int port = ((InetSocketAddress) server.address()).getPort();
    var broadcast = new SocketSetup.Option(Linux.SOL_SOCKET, Linux.SO_BROADCAST, 1);
    DatagramBox.Peer client =
        box.open(clientOf(host), SMALL.withEdge(edge()).withOption(broadcast));
    assertTrue(client.endpoint.send(bytes("ping"), new InetSocketAddress(host, port)));
    server.expect("ping");
    assertEquals(from == null ? null : InetAddress.ofLiteral(from), source.get());
    assertTrue(server.endpoint.send(bytes("pong"), client.address(), source.get()));
    client.expect("pong");
    InetAddress heard = ((InetSocketAddress) client.last).getAddress();
    assertEquals(from == null ? host : InetAddress.ofLiteral(from), heard);
    assertThrows(IllegalStateException.class, () -> server.endpoint.replySource());
  }

  @Test
  void send_fromAnAddress_leavesFromThere_orIsUnsent() throws SysException {
    DatagramBox.Peer server = box.open(new InetSocketAddress(0), SMALL.withEdge(edge()));
    DatagramBox.Peer client = open();
    int port = ((InetSocketAddress) server.address()).getPort();
    InetAddress from = InetAddress.ofLiteral("127.0.0.3");
    assertTrue(server.endpoint.send(bytes("news"), client.address(), from));
    client.expect("news");
    assertEquals(new InetSocketAddress(from, port), client.last);
    assertTrue(server.send("no source", client));
    client.expect("no source");
    assertEquals(InetAddress.getLoopbackAddress(), ((InetSocketAddress) client.last).getAddress());
  }

  /** The kernel looks at an address of its own family alone, and says nothing of the other. */
  @Test
  void send_fromAnAddressOfTheOtherFamily_isRefused() throws SysException {
    DatagramBox.Peer server = box.open(new InetSocketAddress(0), SMALL.withEdge(edge()));
    InetAddress four = InetAddress.ofLiteral("127.0.0.3");
    InetAddress six = InetAddress.ofLiteral("::1");
    DatagramEndpoint endpoint = server.endpoint;
    for (SocketAddress to :
        List.of(new InetSocketAddress(four, 9), UnixAddress.abstractName("somewhere"))) {
      assertThrows(IllegalArgumentException.class, () -> endpoint.send(bytes("x"), to, six));
    }
    InetSocketAddress toSix = new InetSocketAddress(six, 9);
    assertThrows(IllegalArgumentException.class, () -> endpoint.send(bytes("x"), toSix, four));
    assertEquals(0, endpoint.stats().queued());
  }

  // ---- what the kernel is told of groups

  @Test
  void groups_ofOtherSockets_areNotHeard_unlessAskedFor() throws SysException {
    DatagramOptions like = SMALL.withEdge(edge());
    InetSocketAddress any = new InetSocketAddress(0);
    Sys kernel = box.loop.sys();
    for (boolean all : new boolean[] {false, true}) {
      int fd = box.open(any, like.withAllGroups(all)).endpoint.fd();
      int expected = all ? 1 : 0;
      assertEquals(expected, Sockets.option(kernel, fd, Linux.IPPROTO_IP, Linux.IP_MULTICAST_ALL));
      assertEquals(
          expected, Sockets.option(kernel, fd, Linux.IPPROTO_IPV6, Linux.IPV6_MULTICAST_ALL));
    }
    box.lie("setsockopt", 0, 0, 0, -Errno.ENOPROTOOPT, -Errno.ENOPROTOOPT); // as of old kernels
    assertTrue(box.open(any, like).endpoint.isOpen());
  }

  // ---- a socket that is there already

  @Test
  void givenDescriptor_isServed_andStaysTheCallers() throws SysException {
    Sys kernel = box.loop.sys();
    int given = Sockets.datagram(kernel, DatagramBox.loopback());
    try {
      SocketAddress at = Sockets.localAddress(kernel, given);
      var tos = new SocketSetup.Option(Linux.IPPROTO_IP, Linux.IP_TOS, 16);
      DatagramOptions like = SMALL.withEdge(edge()).withOption(tos);
      DatagramBox.Peer server = box.on(given, like);
      server.action = data -> assertTrue(server.endpoint.reply(data));
      DatagramBox.Peer client = open();
      assertEquals(at, server.address());
      client.send("ping", server);
      client.expect("ping");
      assertEquals(16, Sockets.option(kernel, given, Linux.IPPROTO_IP, Linux.IP_TOS));
      server.endpoint.close();
      server.expect("ping", "closed");
      assertEquals(at, Sockets.localAddress(kernel, given));
    } finally {
      int _ = kernel.close(given);
    }
  }

  @Test
  void givenDescriptor_thatIsNoDatagramSocket_isRefused() throws SysException {
    Sys kernel = box.loop.sys();
    int given = Sockets.open(kernel, Linux.AF_INET, Linux.SOCK_STREAM);
    SysException refused = assertThrows(SysException.class, () -> box.on(given, SMALL));
    assertEquals(Errno.EINVAL, refused.errno());
    assertTrue(refused.getMessage().contains("no datagram socket"), refused.getMessage());
    int _ = kernel.close(given);
  }

  @Test
  void destination_whereTheKernelDoesNotTell_isUnknown_andAllElseGoesOn() throws SysException {
    DatagramBox.Peer bound = open();
    bound.action = _ -> bound.log.add("at " + bound.endpoint.destination());
    DatagramBox.Peer client = open();
    client.send("x", bound);
    bound.expect("x", "at null");
    box.lie("setsockopt", 0, -Errno.ENOPROTOOPT); // IPV6_V6ONLY, IP_PKTINFO
    DatagramBox.Peer old = box.open(new InetSocketAddress(0), SMALL.withEdge(edge()));
    old.action = data -> assertTrue(old.endpoint.reply(data));
    int port = ((InetSocketAddress) old.address()).getPort();
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port);
    assertTrue(client.endpoint.send(bytes("y"), at));
    client.expect("y");
  }

  private static InetSocketAddress clientOf(InetAddress host) {
    boolean four = host.getAddress().length == 4;
    return new InetSocketAddress(InetAddress.ofLiteral(four ? "127.0.0.1" : "::1"), 0);
  }
}
