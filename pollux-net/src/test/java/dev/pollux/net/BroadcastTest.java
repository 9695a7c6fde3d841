package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes to many. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.Setup#kernels")
class BroadcastTest extends NetCase {

  private static final int MEMBERS = 300;

  private static long nativeBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void memory_isByBytesQueued() throws Exception {
    List<Connection> members = new ArrayList<>();
    List<Integer> peers = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      int[] fds = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
      members.add(Connection.adopt(loop, fds[0], options, track(new Recorder())));
      peers.add(fds[1]);
    }
    quiet();
    probe.inject((call, _) -> call.equals("send") ? -Errno.EAGAIN : null);
    long before = nativeBytes();
    for (Connection member : members) {
      WriteResult _ = member.write(ascii("twenty bytes of news"));
    }
    turn();
    long taken = nativeBytes() - before;
    assertTrue(taken <= 1 << 20, taken + " bytes for " + MEMBERS * 20);
    assertEquals(20, members.getLast().queuedBytes());
    for (Connection member : members) {
      member.closeNow();
    }
    turn();
    for (int fd : peers) {
      int _ = sys.close(fd);
    }
  }
}
