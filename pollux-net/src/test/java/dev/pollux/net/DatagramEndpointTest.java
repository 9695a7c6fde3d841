package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Datagram endpoints on the running kernel and on the model. */
class DatagramEndpointTest {

  private static final int ROUNDS = 20;
  private static final int TURNS = 5_000;

  @Nested
  @DisplayName("[level, native]")
  class LevelNative extends DatagramContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }

    @Override
    boolean edge() {
      return false;
    }

    /** Nothing can be sent from where such a datagram went. The model knows no broadcasts. */
    @Test
    void answerToABroadcast_leavesFromTheAddressOfItsInterface() throws SysException {
      answerLater("0.0.0.0", "127.255.255.255", "127.0.0.1");
    }
  }

  @Nested
  @DisplayName("[edge, native]")
  class EdgeNative extends DatagramContract {
    @Override
    Sys sys() {
      return NativeSys.open();
    }

    @Override
    boolean edge() {
      return true;
    }
  }

  @Nested
  @DisplayName("[level, model]")
  class LevelModel extends DatagramContract {
    @Override
    Sys sys() {
      return ModelSys.virtual(1, Faults.none());
    }

    @Override
    boolean edge() {
      return false;
    }
  }

  @Nested
  @DisplayName("[edge, model]")
  class EdgeModel extends DatagramContract {
    @Override
    Sys sys() {
      return ModelSys.virtual(1, Faults.none());
    }

    @Override
    boolean edge() {
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "3, true", "4, true"})
  void underFaults_everyDatagramIsEchoedAndNothingLeaks(long seed, boolean edge)
      throws SysException {
    ModelSys sys = ModelSys.virtual(seed, Faults.none().with(Fault.SPURIOUS_EAGAIN, 0.3));
    Set<Integer> before = Set.copyOf(sys.openDescriptors().keySet());
    try (DatagramBox box = new DatagramBox(sys)) {
      DatagramOptions options =
          DatagramOptions.DEFAULT.withEdge(edge).withReceiveBatch(2).withReceivePerTurn(4);
      DatagramBox.Peer a = box.open(DatagramBox.loopback(), options);
      DatagramBox.Peer b = box.open(DatagramBox.loopback(), options);
      b.action = data -> assertTrue(b.endpoint.reply(data));
      for (int i = 0; i < 50; i++) {
        assertTrue(a.send("m" + i, b));
      }
      box.until(() -> a.log.size() == 50);
      assertEquals("m49", a.log.getLast());
      assertTrue(sys.faultCounts().get(Fault.SPURIOUS_EAGAIN) > 0);
    }
    assertEquals(before, Set.copyOf(sys.openDescriptors().keySet()));
    assertEquals(Set.of(), sys.unsupported());
  }

  @Test
  void multicast4_onLoopback_reachesTheGroupUntilItIsLeft() throws Exception {
    multicast(InetAddress.getByName("239.255.77.77"), InetAddress.getByName("0.0.0.0"));
  }

  /** Two on one port, each in a group of its own. */
  @Test
  void multicast_toTheGroupOfAnother_isNotHeard_unlessAskedFor() throws Exception {
    NetworkInterface lo = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    InetAddress group = InetAddress.ofLiteral("239.255.77.78");
    for (boolean all : new boolean[] {false, true}) {
      try (DatagramBox box = new DatagramBox(NativeSys.open())) {
        DatagramOptions four = DatagramOptions.DEFAULT.withFamilies(IpFamilies.IPV4);
        DatagramOptions shared = four.withReuseAddress(true).withAllGroups(all);
        DatagramBox.Peer in = box.open(new InetSocketAddress(0), shared);
        DatagramBox.Peer other = box.open(in.address(), shared); // the last has what is for one
        in.endpoint.join(group, lo);
        other.endpoint.join(InetAddress.ofLiteral("239.255.77.79"), lo);
        int port = ((InetSocketAddress) in.address()).getPort();
        DatagramBox.Peer sender = box.open(new InetSocketAddress(0), four);
        sender.endpoint.multicastInterface(lo);
        assertTrue(sender.endpoint.send(bytes("group"), new InetSocketAddress(group, port)));
        in.expect("group");
        InetSocketAddress one = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        assertTrue(sender.endpoint.send(bytes("end"), one));
        other.expect(all ? new String[] {"group", "end"} : new String[] {"end"});
      }
    }
  }

  /** Of each family what the program says holds, before what is said for it. */
  @Test
  void multicastAll_asAnOptionOfTheSocket_isLeft() throws Exception {
    int four = Linux.IPPROTO_IP;
    int six = Linux.IPPROTO_IPV6;
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramOptions own =
          DatagramOptions.DEFAULT.withOption(
              new SocketSetup.Option(four, Linux.IP_MULTICAST_ALL, 1));
      DatagramEndpoint any = box.open(new InetSocketAddress("::", 0), own).endpoint;
      Sys sys = box.loop.sys();
      assertEquals(1, Sockets.option(sys, any.fd(), four, Linux.IP_MULTICAST_ALL));
      assertEquals(0, Sockets.option(sys, any.fd(), six, Linux.IPV6_MULTICAST_ALL));
    }
  }

  /** The loopback interface need not have a route for IPv6 multicast: membership is told alone. */
  @Test
  void multicast6_onLoopback_isJoinedOnceAndLeftOnce() throws Exception {
    NetworkInterface lo = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    InetAddress group = InetAddress.getByName("ff01::7777");
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("::"), 0);
      DatagramBox.Peer a = box.open(any, DatagramOptions.DEFAULT);
      a.endpoint.join(group, lo);
      SysException twice = assertThrows(SysException.class, () -> a.endpoint.join(group, lo));
      assertEquals(Errno.EADDRINUSE, twice.errno());
      a.endpoint.leave(group, lo);
      SysException left = assertThrows(SysException.class, () -> a.endpoint.leave(group, lo));
      assertEquals(Errno.EADDRNOTAVAIL, left.errno());
      a.endpoint.multicastInterface(lo);
      a.endpoint.multicastLoopback(false);
      a.endpoint.multicastHops(7);
      a.endpoint.hops(9);
      int fd = a.endpoint.fd();
      int six = Linux.IPPROTO_IPV6;
      Sys sys = box.loop.sys();
      assertEquals(lo.getIndex(), Sockets.option(sys, fd, six, Linux.IPV6_MULTICAST_IF));
      assertEquals(0, Sockets.option(sys, fd, six, Linux.IPV6_MULTICAST_LOOP));
      assertEquals(7, Sockets.option(sys, fd, six, Linux.IPV6_MULTICAST_HOPS));
      assertEquals(9, Sockets.option(sys, fd, six, Linux.IPV6_UNICAST_HOPS));
      // and of the other family, whose groups it hears as well
      a.endpoint.join(InetAddress.getByName("239.1.2.3"), lo);
      int four = Linux.IPPROTO_IP;
      assertEquals(0, Sockets.option(sys, fd, four, Linux.IP_MULTICAST_LOOP));
      assertEquals(7, Sockets.option(sys, fd, four, Linux.IP_MULTICAST_TTL));
      assertEquals(9, Sockets.option(sys, fd, four, Linux.IP_TTL));
    }
  }

  @Test
  void hops_onTheModel_areThoseOfBothFamilies_orOfOne() throws Exception {
    try (DatagramBox box = new DatagramBox(ModelSys.virtual(1, Faults.none()))) {
      InetSocketAddress any = new InetSocketAddress(0);
      DatagramBox.Peer both = box.open(any, DatagramOptions.DEFAULT);
      DatagramBox.Peer six = box.open(any, DatagramOptions.DEFAULT.withFamilies(IpFamilies.IPV6));
      Sys sys = box.loop.sys();
      int fresh = Sockets.option(sys, six.endpoint.fd(), Linux.IPPROTO_IP, Linux.IP_TTL);
      both.endpoint.hops(9);
      six.endpoint.hops(9);
      for (DatagramBox.Peer each : new DatagramBox.Peer[] {both, six}) {
        int fd = each.endpoint.fd();
        assertEquals(9, Sockets.option(sys, fd, Linux.IPPROTO_IPV6, Linux.IPV6_UNICAST_HOPS));
      }
      assertEquals(9, Sockets.option(sys, both.endpoint.fd(), Linux.IPPROTO_IP, Linux.IP_TTL));
      assertEquals(fresh, Sockets.option(sys, six.endpoint.fd(), Linux.IPPROTO_IP, Linux.IP_TTL));
    }
  }

  private static void multicast(InetAddress group, InetAddress any) throws Exception {
    NetworkInterface lo = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramOptions shared = DatagramOptions.DEFAULT.withReuseAddress(true);
      DatagramBox.Peer a = box.open(new InetSocketAddress(any, 0), shared);
      DatagramBox.Peer b = box.open(a.address(), shared);
      DatagramBox.Peer sender = box.open(new InetSocketAddress(any, 0), DatagramOptions.DEFAULT);
      int port = ((InetSocketAddress) a.address()).getPort();
      SocketAddress target = new InetSocketAddress(group, port);
      a.endpoint.join(group, lo);
      b.endpoint.join(group, lo);
      sender.endpoint.multicastInterface(lo);
      sender.endpoint.multicastHops(0);
      sender.endpoint.hops(3);
      assertTrue(sender.endpoint.send(bytes("all"), target));
      a.expect("all");
      b.expect("all");
      a.endpoint.leave(group, lo);
      b.endpoint.leave(group, lo);
      SysException left = assertThrows(SysException.class, () -> b.endpoint.leave(group, lo));
      assertEquals(Errno.EADDRNOTAVAIL, left.errno());
      assertTrue(sender.endpoint.send(bytes("nobody"), target));
      box.until(() -> sender.endpoint.stats().sent() == 2);
      a.endpoint.join(group, lo);
      assertTrue(sender.endpoint.send(bytes("again"), target));
      a.expect("again"); // after it, so that what was for nobody would be here by now
      sender.endpoint.multicastLoopback(false);
      Sys sys = box.loop.sys();
      int fd = sender.endpoint.fd();
      assertEquals(0, Sockets.option(sys, fd, Linux.IPPROTO_IP, Linux.IP_MULTICAST_LOOP));
      assertEquals(0, Sockets.option(sys, fd, Linux.IPPROTO_IP, Linux.IP_MULTICAST_TTL));
      assertEquals(3, Sockets.option(sys, fd, Linux.IPPROTO_IP, Linux.IP_TTL));
      assertThrows(IllegalArgumentException.class, () -> a.endpoint.join(any, lo));
      assertThrows(IllegalArgumentException.class, () -> a.endpoint.hops(0));
      assertThrows(IllegalArgumentException.class, () -> a.endpoint.multicastHops(256));
    }
  }

  @Test
  void multicast_onTheModel_isRefused() throws Exception {
    try (DatagramBox box = new DatagramBox(ModelSys.virtual(1, Faults.none()))) {
      DatagramBox.Peer a = box.udp();
      InetAddress group = InetAddress.getByName("239.255.77.77");
      SysException e = assertThrows(SysException.class, () -> a.endpoint.join(group, null));
      assertEquals(Errno.ENOPROTOOPT, e.errno());
    }
  }

  @Test
  void broadcast_withoutTheOption_isRefusedByTheKernel() throws Exception {
    SocketAddress everybody = new InetSocketAddress(InetAddress.getByName("127.255.255.255"), 9);
    try (DatagramBox box = new DatagramBox(NativeSys.open())) {
      DatagramBox.Peer a = box.udp();
      assertTrue(a.endpoint.send(bytes("x"), everybody));
      a.expect("unsent EACCES");
      DatagramBox.Peer b =
          box.open(DatagramBox.loopback(), DatagramOptions.DEFAULT.withBroadcast(true));
      assertTrue(b.endpoint.send(bytes("x"), everybody));
      box.until(() -> b.endpoint.stats().sent() == 1);
    }
  }

  @Test
  void options_outOfRange_areRefused() {
    DatagramOptions options = DatagramOptions.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> options.withDatagramBytes(0));
    assertThrows(
        IllegalArgumentException.class, () -> options.withReceiveBatch(0).withReceivePerTurn(1));
    assertThrows(
        IllegalArgumentException.class, () -> options.withReceiveBatch(1025).withReceivePerTurn(1));
    assertThrows(
        IllegalArgumentException.class, () -> options.withReceiveBatch(1).withReceivePerTurn(0));
    assertThrows(IllegalArgumentException.class, () -> options.withSendCapacity(1025));
    assertThrows(
        IllegalArgumentException.class,
        () -> options.withKernelReceiveBytes(-1).withKernelSendBytes(0));
    assertEquals(1024, options.withSendCapacity(1024).sendCapacity());
  }

  /** A datagram that is sent back for ever between two endpoints. */
  private static final class PingPong implements DatagramHandler {

    long count;

    @Override
    public void received(
        DatagramEndpoint endpoint,
        ByteBuffer data,
        @Nullable SocketAddress peer,
        boolean truncated) {
      count++;
      boolean _ = endpoint.reply(data);
    }
  }

  @Test
  void steadyTraffic_allocatesNothing() throws SysException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (EventLoop loop = EventLoop.open(LoopOptions.DEFAULT)) {
      PingPong handler = new PingPong();
      DatagramOptions options =
          DatagramOptions.DEFAULT.withReceiveBatch(1).withReceivePerTurn(4).withSendCapacity(1);
      DatagramEndpoint a = DatagramEndpoint.open(loop, DatagramBox.loopback(), options, handler);
      DatagramEndpoint b = DatagramEndpoint.open(loop, DatagramBox.loopback(), options, handler);
      assertTrue(a.send(bytes("ball"), b.localAddress()));
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TURNS; i++) {
          int _ = loop.runOnce(1_000_000);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
      assertTrue(handler.count > TURNS);
    }
  }
}
