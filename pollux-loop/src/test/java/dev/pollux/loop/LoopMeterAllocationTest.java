package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Counting, showing the current work and being watched allocate nothing on the loop's thread. */
class LoopMeterAllocationTest {

  private static final int TURNS = 50_000;
  private static final long LIMIT_NANOS = 30_000_000_000L; // 30 s
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private interface Work {
    void run(int turns) throws SysException;
  }

  /** Again and again until the compilers are through and one run is clean. */
  private static void assertAllocatesNothing(Work work) throws SysException {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    long allocated;
    do {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run(TURNS);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(System.nanoTime() < deadline, allocated + " bytes in the last run");
    } while (allocated > 0);
  }

  /** Reads one byte of its pipe, and writes one for the next turn. */
  private static final class Ring implements LoopHandler {
    private final ObservedLoop box;
    private final int[] pipe;
    private final LoopTimer timer = new LoopTimer(this::tick);
    private final Runnable task = this::tick;
    long count;

    Ring(ObservedLoop box) throws SysException {
      this.box = box;
      this.pipe = box.pipe();
      box.write(pipe[1], 1);
      box.loop.add(pipe[0], Interest.READABLE, Trigger.LEVEL, this);
    }

    private void tick() {
      count++;
    }

    @Override
    public void ready(Event event) {
      int _ = box.read(pipe[0], 1);
      box.write(pipe[1], 1);
      box.loop.schedule(timer, 0);
      box.loop.execute(task);
      box.loop.flushLater(this);
      box.loop.closeLater(this);
      box.loop.progressed();
    }

    @Override
    public void failed(Throwable cause) {
      assertEquals(ClosedLoopException.class, cause.getClass());
    }
  }

  @Test
  void turns_withEventsTasksAndTimers_allocateNothing() throws SysException {
    try (ObservedLoop box = new ObservedLoop(NativeSys.open())) {
      Ring ring = new Ring(box);
      assertAllocatesNothing(box::turns);
      assertTrue(ring.count > 0);
    }
  }

  @Test
  void checks_whenNothingIsWrong_allocateNothing() throws SysException {
    try (ObservedLoop box = new ObservedLoop(NativeSys.open())) {
      Ring _ = new Ring(box);
      Told told = new Told();
      Watchdog watchdog = Watchdog.of(List.of(box.loop), 1L << 40, told);
      long[] now = new long[1];
      box.turns(1_000);
      assertAllocatesNothing(turns -> {
        for (int i = 0; i < turns; i++) {
          box.turns(1);
          watchdog.check(now[0]++);
        }
      });
      told.assertQuiet();
    }
  }

  /**
   * The closer look is bounded: between two of them, a busy loop and its checks allocate nothing.
   */
  @Test
  void checks_ofABusyLoopBetweenTwoLooks_allocateNothing() throws SysException {
    try (ObservedLoop box = new ObservedLoop(NativeSys.open())) {
      Ring _ = new Ring(box);
      Told told = new Told();
      Watchdog watchdog = Watchdog.of(List.of(box.loop), 1L << 40, told);
      for (int i = 0; i < 10; i++) { // the first look, which finds nothing
        box.turns(SpinSample.WAITS + 1);
        watchdog.check(0);
      }
      assertAllocatesNothing(turns -> {
        for (int i = 0; i < turns / LoopWatch.RESTLESS_TURNS; i++) {
          box.turns(LoopWatch.RESTLESS_TURNS);
          watchdog.check(0);
        }
      });
      told.assertQuiet();
    }
  }
}
