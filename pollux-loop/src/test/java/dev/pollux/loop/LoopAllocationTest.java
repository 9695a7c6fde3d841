package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A turn allocates nothing: bytes allocated by the thread over 50,000 turns. */
class LoopAllocationTest {

  private static final int TURNS = 50_000;

  /** Enough for the compilers; the interpreter boxes in method handles. */
  private static final int WARM_UP = 30_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Counts, and asks for every other phase each time. */
  private static final class Busy implements LoopHandler {
    final EventLoop loop;
    final LoopTimer timer = new LoopTimer(() -> {});
    final Runnable task = () -> {};
    long readyCount;
    long flushCount;

    Busy(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void ready(Event event) {
      readyCount += event.isReadable() ? 1 : 0;
      loop.flushLater(this);
      loop.closeLater(this);
      loop.schedule(timer, 0);
      loop.execute(task);
    }

    @Override
    public void flush() {
      flushCount++;
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void turns_withEventsTimersTasksAndFlushes_allocateNothing(Backend backend) throws Exception {
    Sys sys = NativeSys.open();
    int fd = sys.eventfd(1, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC); // readable for good
    EventLoop loop = EventLoop.open(sys, LoopOptions.DEFAULT.withBackend(backend));
    Busy busy = new Busy(loop);
    try {
      int _ = loop.runOnce(0);
      var registration = loop.add(fd, Interest.READABLE, Trigger.LEVEL, busy);
      run(loop, WARM_UP);
      Deadline deadline = Deadline.forThe("run without allocation");
      long allocated;
      do { // the optimising compiler works in the background and, on a busy machine, late
        deadline.check();
        long readyBefore = busy.readyCount;
        long flushesBefore = busy.flushCount;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(loop, TURNS);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertEquals(TURNS, busy.readyCount - readyBefore);
        assertEquals(TURNS, busy.flushCount - flushesBefore);
      } while (allocated > 0);
      registration.remove();
    } finally {
      loop.close();
      sys.close(fd);
    }
  }

  private static void run(EventLoop loop, int turns) throws Exception {
    for (int i = 0; i < turns; i++) {
      int _ = loop.runOnce(-1);
    }
  }
}
