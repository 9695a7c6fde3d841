package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timers that are reused allocate nothing. */
class TimerAllocationTest {

  private static final int CALLS = 100_000;
  private static final int ROUNDS = 10;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final TimerWheel wheel = new TimerWheel(1, 0);
  private long now;
  private long runs;
  private long sum;
  private final LoopTimer cancelled = new LoopTimer(() -> {});
  private final LoopTimer run = new LoopTimer(() -> runs++);

  @AfterEach
  void checkInvariants() {
    wheel.checkInvariants();
  }

  /** The bytes for 100,000 calls in the best of several rounds: the first are interpreted. */
  private static long allocatedBytes(IntConsumer call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.accept(i);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void measurement_callThatAllocates_isSeen() {
    Object[] kept = new Object[1];
    long bytes = allocatedBytes(i -> kept[0] = new int[] {i});
    assertTrue(bytes >= 16L * CALLS, () -> bytes + " bytes");
  }

  @Test
  void wheel_scheduleCancelAndExpire_allocateNothing() {
    long bytes =
        allocatedBytes(i -> {
          wheel.schedule(cancelled, now + i);
          wheel.schedule(run, now + (i & 0xffff) + 1);
          sum += wheel.nextDeadlineNanos();
          wheel.schedule(cancelled, now + 1_000);
          sum += wheel.cancel(cancelled) ? 1 : 0;
          now += 0x10000;
          sum += wheel.expire(now, 10);
        });
    assertEquals(0, bytes);
    assertTrue(runs >= CALLS && sum > 0);
    assertEquals(0, wheel.size());
  }
}
