package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Other threads and the loop: tasks, timers, wake-ups, stop. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopThreadTest extends LoopCase {

  private static final long HOUR = 3_600_000_000_000L;

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(20, TimeUnit.SECONDS), "deadline missed");
  }

  @Test
  void execute_whileTheLoopSleeps_wakesItOnce() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    for (int i = 0; i < 20; i++) {
      awaitAsleep(thread);
      callIn(loop, () -> assertTrue(loop.inLoop()));
      assertFalse(loop.inLoop());
    }
    // one for each sleep at most; which of them was a sleep, only the kernel knows
    assertTrue(probe.count("write") <= 20, "writes: " + probe.count("write"));
  }

  @Test
  void execute_whileTheLoopIsAwake_makesNoSystemCall() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    loop.execute(() -> {
      inside.countDown();
      try {
        await(leave);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    await(inside);
    long before = probe.count("write");
    AtomicInteger ran = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      loop.execute(ran::incrementAndGet);
      loop.schedule(HOUR, () -> log.add("never"));
    }
    assertEquals(before, probe.count("write"));
    leave.countDown();
    Deadline.forThe("tasks").await(() -> ran.get() == 1000);
    assertTrue(thread.isAlive());
  }

  @Test
  void schedule_laterThanTheLoopSleepsAnyway_doesNotWakeIt() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    callIn(loop, () -> loop.schedule(HOUR, () -> {}));
    awaitAsleep(thread);
    long before = probe.count("write");
    loop.schedule(2 * HOUR, () -> {});
    loop.cancel(new LoopTimer(() -> {}));
    assertEquals(before, probe.count("write"));

    CountDownLatch ran = new CountDownLatch(1);
    loop.schedule(MILLI, ran::countDown); // earlier than the loop sleeps
    await(ran);
    assertEquals(before + 1, probe.count("write"));
  }

  @Test
  void schedule_whileTheLoopSleepsForEver_wakesIt() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    awaitAsleep(thread);
    CountDownLatch ran = new CountDownLatch(1);
    long start = System.nanoTime();
    long[] after = new long[1];
    loop.schedule(
        3 * MILLI,
        () -> {
          after[0] = System.nanoTime() - start;
          ran.countDown();
        });
    await(ran);
    assertTrue(after[0] >= 3 * MILLI, "early: " + after[0]);
  }

  @Test
  void timers_fromAnotherThread_canBeMovedAndCancelled() throws Exception {
    EventLoop loop = open();
    start(loop);
    CountDownLatch ran = new CountDownLatch(1);
    LoopTimer timer = new LoopTimer(ran::countDown);
    LoopTimer cancelled = loop.schedule(HOUR, () -> log.add("never"));
    loop.schedule(timer, HOUR);
    loop.schedule(timer, 0);
    loop.cancel(cancelled);
    await(ran);
    callIn(loop, () -> log.add(timer.isScheduled() + " " + cancelled.isScheduled()));
    assertEquals(List.of("false false"), log);
  }

  @Test
  void schedule_beforeTheLoopHasAThread_racesWithNobody() throws Exception {
    for (int round = 0; round < 50; round++) {
      EventLoop loop = open();
      AtomicInteger ran = new AtomicInteger();
      start(loop);
      for (int i = 0; i < 200; i++) {
        loop.schedule(0, ran::incrementAndGet); // the thread may have begun, or not
      }
      Deadline.forThe("timers").await(() -> ran.get() == 200);
      loop.stop();
    }
    assertEquals(List.of(), reports);
  }

  @Test
  void producers_againstASleepingLoop_loseNoWakeup() throws Exception {
    hammer(open(), 3, 5_000);
  }

  @Test
  void producers_againstASpinningLoop_loseNoWakeup() throws Exception {
    hammer(open(options().withSpin(Duration.ofNanos(20_000))), 3, 2_000);
  }

  /** Each producer waits for each task, so the loop sleeps in between. */
  private void hammer(EventLoop loop, int producers, int each) throws Exception {
    start(loop);
    AtomicInteger ran = new AtomicInteger();
    Thread[] threads = new Thread[producers];
    for (int p = 0; p < producers; p++) {
      threads[p] =
          start(
              "producer",
              () -> {
                for (int i = 0; i < each; i++) {
                  int[] done = new int[1];
                  Thread self = Thread.currentThread();
                  loop.execute(() -> {
                    synchronized (done) {
                      done[0] = 1;
                    }
                    ran.incrementAndGet();
                    java.util.concurrent.locks.LockSupport.unpark(self);
                  });
                  awaitDone(done);
                }
              });
    }
    for (Thread thread : threads) {
      join(thread);
    }
    assertEquals(producers * each, ran.get());
  }

  private static void awaitDone(int[] done) {
    Deadline deadline = Deadline.forThe("a task of a producer");
    while (true) {
      synchronized (done) {
        if (done[0] == 1) {
          return;
        }
      }
      deadline.check();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
    }
  }

  @Test
  void tasks_acceptedWhileTheLoopCloses_allRun() throws Exception {
    for (int round = 0; round < 30; round++) {
      EventLoop loop =
          EventLoop.open(probe.sys(), options().withTaskCapacity(64).withTasksPerTurn(16));
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      CyclicBarrier begin = new CyclicBarrier(3);
      Thread owner =
          start(
              loop,
              "owner",
              () -> {
                pass(begin);
                loop.run();
                loop.close();
              });
      Thread[] producers = new Thread[2];
      for (int p = 0; p < 2; p++) {
        producers[p] =
            start(
                "producer",
                () -> {
                  pass(begin);
                  try {
                    for (int i = 0; ; i++) {
                      if (loop.offer(ran::incrementAndGet)) {
                        accepted.incrementAndGet();
                      } else if (i % 64 == 0) {
                        loop.execute(ran::incrementAndGet);
                        accepted.incrementAndGet();
                      }
                      if (accepted.get() > 200) {
                        loop.stop();
                      }
                    }
                  } catch (RejectedExecutionException e) {
                    loop.stop();
                  }
                });
      }
      join(owner);
      join(producers[0]);
      join(producers[1]);
      assertEquals(accepted.get(), ran.get());
      assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
      assertFalse(loop.offer(() -> {}));
    }
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      int _ = barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void execute_onAFullQueue_isRejectedWithTheLimit() throws Exception {
    EventLoop loop = open(options().withTaskCapacity(4).withTasksPerTurn(4));
    for (int i = 0; i < 4; i++) {
      loop.execute(() -> log.add("task"));
    }
    var e = assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    assertTrue(e.getMessage().contains("4 tasks wait already"), e.getMessage());
    assertFalse(loop.offer(() -> {}));
    assertEquals(4, loop.runOnce(0));
    assertTrue(loop.offer(() -> log.add("task")));
    assertEquals(1, loop.runOnce(0));
    assertEquals(5, log.size());
  }

  @Test
  void stop_ofASleepingLoop_endsIt() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    awaitAsleep(thread);
    loop.stop();
    join(thread);
    assertTrue(loop.isStopping());
  }

  @Test
  void stop_ofASpinningLoop_endsIt() throws Exception {
    for (int round = 0; round < 200; round++) {
      EventLoop loop = open(options().withSpin(Duration.ofNanos(200_000)));
      Thread thread = start(loop);
      CountDownLatch begun = new CountDownLatch(1);
      loop.execute(begun::countDown);
      await(begun);
      loop.stop();
      join(thread);
    }
  }

  @Test
  void runOnceForEver_ofASpinningLoop_isEndedByStop() throws Exception {
    EventLoop loop = open(options().withSpin(Duration.ofNanos(HOUR)));
    Thread thread =
        start(
            loop,
            "spinner",
            () -> {
              try {
                int _ = loop.runOnce(-1);
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Deadline.forThe("spinning").await(() -> probe.waits() > 100);
    loop.stop();
    join(thread);
  }

  @Test
  void stop_beforeRun_makesItReturnAtOnce() throws Exception {
    EventLoop loop = open();
    loop.stop();
    loop.execute(() -> log.add("task"));
    loop.run();
    assertEquals(List.of(), log);
    loop.close();
    assertEquals(List.of("task"), log); // accepted, so run
  }

  @Test
  void stop_withinAHandler_endsRunAfterTheTurn() throws Exception {
    EventLoop loop = open();
    for (String name : List.of("a", "b")) {
      Watch watch = watch(loop, name);
      watch.then(() -> {
        loop.stop();
        loop.closeLater(watch);
      });
    }
    loop.run();
    assertEquals(List.of("a", "a.dispose", "b", "b.dispose"), log.stream().sorted().toList());
  }

  @Test
  void wakeups_ofManyTasks_coalesce() throws Exception {
    EventLoop loop = open();
    long waits = probe.waits();
    Thread thread = start(loop);
    Deadline.forThe("first wait")
        .await(() -> probe.waits() > waits); // a thread sleeps elsewhere too
    awaitAsleep(thread);
    CountDownLatch last = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    long before = probe.count("write");
    loop.execute(() -> {
      try {
        await(go); // nobody sleeps meanwhile
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    for (int i = 0; i < 1000; i++) {
      loop.execute(() -> {});
    }
    loop.execute(last::countDown);
    go.countDown();
    await(last);
    long writes = probe.count("write") - before;
    assertTrue(writes >= 1 && writes <= 3, "writes: " + writes);
  }
}
