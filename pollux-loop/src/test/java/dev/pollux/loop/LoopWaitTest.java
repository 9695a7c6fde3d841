package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a turn's wait costs, and what it does when the kernel has no memory. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopWaitTest extends LoopCase {

  private AtomicInteger countClockReads() {
    AtomicInteger reads = new AtomicInteger();
    probe.inject((call, _) -> {
      if (call.equals("nanoTime")) {
        reads.incrementAndGet();
      }
      return null;
    });
    return reads;
  }

  @Test
  void turn_withNothingToRunAndAPositiveTimeout_readsTheClockTwice() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    AtomicInteger reads = countClockReads();
    assertEquals(1, loop.runOnce(1000 * MILLI));
    assertEquals(2, reads.get());
  }

  @Test
  void turn_withATask_readsTheClockOnceMore() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    loop.execute(() -> log.add("task"));
    AtomicInteger reads = countClockReads();
    assertEquals(2, loop.runOnce(1000 * MILLI));
    assertEquals(3, reads.get());
  }

  @Test
  void wait_thatIsOutOfMemory_pausesNoLongerThanItMay() throws Exception {
    EventLoop loop = open();
    int[] pause = {-1};
    probe.inject((call, arguments) -> {
      if (call.equals("nanoTime")) {
        return 0L;
      }
      if (call.equals("poll") && arguments[0].equals(0L)) {
        pause[0] = (Integer) arguments[2];
        return 0;
      }
      return SysProbe.WAITS.contains(call) ? (Object) (-Errno.ENOMEM) : null;
    });
    assertEquals(0, loop.runOnce(0));
    assertEquals(-1, pause[0], "a look that must not block");
    assertEquals(0, loop.runOnce(3_999_999));
    assertEquals(3, pause[0]);
    assertEquals(0, loop.runOnce(-1));
    assertEquals(10, pause[0]);
  }
}
