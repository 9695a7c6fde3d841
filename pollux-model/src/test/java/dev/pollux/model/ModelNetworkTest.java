package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hosts: their names, clocks, power and datagrams. */
class ModelNetworkTest extends NetworkCase {

  @Test
  void connection_takesARoundTrip_andHasBothNames() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(19 * MILLI);
    assertThrows(SysException.class, () -> Sockets.peerAddress(near, client));
    pass(1 * MILLI);
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.peerAddress(near, client));
    pass(9 * MILLI);
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    pass(1 * MILLI);
    int server = Sockets.accept(far, listener);
    assertTrue(server > 0);
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.localAddress(far, server));
    InetSocketAddress name = (InetSocketAddress) Sockets.localAddress(near, client);
    assertEquals(NEAR, name.getAddress());
    assertEquals(name, Sockets.peerAddress(far, server));
  }

  @Test
  void bytes_takeTheirTime_bothWays() throws Exception {
    Connection pair = connection();
    assertEquals(5, send(near, pair.client(), "hello"));
    pass(9 * MILLI);
    assertEquals("", text(far, pair.server()));
    pass(1 * MILLI);
    assertEquals("hello", text(far, pair.server()));
    assertEquals(2, send(far, pair.server(), "ok"));
    pass(10 * MILLI);
    assertEquals("ok", text(near, pair.client()));
  }

  @Test
  void loopback_isEachHostsOwn() throws Exception {
    int _ = listen(far);
    int client = connect(near, InetAddress.ofLiteral("127.0.0.1"));
    pass(20 * MILLI);
    assertEquals(Errno.ECONNREFUSED, Sockets.socketError(near, client));
    int own = connect(far, FAR);
    assertEquals(0, Sockets.socketError(far, own));
    assertEquals(FAR, ((InetSocketAddress) Sockets.localAddress(far, own)).getAddress());
  }

  @Test
  void request_whereNobodyListens_isRefused_andWhereNobodyIs_timesOut() throws Exception {
    int refused = connect(near, FAR);
    int lost = connect(near, InetAddress.ofLiteral("10.0.0.9"));
    pass(20 * MILLI);
    assertEquals(Errno.ECONNREFUSED, Sockets.socketError(near, refused));
    assertEquals(0, Sockets.socketError(near, lost));
    pass(131 * SECOND);
    assertEquals(Errno.ETIMEDOUT, Sockets.socketError(near, lost));
  }

  @Test
  void request_ofOneWhoHasLeft_isAnsweredToWhereItCameFrom() throws Exception {
    int _ = listen(far);
    int client = connect(near, FAR);
    InetSocketAddress name = (InetSocketAddress) Sockets.localAddress(near, client);
    assertEquals(0, near.shutdown(client, Linux.SHUT_RDWR));
    pass(100 * MILLI);
    assertEquals(List.of("SYN", "SYN_ACK", "RESET"), kinds());
    assertEquals(List.of(name, name), List.of(seen.get(1).destination(), seen.get(2).source()));
  }

  @Test
  void powerCut_isSilent_untilTheHostIsBack() throws Exception {
    Connection pair = connection();
    network.powerOff(far);
    assertFalse(network.isUp(FAR));
    assertEquals(1, send(near, pair.client(), "a"));
    pass(5 * SECOND);
    assertEquals(-Errno.EAGAIN, end(near, pair.client()));
    far = network.host(HostOptions.at(FAR));
    pass(10 * SECOND);
    assertEquals(-Errno.ECONNRESET, end(near, pair.client()));
  }

  @Test
  void powerCut_ofTheSender_leavesItsPeerWaiting() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client(), "a"));
    network.powerOff(near);
    pass(1_000 * SECOND);
    assertEquals("a", text(far, pair.server()));
    assertEquals(-Errno.EAGAIN, end(far, pair.server()));
  }

  /** A host whose segments are late by a fault sends them in order, and datagrams in time. */
  @Test
  void delayedSegments_leaveLate_andInOrder() throws Exception {
    Connection pair = connection();
    near.faults(Faults.none().with(Fault.DELAY, 0.5).withMaxDelay(Duration.ofMillis(100)));
    seen.clear();
    long start = network.nanoTime();
    List<Long> times = new ArrayList<>();
    policy =
        packet -> {
          times.add(network.nanoTime() - start);
          deliver(packet);
        };
    for (int i = 0; i < 20; i++) {
      assertEquals(1, send(near, pair.client(), "x"));
    }
    int datagram = Sockets.datagram(near, new InetSocketAddress("0.0.0.0", 0));
    assertTrue(Sockets.connect(near, datagram, new InetSocketAddress(FAR, 53)));
    assertEquals(1, send(near, datagram, "d"));
    pass(150 * MILLI);
    assertTrue(near.faultCounts().getOrDefault(Fault.DELAY, 0) > 5);
    assertEquals(0, times.get(kinds().indexOf("DATAGRAM")));
    List<Long> sequences =
        seen.stream()
            .filter(each -> each.kind() == Packet.Kind.DATA)
            .map(Packet::sequence)
            .toList();
    assertEquals(sequences.stream().sorted().distinct().toList(), sequences);
    assertEquals(20, sequences.size());
    assertTrue(times.getLast() > 20 * MILLI, times.toString());
    assertEquals("x".repeat(20), text(far, pair.server()));
  }

  @Test
  void delayedSegments_ofAHostThatIsSwitchedOff_areLost() throws Exception {
    near.faults(Faults.none().with(Fault.DELAY, 1));
    int listener = listen(far);
    int _ = connect(near, FAR);
    network.powerOff(near);
    pass(1_000 * SECOND);
    assertEquals(List.of(), kinds());
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
  }

  @Test
  void datagrams_areLostDoubledAndAnswered() throws Exception {
    int server = Sockets.datagram(far, new InetSocketAddress(FAR, 53));
    int client = Sockets.datagram(near, new InetSocketAddress("0.0.0.0", 0));
    assertTrue(Sockets.connect(near, client, new InetSocketAddress(FAR, 53)));
    assertEquals(1, send(near, client, "a"));
    pass(10 * MILLI);
    assertEquals("a", text(far, server));
    policy = this::lose;
    assertEquals(1, send(near, client, "b"));
    pass(1_000 * SECOND);
    policy =
        packet -> {
          deliver(packet);
          deliver(packet);
        };
    assertEquals(1, send(near, client, "c"));
    pass(10 * MILLI);
    assertEquals("cc", text(far, server));
    assertEquals(0, far.close(server));
    policy = this::deliver;
    assertEquals(1, send(near, client, "d"));
    pass(20 * MILLI);
    assertEquals(-Errno.ECONNREFUSED, send(near, client, "e"));
  }

  @Test
  void clocks_areAheadAndGain() {
    ModelSys other =
        network.host(
            HostOptions.at(InetAddress.ofLiteral("10.0.0.3"))
                .withSkew(Duration.ofSeconds(-3))
                .withDriftPpm(-1_000));
    long before = other.nanoTime();
    assertEquals(near.nanoTime() - 3 * SECOND, before);
    pass(1_000 * SECOND);
    assertEquals(999 * SECOND, other.nanoTime() - before);
    for (long after = 1; after < 1_000_000_007L * 1_000; after = after * 3 + 1) {
      long at = before + after;
      long moment = network.timeOf(other, at);
      HostClock clock = (HostClock) other.kernel.clock;
      assertTrue(clock.at(moment) >= at && clock.at(moment - 1) < at, "at " + at);
    }
  }

  @Test
  void clockThatGains_isRightWhenTheHostIsSwitchedOn() {
    for (int i = 0; i < 2; i++) {
      InetAddress address = InetAddress.ofLiteral("10.0.0.3");
      ModelSys host = network.host(HostOptions.at(address).withDriftPpm(100));
      assertEquals(near.nanoTime(), host.nanoTime());
      pass(1_000 * SECOND);
      assertEquals(100 * MILLI, host.nanoTime() - near.nanoTime());
      network.powerOff(host);
    }
  }

  @Test
  void timers_goByTheHostsClock() throws Exception {
    ModelSys fast =
        network.host(HostOptions.at(InetAddress.ofLiteral("10.0.0.4")).withDriftPpm(100_000));
    List<Long> times = new ArrayList<>();
    long start = network.nanoTime();
    fast.schedule(1_100 * MILLI, () -> times.add(network.nanoTime() - start));
    pass(2 * SECOND);
    assertEquals(List.of(1_000 * MILLI), times);
  }

  @Test
  void hostOffPower_saysNothing() throws Exception {
    Connection pair = connection();
    network.powerOff(near);
    int _ = send(near, pair.client(), "zombie");
    pass(10 * SECOND);
    assertEquals(-Errno.EAGAIN, end(far, pair.server()));
  }

  @Test
  void whatWouldBlock_isRefused() throws Exception {
    int fd = near.socket(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
    assertThrows(IllegalStateException.class, () -> end(near, fd));
  }

  @Test
  void addresses_areOneHosts() {
    InetAddress free = InetAddress.ofLiteral("10.0.0.3");
    HostOptions taken = HostOptions.at(free, NEAR);
    assertThrows(IllegalArgumentException.class, () -> network.host(taken));
    assertFalse(network.isUp(free), "all or none");
    assertThrows(
        SysException.class, () -> Sockets.tcpListener(near, new InetSocketAddress(FAR, 1), 1));
    assertEquals(Linux.AF_INET, SockAddr.family(new InetSocketAddress(NEAR, 1)));
  }

  @Test
  void samePackets_everyTime() throws Exception {
    Connection pair = connection();
    assertEquals(3, send(near, pair.client(), "abc"));
    pass(20 * MILLI);
    assertEquals(List.of("SYN", "SYN_ACK", "ACK", "DATA", "ACK"), kinds());
    assertEquals(43, seen.get(3).sizeBytes());
    assertEquals(4, seen.get(4).sequence());
  }
}
