package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopOptions;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection costs: nothing per message, little while it is idle. */
class ConnectionCostTest {

  private static final int MESSAGES = 20_000;
  private static final int WARM_UP = 20_000;
  private static final int MESSAGE_BYTES = 64;
  private static final int IDLE = 5_000;
  private static final long BYTES_PER_IDLE = 512;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final class Echo implements ConnectionHandler {
    @Override
    public void received(Connection connection, ByteBuffer data) {
      WriteResult _ = connection.write(data);
    }
  }

  @ParameterizedTest(name = "[{0}, epoll/native] {displayName}")
  @EnumSource(
      value = Trigger.class,
      names = {"LEVEL", "EDGE"})
  void echo_ofSmallMessages_allocatesNothing(Trigger trigger) throws Exception {
    Sys sys = NativeSys.open();
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(Backend.EPOLL))) {
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      Connection _ =
          Connection.adopt(
              loop, fds[0], ConnectionOptions.DEFAULT.withTrigger(trigger), new Echo());
      IoBuffer buffer = IoBuffer.allocate(MESSAGE_BYTES);
      assertEquals(WARM_UP, messages(loop, sys, fds[1], buffer.address(), WARM_UP));
      Deadline deadline = Deadline.forThe("run without allocation");
      long allocated;
      do {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int echoed = messages(loop, sys, fds[1], buffer.address(), MESSAGES);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertEquals(MESSAGES, echoed);
        if (allocated > 0 && deadline.isOver()) {
          throw deadline.missed("; the last one allocated " + allocated + " bytes");
        }
      } while (allocated > 0);
      int _ = sys.close(fds[1]);
    }
  }

  /** Sends so many messages, one at a time; how many came back whole. */
  private static int messages(EventLoop loop, Sys sys, int fd, long address, int count)
      throws Exception {
    int echoed = 0;
    for (int i = 0; i < count; i++) {
      int _ = sys.send(fd, address, MESSAGE_BYTES, 0);
      int _ = loop.runOnce(0);
      echoed += sys.recv(fd, address, MESSAGE_BYTES, 0) == MESSAGE_BYTES ? 1 : 0;
    }
    return echoed;
  }

  /** As a client has it, and as a server has it, which gives up who is idle. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void idleConnection_onTheHeap_isSmall(boolean served) throws Exception {
    ConnectionOptions like = ConnectionOptions.DEFAULT;
    Sys sys = NativeSys.open();
    List<Integer> fds = new ArrayList<>();
    List<Connection> connections = new ArrayList<>(IDLE);
    Echo handler = new Echo();
    ServerOptions serving = ServerOptions.at(NetCase.loopback(0)).withConnection(like);
    try (EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(Backend.EPOLL))) {
      for (int i = 0; i < IDLE; i++) {
        for (int fd : Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM)) {
          fds.add(fd);
        }
      }
      ServerLoop server =
          new ServerLoop(
              loop,
              serving,
              _ -> handler,
              ServerListener.NONE,
              new ServerCounters(() -> {}, () -> {}));
      long before = usedHeap();
      for (int i = 0; i < 2 * IDLE; i += 2) {
        if (served) {
          server.adopt(fds.get(i), null);
        } else {
          connections.add(Connection.adopt(loop, fds.get(i), like, handler));
        }
      }
      long each = (usedHeap() - before) / IDLE;
      assertTrue(each <= BYTES_PER_IDLE, each + " bytes for each idle connection");
      assertEquals(IDLE, served ? server.connections().size() : connections.size());
    } finally {
      for (int i = 1; i < fds.size(); i += 2) {
        int _ = sys.close(fds.get(i));
      }
    }
  }

  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
