package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.TaskQueue.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The bounded queue, by itself: capacity, order, and its close against producers. */
class TaskQueueTest {

  private static final Runnable NOTHING = new AtomicInteger()::get;

  @Test
  void offers_atTheCapacityAndOnePast_areTakenAndRefused() {
    TaskQueue queue = new TaskQueue(4);
    for (int round = 0; round < 3; round++) { // around the ring
      for (int i = 0; i < 4; i++) {
        assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING));
        assertEquals(i + 1, queue.size());
      }
      assertEquals(Outcome.FULL, queue.offer(NOTHING));
      assertSame(NOTHING, queue.poll());
      assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING));
      assertEquals(Outcome.FULL, queue.offer(NOTHING));
      for (int i = 0; i < 4; i++) {
        assertSame(NOTHING, queue.poll());
      }
      assertNull(queue.poll());
      assertTrue(queue.isEmpty());
    }
  }

  @Test
  void tasks_ofOneThread_comeInTheirOrder() {
    TaskQueue queue = new TaskQueue(8);
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      tasks.add(() -> assertTrue(number >= 0));
      assertEquals(Outcome.ACCEPTED, queue.offer(tasks.getLast()));
    }
    tasks.forEach(task -> assertSame(task, queue.poll()));
  }

  @Test
  void close_ofAQueueWithTasks_refusesMoreAndGivesWhatItHas() {
    TaskQueue queue = new TaskQueue(2);
    assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING));
    queue.close();
    queue.close();
    assertEquals(Outcome.CLOSED, queue.offer(NOTHING));
    assertEquals(1, queue.size());
    assertSame(NOTHING, queue.poll());
    assertTrue(queue.isEmpty());
    assertEquals(Outcome.CLOSED, queue.offer(NOTHING));
  }

  /** Producers race with the consumer, and in the middle with close. */
  @RepeatedTest(40)
  void producers_againstCloseAndAConsumer_loseNothingAndRepeatNothing() throws Exception {
    int producers = 3;
    int each = 2_000;
    TaskQueue queue = new TaskQueue(16);
    AtomicIntegerArray ran = new AtomicIntegerArray(producers * each);
    AtomicIntegerArray accepted = new AtomicIntegerArray(producers * each);
    AtomicInteger disorder = new AtomicInteger();
    int[] last = new int[producers]; // the consumer's
    CyclicBarrier begin = new CyclicBarrier(producers + 1);
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(begin);
                produce(queue, producer, each, last, ran, accepted, disorder);
              }));
    }
    await(begin);
    Deadline deadline = Deadline.forThe("tasks");
    int taken = 0;
    int closeAt = producers * each / 2;
    boolean closed = false;
    while (!closed || !queue.isEmpty()) {
      Runnable task = queue.poll();
      if (task != null) {
        task.run();
        taken++;
      } else {
        Thread.onSpinWait();
        deadline.check();
      }
      if (!closed && taken >= closeAt) {
        queue.close();
        closed = true;
      }
    }
    for (Thread thread : threads) {
      LoopCase.join(thread);
    }
    assertNull(queue.poll());
    for (int i = 0; i < ran.length(); i++) {
      assertEquals(accepted.get(i), ran.get(i), "task " + i);
    }
    assertEquals(0, disorder.get());
  }

  private static void produce(
      TaskQueue queue,
      int producer,
      int each,
      int[] last,
      AtomicIntegerArray ran,
      AtomicIntegerArray accepted,
      AtomicInteger disorder) {
    for (int i = 1; i <= each; i++) {
      int number = i;
      int slot = producer * each + i - 1;
      Runnable task =
          () -> {
            ran.incrementAndGet(slot);
            if (last[producer] >= number) {
              disorder.incrementAndGet();
            }
            last[producer] = number;
          };
      Outcome outcome = queue.offer(task);
      while (outcome == Outcome.FULL) {
        Thread.onSpinWait();
        outcome = queue.offer(task);
      }
      if (outcome == Outcome.CLOSED) {
        return;
      }
      accepted.incrementAndGet(slot);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      int _ = barrier.await();
    } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
