package dev.pollux.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Hosts, and what becomes of their packets: what TCP and UDP programs see of a wire. */
class ModelNetworkTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final InetAddress NEAR = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress FAR = InetAddress.ofLiteral("10.0.0.2");

  private final List<Packet> seen = new ArrayList<>();
  private Consumer<Packet> policy = this::deliver;
  private final ModelNetwork network =
      new ModelNetwork(packet -> {
        seen.add(packet);
        policy.accept(packet);
      });
  private final ModelSys near = network.host(HostOptions.at(NEAR));
  private ModelSys far = network.host(HostOptions.at(FAR));
  private final IoBuffer buffer = IoBuffer.allocate(1 << 16);

  private void deliver(Packet packet) {
    network.schedule(10 * MILLI, packet::arrive);
  }

  private void lose(Packet packet) {}

  /** Lets so much time pass. */
  private void pass(long nanos) {
    long end = network.nanoTime() + nanos;
    while (network.runNext(end)) {
      // Until it is that time.
    }
  }

  private int listen(ModelSys host) throws SysException {
    return Sockets.tcpListener(host, new InetSocketAddress("0.0.0.0", 7000), 8);
  }

  private int connect(ModelSys host, InetAddress to) throws SysException {
    return Sockets.connecting(host, new InetSocketAddress(to, 7000));
  }

  private int send(ModelSys host, int fd, byte[] bytes) {
    buffer.buffer().clear();
    buffer.buffer().put(bytes).flip();
    return buffer.write(host, fd);
  }

  private int send(ModelSys host, int fd, String text) {
    return send(host, fd, text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  /** What can be read now. */
  private byte[] receive(ModelSys host, int fd) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      buffer.buffer().clear();
      int count = buffer.read(host, fd);
      if (count <= 0) {
        return all.toByteArray();
      }
      buffer.buffer().flip();
      while (buffer.buffer().hasRemaining()) {
        all.write(buffer.buffer().get());
      }
    }
  }

  private String text(ModelSys host, int fd) {
    return new String(receive(host, fd), java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** How a read ends where nothing is to be read. */
  private int end(ModelSys host, int fd) {
    buffer.buffer().clear();
    return buffer.read(host, fd);
  }

  private record Connection(int client, int server) {}

  private Connection connection() throws SysException {
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(20 * MILLI);
    int server = Sockets.accept(far, listener);
    assertEquals(0, far.close(listener));
    assertEquals(0, Sockets.socketError(near, client));
    return new Connection(client, server);
  }

  @Test
  void connection_takesARoundTrip_andHasBothNames() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    pass(10 * MILLI);
    int server = Sockets.accept(far, listener);
    assertTrue(server > 0);
    assertThrows(SysException.class, () -> Sockets.peerAddress(near, client));
    pass(10 * MILLI);
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.peerAddress(near, client));
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.localAddress(far, server));
    InetSocketAddress name = (InetSocketAddress) Sockets.localAddress(near, client);
    assertEquals(NEAR, name.getAddress());
    assertEquals(name, Sockets.peerAddress(far, server));
  }

  @Test
  void bytes_takeTheirTime_bothWays() throws Exception {
    Connection pair = connection();
    assertEquals(5, send(near, pair.client, "hello"));
    pass(9 * MILLI);
    assertEquals("", text(far, pair.server));
    pass(1 * MILLI);
    assertEquals("hello", text(far, pair.server));
    assertEquals(2, send(far, pair.server, "ok"));
    pass(10 * MILLI);
    assertEquals("ok", text(near, pair.client));
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
  void request_thatIsLost_orWhoseAnswerIs_isMadeAgain() throws Exception {
    int listener = listen(far);
    policy = this::lose;
    int client = connect(near, FAR);
    policy =
        packet -> {
          if (packet.kind() != Packet.Kind.SYN_ACK) {
            deliver(packet);
          }
        };
    pass(1_500 * MILLI);
    int server = Sockets.accept(far, listener);
    assertThrows(SysException.class, () -> Sockets.peerAddress(near, client));
    policy = this::deliver;
    pass(1 * SECOND);
    assertEquals(new InetSocketAddress(FAR, 7000), Sockets.peerAddress(near, client));
    assertEquals(-Errno.EAGAIN, Sockets.accept(far, listener));
    assertEquals(1, send(near, client, "x"));
    pass(10 * MILLI);
    assertEquals("x", text(far, server));
  }

  @Test
  void consent_toOneWhoHasGivenUp_isAReset() throws Exception {
    int listener = listen(far);
    int client = connect(near, FAR);
    assertEquals(0, near.close(client));
    pass(20 * MILLI);
    int server = Sockets.accept(far, listener);
    pass(10 * MILLI);
    assertEquals(-Errno.ECONNRESET, end(far, server));
  }

  @Test
  void bytes_thatAreLostDoubledAndTurnedRound_arriveOnceAndInOrder() throws Exception {
    Connection pair = connection();
    Random random = new Random(1);
    policy =
        packet -> {
          int chance = random.nextInt(10);
          for (int copies = chance == 0 ? 0 : chance == 1 ? 2 : 1; copies > 0; copies--) {
            network.schedule(1 + random.nextLong(30 * MILLI), packet::arrive);
          }
        };
    byte[] bytes = new byte[1 << 20];
    random.nextBytes(bytes);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    int sent = 0;
    for (int step = 0; got.size() < bytes.length; step++) {
      assertTrue(step < 100_000, "got " + got.size());
      int size = Math.min(1 + random.nextInt(5_000), bytes.length - sent);
      byte[] piece = java.util.Arrays.copyOfRange(bytes, sent, sent + size);
      sent += Math.max(0, size == 0 ? 0 : send(near, pair.client, piece));
      pass(random.nextLong(10 * MILLI));
      got.writeBytes(receive(far, pair.server));
    }
    org.junit.jupiter.api.Assertions.assertArrayEquals(bytes, got.toByteArray());
    assertEquals(0, near.close(pair.client));
    pass(1_000 * SECOND);
    assertEquals(0, end(far, pair.server));
  }

  @Test
  void partition_holdsBytesUp_andLastsTooLong() throws Exception {
    Connection pair = connection();
    policy = this::lose;
    assertEquals(1, send(near, pair.client, "a"));
    pass(60 * SECOND);
    policy = this::deliver;
    assertEquals(1, send(near, pair.client, "b"));
    pass(60 * SECOND);
    assertEquals("ab", text(far, pair.server));
    policy = this::lose;
    assertEquals(1, send(near, pair.client, "c"));
    pass(900 * SECOND);
    assertEquals(-Errno.EAGAIN, end(near, pair.client));
    pass(100 * SECOND);
    assertEquals(-Errno.ETIMEDOUT, end(near, pair.client));
    assertEquals(-Errno.EAGAIN, end(far, pair.server), "who sends nothing notices nothing");
  }

  /** Bytes go, and no word comes back: the sender's buffer stays full, and nothing comes twice. */
  @Test
  void partition_oneWay() throws Exception {
    Connection pair = connection();
    policy =
        packet -> {
          if (packet.source().getAddress().equals(NEAR)) {
            deliver(packet);
          }
        };
    assertEquals(1, send(near, pair.client, "a"));
    pass(5 * SECOND);
    assertEquals("a", text(far, pair.server));
    policy = this::deliver;
    pass(60 * SECOND);
    assertEquals("", text(far, pair.server));
    assertEquals(1, send(near, pair.client, "b"));
    pass(10 * MILLI);
    assertEquals("b", text(far, pair.server));
  }

  /** The word that there is room again is lost, and asked for. */
  @Test
  void window_opens_thoughTheWordOfItIsLost() throws Exception {
    Connection pair = connection();
    byte[] piece = new byte[1 << 15];
    int sent = 0;
    int count;
    do {
      count = send(near, pair.client, piece);
      sent += Math.max(0, count);
      pass(100 * MILLI);
    } while (count > 0);
    policy = this::lose;
    int got = receive(far, pair.server).length;
    assertTrue(got > 0 && got < sent, got + " of " + sent);
    pass(1 * SECOND);
    policy = this::deliver;
    for (int i = 0; i < 100; i++) {
      pass(10 * SECOND);
      got += receive(far, pair.server).length;
    }
    assertEquals(sent, got);
  }

  @Test
  void close_isOrderly_andAnswersADead() throws Exception {
    Connection pair = connection();
    assertEquals(3, send(near, pair.client, "bye"));
    assertEquals(0, near.close(pair.client));
    pass(20 * MILLI);
    assertEquals("bye", text(far, pair.server));
    assertEquals(0, end(far, pair.server));
    assertEquals(1, send(far, pair.server, "x"));
    pass(20 * MILLI);
    assertEquals(-Errno.EPIPE, send(far, pair.server, "y"));
    assertEquals(0, far.close(pair.server));
  }

  @Test
  void powerCut_isSilent_untilTheHostIsBack() throws Exception {
    Connection pair = connection();
    network.powerOff(far);
    assertFalse(network.isUp(FAR));
    assertEquals(1, send(near, pair.client, "a"));
    pass(5 * SECOND);
    assertEquals(-Errno.EAGAIN, end(near, pair.client));
    far = network.host(HostOptions.at(FAR));
    pass(10 * SECOND);
    assertEquals(-Errno.ECONNRESET, end(near, pair.client));
  }

  @Test
  void powerCut_ofTheSender_leavesItsPeerWaiting() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client, "a"));
    network.powerOff(near);
    pass(1_000 * SECOND);
    assertEquals("a", text(far, pair.server));
    assertEquals(-Errno.EAGAIN, end(far, pair.server));
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
    assertTrue(before < near.nanoTime() - 3 * SECOND);
    pass(1_000 * SECOND);
    assertEquals(999 * SECOND, other.nanoTime() - before);
    for (long at = 1; at < 1_000_000_007L * 1_000; at = at * 3 + 1) {
      long moment = network.timeOf(other, at);
      pass(0);
      HostClock clock = (HostClock) other.kernel.clock;
      assertEquals(moment, clock.timerTime(at));
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

  /** What is sent as one is cut by the window, and counted as what it is. */
  @Test
  void largeWrite_toOneWhoDoesNotRead_fillsUp_andIsCountedDown() throws Exception {
    Connection pair = connection();
    byte[] large = new byte[1 << 16];
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      sent += Math.max(0, send(near, pair.client, large));
      pass(100 * MILLI);
    }
    assertTrue(sent < 1 << 20, "no back-pressure: " + sent);
    int got = 0;
    for (int i = 0; i < 100; i++) {
      got += receive(far, pair.server).length;
      pass(1 * SECOND);
    }
    assertEquals(sent, got);
    IoBuffer count = IoBuffer.allocate(4);
    assertEquals(0, near.ioctl(pair.client, Linux.TIOCOUTQ, count.address()));
    assertEquals(0, count.buffer().getInt(0));
  }

  /** Small words that go on coming put the second try of a lost one off by nothing. */
  @Test
  void lostByte_amongHeartbeats_isSentAgainSoon() throws Exception {
    Connection pair = connection();
    assertEquals(1, send(near, pair.client, "a"));
    pass(100 * MILLI);
    policy = this::lose;
    assertEquals(1, send(near, pair.client, "b"));
    policy = this::deliver;
    for (int i = 0; i < 20; i++) {
      assertEquals(1, send(near, pair.client, "c"));
      pass(100 * MILLI);
    }
    assertEquals("ab" + "c".repeat(20), text(far, pair.server));
  }

  @Test
  void hostOffPower_saysNothing() throws Exception {
    Connection pair = connection();
    network.powerOff(near);
    int _ = send(near, pair.client, "zombie");
    pass(10 * SECOND);
    assertEquals(-Errno.EAGAIN, end(far, pair.server));
  }

  @Test
  void wireThatDeliversAtOnce() throws Exception {
    policy = Packet::arrive;
    int listener = listen(far);
    int client = connect(near, FAR);
    int server = Sockets.accept(far, listener);
    assertEquals(5, send(near, client, "hello"));
    assertEquals("hello", text(far, server));
    assertEquals(0, near.close(client));
    assertEquals(0, end(far, server));
  }

  @Test
  void whatWouldBlock_isRefused() throws Exception {
    int fd = near.socket(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
    assertThrows(IllegalStateException.class, () -> end(near, fd));
  }

  @Test
  void addresses_areOneHosts() {
    assertThrows(IllegalArgumentException.class, () -> network.host(HostOptions.at(NEAR)));
    assertThrows(
        SysException.class, () -> Sockets.tcpListener(near, new InetSocketAddress(FAR, 1), 1));
    assertEquals(Linux.AF_INET, SockAddr.family(new InetSocketAddress(NEAR, 1)));
  }

  @Test
  void samePackets_everyTime() throws Exception {
    Connection pair = connection();
    assertEquals(3, send(near, pair.client, "abc"));
    pass(20 * MILLI);
    List<String> kinds = seen.stream().map(packet -> packet.kind().name()).toList();
    assertEquals(List.of("SYN", "SYN_ACK", "DATA", "ACK"), kinds);
    assertEquals(43, seen.get(2).sizeBytes());
    assertEquals(4, seen.get(3).sequence());
  }
}
