package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Timespec;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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

  /** By a clock that goes on by a tick a look: the spin is cut to what the wait may take. */
  @Test
  void spin_longerThanTheTimeoutOrTheNextTimer_endsWithThem() throws Exception {
    EventLoop loop = open(options().withSpin(Duration.ofSeconds(1)));
    AtomicLong clock = new AtomicLong(sys.nanoTime());
    probe.inject((call, _) -> call.equals("nanoTime") ? (Object) clock.addAndGet(MILLI) : null);
    long before = clock.get();
    assertEquals(0, loop.runOnce(20 * MILLI));
    assertTrue(clock.get() - before < 40 * MILLI, clock.get() - before + " ns");
    loop.schedule(20 * MILLI, () -> log.add("timer"));
    before = clock.get();
    while (log.isEmpty()) {
      int _ = loop.runOnce(-1);
    }
    assertTrue(clock.get() - before < 60 * MILLI, clock.get() - before + " ns");
  }

  /** By a clock that goes on by a tick a look: what was spent spinning is not slept again. */
  @Test
  void spin_beforeASleep_isPartOfItsTimeout() throws Exception {
    EventLoop loop = open(options().withSpin(Duration.ofMillis(10)));
    AtomicLong clock = new AtomicLong();
    long[] slept = {-1};
    probe.inject((call, arguments) -> {
      if (call.equals("nanoTime")) {
        return clock.addAndGet(MILLI);
      }
      if (!SysProbe.WAITS.contains(call)) {
        return null;
      }
      long nanos = timeout(call, arguments);
      slept[0] = Math.max(slept[0], nanos);
      boolean isOver = clock.addAndGet(nanos) < 0;
      return isOver ? -Errno.EINVAL : 0;
    });
    assertEquals(0, loop.runOnce(25 * MILLI));
    probe.inject((call, _) -> null);
    assertTrue(slept[0] > 0 && slept[0] <= 15 * MILLI, slept[0] + " ns");
  }

  /** In nanoseconds, of a wait that does not wait for ever. */
  private static long timeout(String call, Object[] arguments) {
    if (call.equals("epollWait")) {
      return (Integer) arguments[3] * MILLI;
    }
    long address = (Long) arguments[call.equals("ppoll") ? 2 : call.equals("pselect") ? 4 : 3];
    return Timespec.read(MemorySegment.ofAddress(address).reinterpret(2 * Long.BYTES), 0);
  }

  /** A mark of a sleep that is over would have each task end the next wait for nothing. */
  @Test
  void task_addedWhileTheLoopIsAwake_endsNoWaitOfItsOwn() throws Exception {
    EventLoop loop = open();
    long waits = probe.waits();
    Thread thread = start(loop);
    Deadline.forThe("first wait").await(() -> probe.waits() > waits);
    awaitAsleep(thread);
    callIn(loop, () -> loop.execute(() -> log.add("task")));
    Deadline.forThe("task").await(() -> log.size() == 1);
    awaitAsleep(thread);
    loop.stop();
    join(thread);
    long empty = loop.stats().emptyWakeups();
    assertTrue(empty <= 2, empty + " empty wake-ups, with the one for the stop");
  }
}
