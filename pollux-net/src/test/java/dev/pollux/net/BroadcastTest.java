package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
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
      member.reset();
    }
    turn();
    for (int fd : peers) {
      int _ = sys.close(fd);
    }
  }

  /** What the kernel is given for each member is where the payload lies. */
  @Test
  void payload_isNotCopied() throws Exception {
    byte[] content = random(100_000);
    Payload payload = Payload.copyOf(ByteBuffer.wrap(content));
    List<Pair> members = List.of(pair(new Recorder()), pair(new Recorder()));
    quiet();
    List<Long> addresses = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (call.equals("send")) {
        addresses.add((long) arguments[1]);
      }
      return null;
    });
    for (Pair member : members) {
      assertEquals(WriteResult.SENT, member.connection().write(payload));
    }
    assertEquals(List.of(payload.address(), payload.address()), addresses);
    assertEquals(0, LoopNet.of(loop).pool().usedCount());
    for (Pair member : members) {
      until("all", () -> member.peer().read().size() == content.length);
      assertArrayEquals(content, member.peer().bytes());
    }
  }

  /** While it waits it takes no memory of the pool, however many wait for it. */
  @Test
  void payload_thatWaits_takesNoMemory() throws Exception {
    byte[] content = random(100_000);
    Payload payload = Payload.copyOf(ByteBuffer.wrap(content));
    Pair pair = pair(new Recorder());
    quiet();
    probe.inject((call, _) -> call.equals("send") ? -Errno.EAGAIN : null);
    assertEquals(WriteResult.FULL, pair.connection().write(payload));
    assertEquals(content.length, pair.connection().queuedBytes());
    assertEquals(0, LoopNet.of(loop).pool().usedCount());
    pair.connection().reset();
    untilClosed(pair);
  }
}
