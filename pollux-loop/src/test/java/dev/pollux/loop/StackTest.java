package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Callers that run out of stack, at every depth within a call: each is told, and the loop, its
 * queue and its timers go on.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackTest {

  private static final long STACK_BYTES = 1 << 18; // 256 KiB: reaching the end is quick
  private static final int DIVES = 12;
  private static final int SUCCESSES = 8; // of a dive, on its way up
  private static final long HOUR = 3_600_000_000_000L;

  /** Goes to the end of the stack and tries on the way up, from every frame, until it works. */
  private static final class Diver {
    private final Runnable call;
    private int succeeded;
    private int failed;

    Diver(Runnable call) {
      this.call = call;
    }

    void dive(int frames) {
      if (frames == 0) {
        down(0);
      } else {
        dive(frames - 1); // so that the ends of two dives are not at the same byte
      }
    }

    @SuppressWarnings("InfiniteRecursion") // which ends where the stack does
    private void down(long ballast) {
      try {
        down(ballast + 1);
      } catch (VirtualMachineError | LinkageError e) {
        attempt();
      }
      if (succeeded < SUCCESSES) {
        attempt();
      }
    }

    private void attempt() {
      try {
        call.run();
        succeeded++;
      } catch (VirtualMachineError | LinkageError e) { // the latter: no stack to link a call by
        failed++;
      }
    }
  }

  /** In a thread with a small stack; how often the call failed. */
  private static int exhaust(Runnable call) throws InterruptedException {
    AtomicInteger failed = new AtomicInteger();
    Thread thread =
        new Thread(
            null,
            () -> {
              for (int i = 0; i < DIVES; i++) {
                Diver diver = new Diver(call);
                try {
                  diver.dive(i);
                } catch (VirtualMachineError | LinkageError e) {
                  // where the catch of a frame had no room left
                }
                failed.addAndGet(diver.failed);
              }
            },
            "diver",
            STACK_BYTES);
    thread.start();
    LoopCase.join(thread);
    return failed.get();
  }

  private static void awaitTask(EventLoop loop) throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    Deadline deadline = Deadline.forThe("room for a task");
    while (!loop.offer(ran::countDown)) {
      deadline.check();
      Thread.onSpinWait();
    }
    assertTrue(ran.await(10, TimeUnit.SECONDS), "a task of a healthy thread did not run");
  }

  @Test
  void execute_atTheEndOfTheStack_leavesTheLoopUsable() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    AtomicInteger accepted = new AtomicInteger();
    EventLoop[] used = new EventLoop[1];
    int failed = 0;
    try (LoopGroup group =
        LoopGroup.start(
            NativeSys.open(), 1, LoopOptions.DEFAULT.withTaskCapacity(8).withTasksPerTurn(8))) {
      EventLoop loop = group.next();
      used[0] = loop;
      Runnable task = ran::incrementAndGet;
      failed +=
          exhaust(() -> {
            try {
              loop.execute(task);
              accepted.incrementAndGet();
            } catch (RejectedExecutionException e) {
              // full: the caller is told
            }
          });
      awaitTask(loop);
      failed +=
          exhaust(() -> {
            if (loop.offer(task)) {
              accepted.incrementAndGet();
            }
          });
      awaitTask(loop);
    }
    String refusal =
        assertThrows(RejectedExecutionException.class, () -> used[0].execute(() -> {}))
            .getMessage();
    assertTrue(refusal.contains("is closed"), refusal); // its words are still to be had
    assertTrue(failed > 0, "no call failed: the test shows nothing");
    assertTrue(ran.get() >= accepted.get(), ran + " ran of " + accepted);
  }

  @Test
  void scheduleAndCancel_atTheEndOfTheStack_leaveTheLoopUsable() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    LoopTimer timer = new LoopTimer(ran::incrementAndGet);
    int failed = 0;
    try (LoopGroup group =
        LoopGroup.start(
            NativeSys.open(), 1, LoopOptions.DEFAULT.withTaskCapacity(8).withTasksPerTurn(8))) {
      EventLoop loop = group.next();
      failed +=
          exhaust(() -> {
            try {
              loop.schedule(timer, HOUR);
            } catch (RejectedExecutionException e) {
              // full
            }
          });
      failed += exhaust(() -> loop.cancel(timer));
      awaitTask(loop);
      loop.cancel(timer);
      Deadline deadline = Deadline.forThe("the timers to be gone");
      CountDownLatch gone = new CountDownLatch(1);
      while (gone.getCount() > 0) { // it is taken back from the wheel, not only marked
        deadline.check();
        loop.execute(() -> {
          if (loop.timers.wheel.size() == 0) {
            gone.countDown();
          }
        });
        Thread.onSpinWait();
        awaitTask(loop);
      }
      CountDownLatch again = new CountDownLatch(1);
      loop.schedule(0, again::countDown);
      assertTrue(again.await(10, TimeUnit.SECONDS), "a timer does not run any more");
    }
    assertTrue(failed > 0, "no call failed: the test shows nothing");
    assertEquals(0, ran.get());
  }

  @Test
  void turns_atTheEndOfTheStack_loseNoTimer() throws Exception {
    EventLoop[] opened = new EventLoop[1];
    Thread opener =
        new Thread(() -> {
          try {
            opened[0] = EventLoop.open();
          } catch (SysException e) {
            throw new IllegalStateException(e);
          }
        });
    opener.start();
    LoopCase.join(opener); // so that the loop is whoever takes it
    EventLoop loop = opened[0];
    AtomicInteger scheduled = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    Runnable action = ran::incrementAndGet;
    int failed =
        exhaust(() -> {
          loop.takeOver();
          loop.schedule(0, action);
          scheduled.incrementAndGet();
          turn(loop);
        });
    loop.takeOver();
    Deadline deadline = Deadline.forThe("timers to run");
    while (loop.timers.wheel.size() > 0) {
      deadline.check();
      turn(loop);
    }
    loop.close();
    assertTrue(failed > 0, "no call failed: the test shows nothing");
    assertTrue(ran.get() >= scheduled.get(), ran + " ran of " + scheduled);
  }

  private static void turn(EventLoop loop) {
    try {
      int _ = loop.runOnce(0);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void stop_atTheEndOfTheStack_stopsOrCanBeAskedAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      EventLoop loop = EventLoop.open(NativeSys.open(), LoopOptions.DEFAULT);
      Thread thread = Thread.ofPlatform().name("loop").unstarted(loop);
      loop.handTo(thread);
      thread.start();
      int _ = exhaust(loop::stop);
      loop.stop();
      LoopCase.join(thread);
      loop.close();
    }
  }

  /** On the loop's own thread, from deep within a task. */
  @Test
  void callsOfTheLoopsThread_atTheEndOfTheStack_leaveItUsable() throws Exception {
    EventLoop loop = EventLoop.open(NativeSys.open(), LoopOptions.DEFAULT);
    AtomicInteger flushed = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    LoopHandler handler =
        new LoopHandler() {
          @Override
          public void ready(dev.pollux.poll.Event event) {}

          @Override
          public void flush() {
            flushed.incrementAndGet();
          }
        };
    LoopTimer[] timers = new LoopTimer[64];
    java.util.Arrays.setAll(timers, _ -> new LoopTimer(() -> {}));
    int[] at = {0};
    int[] failed = {0};
    Runnable calls =
        () -> {
          LoopTimer timer = timers[at[0]++ & 63];
          loop.schedule(timer, at[0] % 3 == 0 ? 0 : at[0] * 999_999L);
          loop.cancel(timers[at[0] * 7 & 63]);
          loop.flushLater(handler);
          asked.incrementAndGet();
        };
    Thread thread =
        new Thread(
            null,
            () -> {
              loop.execute(() -> {
                for (int i = 0; i < DIVES; i++) {
                  Diver diver = new Diver(calls);
                  try {
                    diver.dive(i);
                  } catch (VirtualMachineError | LinkageError e) {
                    // no room for a catch
                  }
                  failed[0] += diver.failed;
                }
                loop.timers.wheel.checkInvariants();
                loop.stop();
              });
              loop.run();
              loop.close();
            },
            "loop",
            STACK_BYTES);
    loop.handTo(thread);
    thread.start();
    LoopCase.join(thread);
    assertTrue(failed[0] > 0, "no call failed: the test shows nothing");
    assertTrue(flushed.get() >= asked.get(), flushed + " flushed of " + asked);
  }
}
