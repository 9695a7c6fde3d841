package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Timers that other threads take back. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopCancelTest extends LoopCase {

  private static final long HOUR = 3_600_000_000_000L;

  /** Runs in another thread, to its end. */
  private void elsewhere(Runnable body) throws InterruptedException {
    join(start("elsewhere", body));
  }

  @Test
  void cancel_withAFullQueue_isNotRefused() throws Exception {
    EventLoop loop = open(options().withTaskCapacity(2).withTasksPerTurn(2));
    LoopTimer timer = new LoopTimer(() -> log.add("timer"));
    loop.schedule(timer, 0);
    loop.execute(() -> log.add("task"));
    loop.execute(() -> log.add("task"));
    elsewhere(() -> {
      assertThrows(RejectedExecutionException.class, () -> loop.schedule(timer, 0));
      loop.cancel(timer);
      log.add("cancelled");
    });
    assertFalse(timer.isScheduled());
    assertEquals(2, loop.runOnce(0));
    assertEquals(List.of("cancelled", "task", "task"), log);
    assertEquals(0, loop.timers.wheel.size());
  }

  @Test
  void cancel_afterAScheduleOfTheSameThread_undoesItOnItsWay() throws Exception {
    EventLoop loop = open();
    LoopTimer undone = new LoopTimer(() -> log.add("undone"));
    LoopTimer kept = new LoopTimer(() -> log.add("kept"));
    elsewhere(() -> {
      loop.schedule(undone, 0);
      loop.cancel(undone);
      loop.schedule(kept, 0);
      loop.cancel(kept);
      loop.schedule(kept, 0);
    });
    for (int i = 0; i < 3; i++) {
      int _ = loop.runOnce(0);
    }
    assertEquals(List.of("kept"), log);
    assertEquals(0, loop.timers.wheel.size());
  }

  @Test
  void cancel_ofManyTimers_isDoneByAsManyTurnsAsTheLimitSays() throws Exception {
    EventLoop loop = open(options().withTimersPerTurn(2));
    List<LoopTimer> timers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      timers.add(loop.schedule(HOUR, () -> log.add("timer")));
    }
    elsewhere(() -> timers.forEach(loop::cancel));
    for (int left : new int[] {3, 1, 0}) {
      assertEquals(0, loop.runOnce(left == 0 ? 0 : 1)); // with more to do it does not block
      assertEquals(left, loop.timers.wheel.size());
    }
    assertEquals(List.of(), log);
  }

  @Test
  void cancel_onTheLoop_undoesAScheduleThatIsStillOnItsWay() throws Exception {
    EventLoop loop = open();
    LoopTimer timer = new LoopTimer(() -> log.add("timer"));
    elsewhere(() -> loop.schedule(timer, 0));
    loop.cancel(timer);
    assertEquals(1, loop.runOnce(0)); // the task that would have scheduled it
    assertEquals(0, loop.runOnce(0));
    assertEquals(List.of(), log);
  }

  @Test
  void schedule_thatComesTurnsAfterItsCancel_leavesNothingInTheWheel() throws Exception {
    EventLoop loop = open(options().withTaskCapacity(4).withTasksPerTurn(1));
    LoopTimer timer = new LoopTimer(() -> log.add("timer"));
    elsewhere(() -> {
      loop.execute(() -> log.add("first"));
      loop.schedule(timer, HOUR);
      loop.cancel(timer);
    });
    assertEquals(1, loop.runOnce(0)); // sees the cancel
    assertEquals(1, loop.runOnce(0)); // and only now what it cancels
    assertEquals(0, loop.timers.wheel.size());
    assertEquals(List.of("first"), log);
  }

  @Test
  void scheduleAgain_afterACancelOfTheRunAtHand_doesNothing() throws Exception {
    EventLoop loop = open();
    LoopTimer timer = new LoopTimer(() -> log.add("timer"));
    loop.schedule(timer, 0);
    assertEquals(1, loop.runOnce(0));
    elsewhere(() -> loop.cancel(timer));
    loop.timers.scheduleAgain(timer, loop.nowNanos()); // what a fixed rate does in its run
    assertEquals(0, loop.timers.wheel.size());
    loop.schedule(timer, 0);
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("timer", "timer"), log);
  }

  @Test
  void cancel_onTheLoop_leavesNothingOfAScheduleThatIsStillOnItsWay() throws Exception {
    EventLoop loop = open();
    LoopTimer gone = new LoopTimer(() -> log.add("gone"));
    LoopTimer anew = new LoopTimer(() -> log.add("anew"));
    elsewhere(() -> {
      loop.schedule(gone, HOUR);
      loop.schedule(anew, HOUR);
    });
    loop.cancel(gone);
    loop.cancel(anew);
    loop.schedule(anew, 0); // the schedule on its way comes later, and must not move it
    for (int i = 0; i < 3; i++) {
      int _ = loop.runOnce(0);
    }
    assertEquals(List.of("anew"), log);
    assertEquals(0, loop.timers.wheel.size());
  }

  @Test
  void cancel_ofManyTimersElsewhere_emptiesTheWheelInTheNextTurn() throws Exception {
    EventLoop loop = open();
    LoopTimer[] timers = new LoopTimer[1000];
    for (int i = 0; i < timers.length; i++) {
      timers[i] = loop.schedule(HOUR + i, () -> {});
    }
    elsewhere(() -> {
      for (LoopTimer timer : timers) {
        loop.cancel(timer);
        loop.cancel(timer); // on the stack already
      }
    });
    assertEquals(0, loop.runOnce(0));
    assertEquals(0, loop.timers.wheel.size());
    elsewhere(() -> loop.cancel(timers[0])); // not scheduled
    loop.schedule(timers[0], HOUR);
    assertEquals(0, loop.runOnce(0));
    assertTrue(timers[0].isScheduled());
    elsewhere(() -> loop.cancel(timers[0])); // can be put there again
    assertEquals(0, loop.runOnce(0));
    assertEquals(0, loop.timers.wheel.size());
  }

  @Test
  void cancel_elsewhere_allocatesNothing() throws Exception {
    EventLoop loop = open();
    LoopTimer timer = loop.schedule(HOUR, () -> {});
    long[] allocated = new long[1];
    elsewhere(() -> {
      var beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      Deadline deadline = Deadline.forThe("cancels without allocation");
      do { // the first calls link what they use
        deadline.check();
        long before = beans.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
          loop.cancel(timer);
        }
        allocated[0] = beans.getCurrentThreadAllocatedBytes() - before;
      } while (allocated[0] > 0);
    });
    assertEquals(0, allocated[0]);
    assertFalse(timer.isScheduled());
  }

  @Test
  void cancel_ofAClosedLoop_doesNothing() throws Exception {
    EventLoop loop = open();
    LoopTimer timer = loop.schedule(HOUR, () -> {});
    loop.close();
    elsewhere(() -> loop.cancel(timer));
    loop.cancel(timer);
    assertFalse(timer.isScheduled());
  }

  /** Once cancel has returned, a run that has not begun does not begin. */
  @Test
  void cancel_againstARunningLoop_isTheEndOfTheTimer() throws Exception {
    EventLoop loop = open();
    start(loop);
    for (int round = 0; round < 500; round++) {
      AtomicInteger begun = new AtomicInteger();
      LoopTimer timer = new LoopTimer(begun::incrementAndGet);
      loop.schedule(timer, round % 3 * 1000L);
      for (int i = 0; i < round % 7 * 100; i++) {
        Thread.onSpinWait();
      }
      loop.cancel(timer);
      int atCancel = begun.get(); // or one that had begun and not counted yet
      callIn(loop, () -> {});
      int later = begun.get();
      assertTrue(later <= 1 && later >= atCancel);
      callIn(loop, () -> assertFalse(timer.isScheduled()));
      callIn(loop, () -> {});
      assertEquals(later, begun.get());
    }
  }

  /** The wheel has both on its list of what is due when the first runs. */
  @Test
  void cancel_elsewhereOfATimerThatIsDueInTheSameTurn_isTheEndOfIt() throws Exception {
    EventLoop loop = open();
    LoopTimer second = new LoopTimer(() -> log.add("second"));
    loop.schedule(
        0,
        () -> {
          log.add("first");
          try {
            elsewhere(() -> loop.cancel(second));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    loop.schedule(second, 0);
    for (int i = 0; i < 3; i++) {
      int _ = loop.runOnce(0);
    }
    assertEquals(List.of("first"), log);
    assertEquals(0, loop.timers.wheel.size());
  }

  /** Its timer is scheduled again before its task runs: a cancel may come just before that. */
  @Test
  void cancel_ofAFixedRateAtAnyMoment_isTheEndOfIt() throws Exception {
    EventLoop loop = open();
    start(loop);
    for (int round = 0; round < 500; round++) {
      AtomicInteger runs = new AtomicInteger();
      LoopTimer timer = loop.scheduleAtFixedRate(0, 1, runs::incrementAndGet);
      for (int i = 0; i < round % 7 * 100; i++) {
        Thread.onSpinWait();
      }
      loop.cancel(timer);
      callIn(loop, () -> assertFalse(timer.isScheduled()));
      int atCancel = runs.get();
      callIn(loop, () -> {});
      callIn(loop, () -> {});
      assertEquals(atCancel, runs.get());
    }
  }

  /** A timer of a fixed rate has no moment, not even while it runs, where a cancel is lost. */
  @Test
  void cancel_ofAFixedRateInItsRun_isNotLost() throws Exception {
    EventLoop loop = open();
    start(loop);
    for (int round = 0; round < 50; round++) {
      CyclicBarrier inRun = new CyclicBarrier(2);
      CountDownLatch cancelled = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      LoopTimer timer =
          loop.scheduleAtFixedRate(
              0,
              1,
              () -> {
                if (runs.incrementAndGet() == 1) {
                  pass(inRun);
                  await(cancelled);
                }
              });
      pass(inRun);
      loop.cancel(timer);
      cancelled.countDown();
      callIn(loop, () -> {});
      callIn(loop, () -> {});
      assertEquals(1, runs.get());
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      int _ = barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS), "deadline missed");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
