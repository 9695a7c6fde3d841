package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
