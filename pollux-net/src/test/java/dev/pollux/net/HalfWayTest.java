package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What takes a descriptor and then meets an Error gives it back. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class HalfWayTest extends NetCase {

  private static final short UNKNOWN_FAMILY = 999;

  private final List<String> told = new ArrayList<>();
  private final ServerListener observer =
      new ServerListener() {
        @Override
        public void shed(Limit limit) {
          told.add("shed " + limit);
        }
      };

  /** Has a call end in an Error before the kernel did anything, once. */
  private void failOnce(String failing) {
    boolean[] done = {false};
    probe.inject((call, _) -> {
      if (call.equals(failing) && !done[0]) {
        done[0] = true;
        throw new OutOfMemoryError("by the test, of " + call);
      }
      return null;
    });
  }

  private Server open() throws SysException {
    ServerOptions like = ServerOptions.at(loopback(0)).withConnection(options);
    return track(Server.open(loop, like, _ -> track(Recorder.echo()), observer));
  }

  private void assertEchoes(Server server) throws SysException {
    Raw client = connectRaw(server.address());
    awaitReady(client.fd(), Linux.POLLOUT);
    client.write("ping");
    until("echo", () -> client.read().size() == 4);
  }

  @Test
  void server_whoseOpeningEndsInAnError_leavesNothing() throws Exception {
    for (String call :
        List.of("setsockopt", "bind", "listen", "getsockname", "eventfd", "epollCtl")) {
      Map<Integer, String> before = openDescriptors();
      failOnce(call);
      assertThrows(OutOfMemoryError.class, this::open, call);
      assertEquals(before, openDescriptors(), call);
    }
    probe.inject((_, _) -> null);
    assertEchoes(open());
  }

  @Test
  void connect_thatEndsInAnError_leavesNothing() throws Exception {
    Raw listener = raw(Sockets.tcpListener(sys, loopback(0), 4));
    SocketAddress address = Sockets.localAddress(sys, listener.fd());
    for (String call : List.of("connect", "epollCtl")) {
      Map<Integer, String> before = openDescriptors();
      failOnce(call);
      assertThrows(
          OutOfMemoryError.class,
          () -> Connection.connect(loop, address, SECOND, options, new Recorder()),
          call);
      assertEquals(before, openDescriptors(), call);
      assertEquals(0, loop.poller().size(), call);
      assertEquals(0, Inside.timerCount(loop), call);
    }
  }

  @Test
  void accepted_thatCannotBeWatched_isClosedAndCounted() throws Exception {
    Server server = open();
    Raw unlucky = connectRaw(server.address());
    awaitReady(unlucky.fd(), Linux.POLLOUT);
    failOnce("epollCtl");
    untilPeerIsOver(unlucky);
    assertEquals(List.of("shed MEMORY"), told);
    assertEquals(1, reported.size(), reported.toString());
    assertTrue(reported.getFirst().contains("OutOfMemoryError"), reported.toString());
    assertEquals(0, server.connectionCount());
    assertEchoes(server);
  }

  @Test
  void accepted_fromAnAddressOfAnUnknownFamily_isServedAllTheSame() throws Exception {
    Server server = open();
    probe.inject((call, arguments) -> {
      if (!call.equals("accept4")) {
        return null;
      }
      long address = (long) arguments[1];
      int fd = sys.accept4((int) arguments[0], address, (long) arguments[2], (int) arguments[3]);
      if (fd >= 0) {
        MemorySegment.ofAddress(address).reinterpret(2).set(JAVA_SHORT, 0, UNKNOWN_FAMILY);
      }
      return fd;
    });
    assertEchoes(server);
    assertEquals(1, server.connectionCount());
    assertEquals(1, reported.size(), reported.toString());
    assertTrue(reported.getFirst().contains("family " + UNKNOWN_FAMILY), reported.toString());
  }

  @Test
  void reset_thatEndsInAnError_isTheEndAllTheSame() throws Exception {
    Pair pair = pair(Recorder.echo());
    quiet();
    failOnce("setsockopt");
    assertThrows(OutOfMemoryError.class, () -> pair.connection().reset());
    untilClosed(pair);
    untilPeerIsOver(pair.peer());
  }
}
