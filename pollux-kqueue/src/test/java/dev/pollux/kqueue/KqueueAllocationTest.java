package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A wait, and an event, take no memory; nor do changes of what is there. */
class KqueueAllocationTest extends KqueueCase {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 1_000;
  private static final int ATTEMPTS = 200; // until all of it is compiled

  private int[] ends;
  private final Kevents changes = Kevents.allocate(4);

  private void round() throws SysException {
    changes.clear();
    changes.add(1, USER, 0, Kevent.NOTE_TRIGGER, 0, 0);
    changes.add(ends[0], WRITE, DISABLE, 0, 0, 0);
    write(ends[1], 1);
    assertEquals(2, queue.kevent(changes, events, FOR_EVER));
    assertEquals(1, read(ends[0], 9));
    changes.clear();
    changes.add(ends[0], WRITE, ENABLE, 0, 0, 0);
    assertEquals(1, queue.kevent(changes, events, FOR_EVER));
  }

  @Test
  void waits_andEvents_takeNone() throws Exception {
    ends = pair();
    change(ends[0], READ, ADD | CLEAR);
    change(ends[0], WRITE, ADD);
    change(1, USER, ADD | CLEAR);
    for (int i = 0; i < WARM_UP; i++) {
      round();
    }
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        round();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    if (kernel.equals("native")) { // the model is plain Java, and has what it needs
      assertEquals(0, least / ROUNDS, "bytes a round");
    }
  }
}
