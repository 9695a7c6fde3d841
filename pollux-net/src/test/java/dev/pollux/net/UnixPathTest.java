package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The file of a listening Unix socket, from its beginning to its end. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class UnixPathTest extends NetCase {

  private static final SocketSetup REPLACING = SocketSetup.DEFAULT.withReplaceStale(true);

  @TempDir Path directory;

  private UnixAddress path() {
    return UnixAddress.path(model != null ? "/socket" : directory.resolve("socket").toString());
  }

  private Server server(SocketSetup setup) throws SysException {
    return track(
        Server.open(loop, ServerOptions.at(path()).withSocket(setup), _ -> track(new Recorder())));
  }

  private int unlink() {
    try (Arena arena = Arena.ofConfined()) {
      return sys.unlink(arena.allocateFrom(path().name()).address());
    }
  }

  @Test
  void path_isRemovedByTheStop_andByTheClose() throws Exception {
    Server stopped = server(SocketSetup.DEFAULT);
    stopped.stop();
    until("finished", stopped::isFinished);
    Server closed = server(SocketSetup.DEFAULT);
    closed.close();
    assertEquals(-Errno.ENOENT, unlink());
  }

  @Test
  void path_isRemovedByTheEndOfTheLoop() throws Exception {
    EventLoop other = EventLoop.open(sys, LoopOptions.DEFAULT);
    Server server = track(Server.open(other, ServerOptions.at(path()), _ -> new Recorder()));
    other.close();
    assertEquals(-Errno.ENOENT, unlink());
    assertEquals(0, server.connectionCount());
  }

  /** Somebody removed the path, and a successor has made it anew. */
  @Test
  void pathOfASuccessor_isLeft() throws Exception {
    Server first = server(SocketSetup.DEFAULT);
    assertEquals(0, unlink());
    Server second = server(SocketSetup.DEFAULT);
    first.close();
    Raw client = connectRaw(path());
    until("accepted", () -> second.connectionCount() == 1);
    client.close();
    second.close();
    assertEquals(-Errno.ENOENT, unlink());
  }

  @Test
  void stalePath_isReplacedIfThatIsAskedFor() throws Exception {
    Raw dead = raw(Sockets.unixListener(sys, path(), 1));
    dead.close();
    assertTaken(SocketSetup.DEFAULT);
    Server server = server(REPLACING);
    Raw _ = connectRaw(path());
    until("accepted", () -> server.connectionCount() == 1);
  }

  @Test
  void pathOfAListener_isNotReplaced_howeverFullItsBacklog() throws Exception {
    Raw alive = raw(Sockets.unixListener(sys, path(), 0));
    assertTaken(REPLACING);
    Raw _ = connectRaw(path()); // nobody took its place when it was looked for
    assertThrows(SysException.class, () -> connectRaw(path()));
    assertTaken(REPLACING);
    alive.close();
    assertEquals(0, unlink());
  }

  @Test
  void pathOfADatagramSocket_orOfNone_isNotReplaced() throws Exception {
    Raw other = raw(Sockets.datagram(sys, path()));
    assertTaken(REPLACING);
    other.close();
    assertEquals(0, unlink());
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(path().name()).address();
      int fd = sys.open(name, Linux.O_CREAT | Linux.O_WRONLY, 0600);
      assertTrue(fd >= 0, () -> Errno.name(-fd));
      int _ = sys.close(fd);
    }
    assertTaken(REPLACING);
    assertEquals(0, unlink());
  }

  @Test
  void pathOfAnEndpoint_isRemovedByItsEnd_andReplacedIfItIsStale() throws Exception {
    DatagramEndpoint first = endpoint(DatagramOptions.DEFAULT);
    assertEndpointTaken(DatagramOptions.DEFAULT.withReplaceStale(true));
    first.close();
    turn();
    assertEquals(-Errno.ENOENT, unlink());
    Raw dead = raw(Sockets.datagram(sys, path()));
    dead.close();
    assertEndpointTaken(DatagramOptions.DEFAULT);
    DatagramEndpoint second = endpoint(DatagramOptions.DEFAULT.withReplaceStale(true));
    second.close();
    turn();
    assertEquals(-Errno.ENOENT, unlink());
  }

  /** An address of the JDK's is the same one, wherever it is given. */
  @Test
  void pathOfTheJdk_isRemovedByItsEnd_andReplaced() throws Exception {
    UnixDomainSocketAddress jdk = UnixDomainSocketAddress.of(path().name());
    Raw dead = raw(Sockets.datagram(sys, path()));
    dead.close();
    DatagramOptions replacing = DatagramOptions.DEFAULT.withReplaceStale(true);
    DatagramEndpoint endpoint = DatagramEndpoint.open(loop, jdk, replacing, (_, _, _, _) -> {});
    endpoint.close();
    turn();
    assertEquals(-Errno.ENOENT, unlink());
    assertEquals(path(), SocketSetup.DEFAULT.withLocalAddress(jdk).localAddress());
    SocketAddress unnamed = UnixDomainSocketAddress.of("");
    assertEquals(
        UnixAddress.unnamed(), SocketSetup.DEFAULT.withLocalAddress(unnamed).localAddress());
  }

  private DatagramEndpoint endpoint(DatagramOptions like) throws SysException {
    return DatagramEndpoint.open(loop, path(), like, (_, _, _, _) -> {});
  }

  private void assertEndpointTaken(DatagramOptions like) {
    SysException taken = assertThrows(SysException.class, () -> endpoint(like));
    assertEquals(Errno.EADDRINUSE, taken.errno());
  }

  /** The path that a client connects from. */
  @Test
  void pathOfAClient_isRemovedByItsEnd_andByItsFailure() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-from-" + ProcessHandle.current().pid());
    ConnectOptions from =
        ConnectOptions.to(name).withSocket(SocketSetup.DEFAULT.withLocalAddress(path()));
    List<CloseCause> failures = new ArrayList<>();
    Connector _ = Connector.connect(loop, from, new Recorder(), failures::add);
    until("refused", () -> failures.size() == 1);
    assertEquals(-Errno.ENOENT, unlink());
    Server server = track(Server.open(loop, ServerOptions.at(name), _ -> track(new Recorder())));
    Recorder client = track(new Recorder());
    Connector _ = Connector.connect(loop, from, client, failures::add);
    until("connected", () -> client.count("opened") == 1);
    server.close();
    until("closed", client::isClosed);
    assertEquals(-Errno.ENOENT, unlink());
    assertEquals(1, failures.size());
  }

  @Test
  void abstractName_needsNoFile() throws Exception {
    UnixAddress name = UnixAddress.abstractName("pollux-path-" + ProcessHandle.current().pid());
    ServerOptions at = ServerOptions.at(name).withSocket(REPLACING);
    Server server = track(Server.open(loop, at, _ -> track(new Recorder())));
    assertEquals(name, server.address());
    server.close();
    assertFalse(server.isFinished() && server.connectionCount() > 0);
  }

  private void assertTaken(SocketSetup setup) {
    SysException taken = assertThrows(SysException.class, () -> server(setup));
    assertEquals(Errno.EADDRINUSE, taken.errno());
  }
}
