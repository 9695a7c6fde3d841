package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection from its beginning to its end, with kqueue, on each of the systems played. */
@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("played")
class PlayedEchoTest {

  private static final int READ = Constant.EVFILT_READ.linuxValue();
  private static final int WRITE = Constant.EVFILT_WRITE.linuxValue();
  private static final int USER = Constant.EVFILT_USER.linuxValue();
  private static final int ADD = Constant.EV_ADD.linuxValue();
  private static final int DELETE = Constant.EV_DELETE.linuxValue();
  private static final int CLEAR = Constant.EV_CLEAR.linuxValue();
  private static final int TRIGGER = Constant.NOTE_TRIGGER.linuxValue();

  private final PlayedSystem system;
  private final Workspace work;
  private final Sys sys;
  private final KeventMemory events = KeventMemory.allocate(4);
  private int queue;

  PlayedEchoTest(String name) {
    this.system = Systems.played(name);
    this.work = new Workspace(system.sys());
    this.sys = work.sys;
  }

  static Stream<String> played() {
    return Systems.names().filter(name -> !Systems.isLinux(name));
  }

  @AfterEach
  void close() {
    work.close();
  }

  private void change(long ident, int filter, int flags, int fflags) {
    KeventMemory one = KeventMemory.allocate(1);
    one.set(0, ident, filter, flags, fflags, 0, ident);
    assertEquals(0, sys.kevent(queue, one.address(), 1, 0, 0, 0));
  }

  private void expect(int filter, long ident) {
    assertEquals(1, sys.kevent(queue, 0, 0, events.address(), 4, 0));
    assertEquals(filter, events.filter(0));
    assertEquals(ident, events.ident(0));
    assertEquals(ident, events.udata(0));
  }

  @Test
  void connect_accept_echo_wakeUp_close() throws Exception {
    queue = work.own(sys.kqueue());
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    int listener = work.own(Sockets.tcpListener(sys, loopback, 8));
    change(listener, READ, ADD, 0);
    int client = work.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    boolean _ = Sockets.connect(sys, client, Sockets.localAddress(sys, listener));
    change(client, WRITE, ADD, 0);
    boolean isConnected = false;
    boolean isPending = false;
    while (!isConnected || !isPending) { // in either order
      int count = sys.kevent(queue, 0, 0, events.address(), 4, 0);
      for (int i = 0; i < count; i++) {
        isConnected |= events.ident(i) == client && events.filter(i) == WRITE;
        isPending |= events.ident(i) == listener && events.filter(i) == READ;
      }
    }
    assertEquals(0, Sockets.socketError(sys, client));
    change(client, WRITE, DELETE, 0);

    int server = work.own(Sockets.accept(sys, listener));
    assertEquals(Sockets.localAddress(sys, client), Sockets.peerAddress(sys, server));
    assertEquals(-Errno.EAGAIN, Sockets.accept(sys, listener));
    change(server, READ, ADD, 0);
    work.write(client, "ping");
    expect(READ, server);
    assertEquals("ping", work.read(server));
    work.write(server, "pong");
    change(client, READ, ADD, 0);
    expect(READ, client);
    assertEquals("pong", work.read(client));

    change(7, USER, ADD | CLEAR, 0);
    Thread waking = Thread.ofPlatform().start(() -> change(7, USER, 0, TRIGGER));
    expect(USER, 7);
    waking.join();

    assertEquals(0, sys.shutdown(client, Linux.SHUT_WR));
    expect(READ, server);
    assertEquals("", work.read(server));
    assertTrue(system.calls.contains("kevent"));
  }
}
