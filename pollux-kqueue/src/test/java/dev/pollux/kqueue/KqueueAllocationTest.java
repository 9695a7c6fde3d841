package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * A wait, and an event, take no memory; nor do changes of what is there. On the real kernel, as the
 * model is Java itself.
 */
class KqueueAllocationTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 1_000;
  private static final int ATTEMPTS = 200; // until all of it is compiled

  private final Sys sys = NativeSys.open();
  private final Kevents events = Kevents.allocate(16);
  private final Kevents changes = Kevents.allocate(4);
  private final IoBuffer buffer = IoBuffer.allocate(16);

  /** A trigger, an edge, a level that is taken away and comes back, a timer that is far off. */
  private void round(Kqueue queue, int[] ends) throws SysException {
    changes.clear();
    changes.add(1, Kevent.EVFILT_USER, 0, Kevent.NOTE_TRIGGER, 0, 0);
    changes.add(ends[0], Kevent.EVFILT_WRITE, Kevent.EV_DISABLE, 0, 0, 0);
    var _ = buffer.buffer().clear().limit(1);
    assertEquals(1, buffer.write(sys, ends[1]));
    assertEquals(2, queue.kevent(changes, events, -1));
    var _ = buffer.buffer().clear();
    assertEquals(1, buffer.read(sys, ends[0]));
    changes.clear();
    changes.add(ends[0], Kevent.EVFILT_WRITE, Kevent.EV_ENABLE, 0, 0, 0);
    assertEquals(1, queue.kevent(changes, events, -1));
  }

  @Test
  void waits_andEvents_takeNone() throws Exception {
    int[] ends = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    try (Kqueue queue = Kqueue.open(sys)) {
      queue.change(ends[0], Kevent.EVFILT_READ, Kevent.EV_ADD | Kevent.EV_CLEAR, 0, 0, 0);
      queue.change(ends[0], Kevent.EVFILT_WRITE, Kevent.EV_ADD, 0, 0, 0);
      queue.change(1, Kevent.EVFILT_USER, Kevent.EV_ADD | Kevent.EV_CLEAR, 0, 0, 0);
      queue.change(1, Kevent.EVFILT_TIMER, Kevent.EV_ADD, Kevent.NOTE_SECONDS, 3_600, 0);
      long least = Long.MAX_VALUE;
      for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
          round(queue, ends);
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least / ROUNDS, "bytes a round");
    } finally {
      assertEquals(0, sys.close(ends[0]));
      assertEquals(0, sys.close(ends[1]));
    }
  }
}
