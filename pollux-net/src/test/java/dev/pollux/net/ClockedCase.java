package dev.pollux.net;

import dev.pollux.sys.SysException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;

/**
 * A contract of time: the loop's clock is the test's, on both kernels, and stands still but for
 * {@link #pass}. So however slow the machine is, nothing is late; and the loop must not sleep.
 */
abstract class ClockedCase extends NetCase {

  private static final long STEP = 50 * MILLI;
  private static final long LOOK_AGAIN_NANOS = 20_000; // 0.02 ms
  private static final int QUIET_TURNS = 20;

  private long now;

  @BeforeEach
  void takeTheClock() {
    now = sys.nanoTime();
    inject((_, _) -> null);
  }

  /** Answers in the kernel's place, but for the time. */
  void inject(SysProbe.Fault fault) {
    probe.inject((call, arguments) ->
        call.equals("nanoTime") ? (Object) now : fault.answer(call, arguments));
  }

  /** Time passes at once. */
  void leap(long nanos) throws SysException {
    now += nanos;
    turn();
    turn();
  }

  /** Time passes in steps of 50 ms. */
  void pass(long nanos) throws SysException {
    pass(nanos, () -> {});
  }

  /** Time passes in steps of 50 ms, and in each of them something happens. */
  void pass(long nanos, Runnable inEach) throws SysException {
    for (long end = now + nanos; now < end; ) {
      now += Math.min(STEP, end - now);
      turn();
      inEach.run();
      turn();
    }
  }

  @Override
  void until(String what, BooleanSupplier condition) throws SysException {
    Deadline deadline = Deadline.forThe(what);
    while (!condition.getAsBoolean()) {
      turn();
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      if (deadline.isOver()) {
        throw deadline.missed("");
      }
    }
  }

  @Override
  void quiet() throws SysException {
    Deadline deadline = Deadline.forThe("quiet");
    for (int empty = 0; empty < QUIET_TURNS; ) {
      empty = loop.runOnce(0) == 0 ? empty + 1 : 0;
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      if (deadline.isOver()) {
        throw deadline.missed("");
      }
    }
  }
}
