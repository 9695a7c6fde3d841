package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Who has to wake the loop: deadlines around every corner of the clock. */
class LoopWaitTest {

  private static final long TIMEOUT = 1_000_000;

  /**
   * Answers a question in the middle of a wait that began at a moment of the clock. The kernel's
   * answer is made up, and so is the clock.
   */
  private static boolean during(
      long nowNanos, long timeoutNanos, java.util.function.Predicate<LoopWait> question)
      throws Exception {
    SysProbe probe = new SysProbe(NativeSys.open());
    LoopOptions options = LoopOptions.DEFAULT.withBackend(Backend.POLL);
    try (Poller poller = Poller.open(probe.sys(), Backend.POLL)) {
      LoopWait[] waiter = new LoopWait[1];
      Boolean[] answer = new Boolean[1];
      long[] clock = {nowNanos};
      probe.inject((call, arguments) -> {
        if (call.equals("nanoTime")) {
          return clock[0];
        }
        if (!SysProbe.WAITS.contains(call)) {
          return null;
        }
        BooleanSupplier ask = () -> question.test(waiter[0]);
        answer[0] = ask.getAsBoolean();
        clock[0] = nowNanos + Math.max(0, timeoutNanos);
        poller.wakeup();
        return 0;
      });
      waiter[0] =
          new LoopWait(probe.sys(), poller, options, new TaskQueue(2), new LoopMeter("test", 0));
      assertFalse(question.test(waiter[0]), "late before the wait");
      waiter[0].await(timeoutNanos, nowNanos);
      assertFalse(question.test(waiter[0]), "late after the wait");
      return answer[0];
    }
  }

  @Test
  void deadlines_aroundTheEndOfASleep_areLateIfBefore() throws Exception {
    long[] moments = {
      0,
      1,
      -1,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      Long.MAX_VALUE - TIMEOUT, // the sleep ends where "for ever" stands
      Long.MAX_VALUE - TIMEOUT / 2, // the clock wraps in the sleep
      Long.MIN_VALUE - TIMEOUT, // the sleep ends where "awake" stands
      Long.MIN_VALUE - TIMEOUT / 2,
    };
    for (long now : moments) {
      long end = now + TIMEOUT;
      assertTrue(during(now, TIMEOUT, wait -> wait.isLate(end - 1)), "now " + now);
      assertTrue(during(now, TIMEOUT, wait -> wait.isLate(LoopWait.AT_ONCE)), "now " + now);
      if (end != Long.MAX_VALUE && end + 1 != Long.MIN_VALUE) { // there it may wake for nothing
        assertFalse(during(now, TIMEOUT, wait -> wait.isLate(end + TIMEOUT)), "now " + now);
      }
    }
  }

  @Test
  void deadlines_againstASleepForEver_areAllLate() throws Exception {
    for (long deadline : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertTrue(during(0, -1, wait -> wait.isLate(deadline)));
    }
  }

  @Test
  void deadlines_againstALookWithoutSleep_areNotLate() throws Exception {
    assertFalse(during(5, 0, wait -> wait.isLate(LoopWait.AT_ONCE)));
  }

  @Test
  void wait_thatIsOutOfMemory_pausesNoLongerThanItMay() throws Exception {
    SysProbe probe = new SysProbe(NativeSys.open());
    try (Poller poller = Poller.open(probe.sys(), Backend.POLL)) {
      LoopWait waiter =
          new LoopWait(
              probe.sys(), poller, LoopOptions.DEFAULT, new TaskQueue(2), new LoopMeter("test", 0));
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
      waiter.await(0, 0);
      assertEquals(-1, pause[0], "a look that must not block");
      waiter.await(3_999_999, 0);
      assertEquals(3, pause[0]);
      waiter.await(-1, 0);
      assertEquals(10, pause[0]);
    }
  }
}
