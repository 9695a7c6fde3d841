package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SockAddr;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/**
 * What contracts of connections share: one loop that the test turns by hand, peers by system calls
 * alone, and the invariants at the end: no descriptor, chunk, timer or close is left, and every
 * handler was told once, last, that it is over.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class NetCase {

  static final long MILLI = 1_000_000; // nanoseconds
  static final long SECOND = 1_000_000_000; // nanoseconds

  private static final int MAX_TURNS = 200_000;
  private static final int QUIET_TURNS = 4;

  /** A connection of the loop, and its other end. */
  record Pair(Connection connection, Raw peer, Recorder handler) {}

  @Parameter Setup setup;

  Sys sys;
  ModelSys model;
  SysProbe probe;
  EventLoop loop;
  ConnectionOptions options;
  final List<String> reported = new ArrayList<>();
  private final List<Recorder> recorders = new ArrayList<>();
  private final List<Raw> raws = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();
  private Map<Integer, String> openBefore;
  private ChunkPool pool;

  @BeforeEach
  void openLoop() throws SysException {
    if (setup.model()) {
      model = ModelSys.virtual(1, faults());
      sys = model;
    } else {
      sys = setup.sys();
    }
    openBefore = openDescriptors();
    probe = new SysProbe(sys);
    LoopOptions like =
        LoopOptions.DEFAULT
            .withBackend(setup.backend())
            .withStrictEdges(setup.strict())
            .withErrorHandler((_, what, thrown) -> reported.add(what + ": " + thrown));
    loop = EventLoop.open(probe.sys(), like);
    pool = LoopNet.of(loop).pool();
    options = ConnectionOptions.DEFAULT.withTrigger(setup.trigger());
  }

  @AfterEach
  void checkInvariants() throws Exception {
    probe.inject((_, _) -> null);
    boolean closedByTest = loop.isClosed();
    if (!closedByTest) {
      for (Server server : servers) {
        server.close();
      }
      int _ = loop.runOnce(0);
      int _ = loop.runOnce(0);
    }
    loop.close();
    servers.forEach(Server::close);
    raws.forEach(Raw::close);
    for (Recorder recorder : recorders) {
      assertEquals(List.of(), recorder.violations);
      assertEquals(1, recorder.count("closed"), "closed() in " + recorder.log);
      assertEquals("closed", recorder.log.getLast());
    }
    assertEquals(0, pool.usedCount(), "chunks in use");
    assertEquals(0, Inside.timerCount(loop), "timers that wait");
    assertEquals(0, Inside.closeCount(loop), "closes that wait");
    assertEquals(openBefore, descriptorsLeft(), "open descriptors");
  }

  /**
   * A thread that is just waking the loop as it closes is the last one out, and gives them back.
   */
  private Map<Integer, String> descriptorsLeft() {
    Deadline deadline = Deadline.forThe("descriptors given back");
    while (!openBefore.equals(openDescriptors()) && !deadline.isOver()) {
      LockSupport.parkNanos(MILLI);
    }
    return openDescriptors();
  }

  /** What goes wrong in the model kernel. */
  Faults faults() {
    return Faults.none();
  }

  Map<Integer, String> openDescriptors() {
    return model != null ? model.openDescriptors() : Inside.openDescriptors();
  }

  boolean isEdge() {
    return setup.trigger() == Trigger.EDGE;
  }

  // ---- what tests make

  <T extends Server> T track(T server) {
    servers.add(server);
    return server;
  }

  Recorder track(Recorder recorder) {
    recorders.add(recorder);
    return recorder;
  }

  Raw raw(int fd) {
    Raw raw = new Raw(sys, fd);
    raws.add(raw);
    return raw;
  }

  Pair pair(Recorder handler) throws SysException {
    return pair(handler, options);
  }

  /** TCP over the loopback. */
  Pair pair(Recorder handler, ConnectionOptions like) throws SysException {
    int listener = Sockets.tcpListener(sys, loopback(0), 8);
    int client = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
    awaitReady(listener, Linux.POLLIN);
    int accepted = Sockets.accept(sys, listener);
    awaitReady(client, Linux.POLLOUT);
    int _ = sys.close(listener);
    return adopted(accepted, client, handler, like);
  }

  /** A pair of Unix sockets. */
  Pair unixPair(Recorder handler, ConnectionOptions like) throws SysException {
    int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    return adopted(fds[0], fds[1], handler, like);
  }

  private Pair adopted(int fd, int peerFd, Recorder handler, ConnectionOptions like)
      throws SysException {
    Raw peer = raw(peerFd);
    track(handler);
    return new Pair(Connection.adopt(loop, fd, like, handler), peer, handler);
  }

  Raw connectRaw(SocketAddress address) throws SysException {
    Raw client = raw(Sockets.open(sys, SockAddr.family(address), Linux.SOCK_STREAM));
    boolean _ = Sockets.connect(sys, client.fd(), address);
    return client;
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  // ---- turning the loop

  /** Turns until it is so. */
  void until(String what, BooleanSupplier condition) throws SysException {
    Deadline deadline = Deadline.forThe(what);
    for (int turns = 0; !condition.getAsBoolean(); turns++) {
      if (deadline.isOver() || turns == MAX_TURNS) {
        throw deadline.missed(", " + turns + " turns");
      }
      int _ = loop.runOnce(MILLI);
    }
  }

  void turn() throws SysException {
    int _ = loop.runOnce(0);
  }

  /** Turns until nothing happens any more for a while. */
  void quiet() throws SysException {
    Deadline deadline = Deadline.forThe("quiet");
    for (int empty = 0; empty < QUIET_TURNS; ) {
      empty = loop.runOnce(MILLI) == 0 ? empty + 1 : 0;
      if (deadline.isOver()) {
        throw deadline.missed("");
      }
    }
  }

  void untilClosed(Pair pair) throws SysException {
    until("closed()", pair.handler()::isClosed);
  }

  /** Turns until the peers' kernels have all that a server has sent. */
  void untilDelivered(Server server) throws SysException {
    until("delivered", () -> server.connections(loop).stream().allMatch(this::isDelivered));
  }

  private boolean isDelivered(Connection connection) {
    return LoopNet.of(loop).ioctl(sys, connection.fd(), Linux.TIOCOUTQ) <= 0;
  }

  /** Turns until the peer has read the end or an error. */
  void untilPeerIsOver(Raw peer) throws SysException {
    until("end at the peer", () -> peer.read().isOver());
  }

  void awaitReady(int fd, int bits) {
    Deadline deadline = Deadline.forThe("readiness " + bits + " of fd " + fd);
    while (!Inside.poll(sys, fd, bits)) {
      if (deadline.isOver()) {
        throw deadline.missed("");
      }
    }
  }
}
