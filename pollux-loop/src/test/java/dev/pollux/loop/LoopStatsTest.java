package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopStatsTest {

  private static final long MILLI = 1_000_000;

  private static Sys virtual() {
    return ModelSys.virtual(1, Faults.none());
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void turns_withEventsAndTasks_areCounted(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      int[] first = box.pipe();
      int[] second = box.pipe();
      box.add(first[0], Interest.READABLE, _ -> box.read(first[0], 1));
      box.add(second[0], Interest.READABLE, _ -> box.read(second[0], 1));
      box.write(first[1], 1);
      box.write(second[1], 1);
      int _ = box.loop.runOnce(-1); // two events
      box.write(first[1], 1);
      int _ = box.loop.runOnce(-1); // one event
      box.loop.execute(() -> {});
      box.loop.execute(() -> {});
      int _ = box.loop.runOnce(0);
      int _ = box.loop.runOnce(1); // nothing: an empty wake-up
      LoopStats stats = box.loop.stats();
      assertEquals(4, stats.turns());
      assertEquals(3, stats.waits());
      assertEquals(1, stats.emptyWakeups());
      assertEquals(3, stats.eventsPerWait().max() + stats.eventsPerWait().percentile(50));
      assertEquals(2, stats.eventsPerWait().count());
      assertEquals(2, stats.tasks());
      assertEquals(2, stats.taskHighWater());
      assertEquals(3, stats.events());
      assertEquals(2, stats.lagNanos().count());
      assertEquals(4, stats.turnNanos().count());
      assertEquals(0, stats.failures());
      assertTrue(stats.elapsedNanos() >= stats.busyNanos() + stats.awaitNanos());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void timers_thatRan_areCountedWithTheirLateness(Sys sys) throws SysException {
    try (ObservedLoop box = new ObservedLoop(sys)) {
      boolean[] ran = new boolean[2];
      LoopTimer _ = box.loop.schedule(1, () -> ran[0] = true);
      LoopTimer _ = box.loop.schedule(2 * MILLI, () -> ran[1] = true);
      while (!ran[0] || !ran[1]) { // bounded by JUnit's timeout
        int _ = box.loop.runOnce(MILLI);
      }
      assertEquals(2, box.loop.stats().timers());
      assertEquals(2, box.loop.stats().timerLateNanos().count());
    }
  }

  @Test
  void times_underVirtualTime_areExact() throws SysException {
    try (ObservedLoop box = new ObservedLoop(virtual())) {
      int[] pipe = box.pipe();
      box.add(
          pipe[0],
          Interest.READABLE,
          _ -> {
            box.read(pipe[0], 1);
            box.pass(7);
          });
      box.write(pipe[1], 1);
      int _ = box.loop.runOnce(-1); // 7 ms in the handler
      box.loop.execute(() -> box.pass(5));
      int _ = box.loop.runOnce(20 * MILLI); // 5 ms in the task, 20 ms of waiting
      LoopStats stats = box.loop.stats();
      assertEquals(7 * MILLI, stats.lagNanos().max());
      assertEquals(12 * MILLI, stats.turnNanos().max()); // handler and task: no look in between
      assertEquals(12 * MILLI, stats.busyNanos());
      assertEquals(20 * MILLI, stats.awaitNanos());
      assertEquals(12.0 / 32, stats.busyRatio());
      assertEquals(32 * MILLI, stats.elapsedNanos());
    }
  }

  @Test
  void flush_thatTakesTime_countsAsBusy() throws SysException {
    try (ObservedLoop box = new ObservedLoop(virtual())) {
      box.loop.flushLater(
          new LoopHandler() {
            @Override
            public void ready(Event event) {}

            @Override
            public void flush() {
              box.pass(3);
            }

            @Override
            public void failed(Throwable cause) {}
          });
      int _ = box.loop.runOnce(MILLI);
      assertEquals(3 * MILLI, box.loop.stats().busyNanos());
      assertEquals(MILLI, box.loop.stats().awaitNanos());
    }
  }

  @Test
  void timer_heldUpByATask_isLateBySoMuch() throws SysException {
    try (ObservedLoop box = new ObservedLoop(virtual())) {
      LoopTimer _ = box.loop.schedule(2 * MILLI, () -> {});
      box.loop.execute(() -> box.pass(50));
      int _ = box.loop.runOnce(0);
      int _ = box.loop.runOnce(0);
      assertEquals(48 * MILLI, box.loop.stats().timerLateNanos().max());
    }
  }

  @Test
  void tasks_beyondTheCapacity_areCountedAsRejected() throws SysException {
    LoopOptions options = LoopOptions.DEFAULT.withTaskCapacity(4).withTasksPerTurn(2);
    try (ObservedLoop box = new ObservedLoop(NativeSys.open(), options)) {
      for (int i = 0; i < 4; i++) {
        assertTrue(box.loop.offer(() -> {}));
      }
      assertFalse(box.loop.offer(() -> {}));
      assertEquals(1, box.loop.stats().rejected());
      assertEquals(4, box.loop.pendingTasks());
      int _ = box.loop.runOnce(0);
      assertEquals(4, box.loop.stats().taskHighWater());
      assertEquals(2, box.loop.stats().tasks());
      assertEquals(2, box.loop.pendingTasks());
    }
  }

  @Test
  void task_thatThrows_isAFailure() throws SysException {
    LoopOptions options = LoopOptions.DEFAULT.withErrorHandler((_, _, _) -> {});
    try (ObservedLoop box = new ObservedLoop(NativeSys.open(), options)) {
      box.loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      int _ = box.loop.runOnce(0);
      assertEquals(1, box.loop.stats().failures());
    }
  }

  @Test
  void since_anEarlierSnapshot_isTheDifference() throws SysException {
    try (ObservedLoop box = new ObservedLoop(virtual())) {
      LoopStats earlier = box.loop.stats();
      for (int i = 0; i < 10; i++) {
        int _ = box.loop.runOnce(100 * MILLI);
      }
      LoopStats second = box.loop.stats().since(earlier);
      assertEquals(1_000 * MILLI, second.elapsedNanos());
      assertEquals(
          "loop: 10 turns/s, 0/0 events a wait, 0% busy, lag p99 0.000 ms, timers late p99 0.000"
              + " ms",
          second.summary());
      LoopStats nothing = box.loop.stats().since(box.loop.stats());
      assertEquals(0, nothing.turns());
      assertEquals(0, nothing.busyRatio());
      assertTrue(nothing.summary().startsWith("loop: 0 turns/s"), nothing::summary);
    }
  }

  @Test
  void stats_fromAnotherThread_neverGoBackwards() throws Exception {
    boolean failed = false;
    try (LoopGroup group = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      EventLoop loop = group.next();
      Thread feeder =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  while (!loop.offer(() -> {})) {
                    Thread.onSpinWait();
                  }
                }
              });
      LoopStats last = loop.stats();
      while (feeder.isAlive()) {
        LoopStats now = loop.stats();
        LoopStats step = now.since(last); // refuses a histogram that goes backwards
        failed |= step.turns() < 0 || step.tasks() < 0 || step.busyNanos() < 0;
        last = now;
      }
      feeder.join();
    }
    assertFalse(failed);
  }
}
