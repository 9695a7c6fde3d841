package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.Mailbox.Outcome;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The mailbox by itself: capacity, order, its close against producers, and who wakes the loop. */
class MailboxTest {

  private static final Runnable NOTHING = new AtomicInteger()::get;

  private final Poller poller = open();

  private static Poller open() {
    try {
      return Poller.open(ModelSys.threads(System::nanoTime));
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  private Mailbox mailbox(int capacity) {
    LoopMeter meter = new LoopMeter("test", 0);
    return new Mailbox(capacity, poller, meter, null); // no task throws
  }

  @AfterEach
  void close() {
    poller.close();
  }

  @Test
  void offers_atTheCapacityAndOnePast_areTakenAndRefused() {
    Mailbox queue = mailbox(4);
    for (int round = 0; round < 3; round++) { // around the ring
      for (int i = 0; i < 4; i++) {
        assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING, Mailbox.AT_ONCE));
        assertEquals(i + 1, queue.size());
      }
      assertEquals(Outcome.FULL, queue.offer(NOTHING, Mailbox.AT_ONCE));
      assertSame(NOTHING, queue.poll());
      assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING, Mailbox.AT_ONCE));
      assertEquals(Outcome.FULL, queue.offer(NOTHING, Mailbox.AT_ONCE));
      for (int i = 0; i < 4; i++) {
        assertSame(NOTHING, queue.poll());
      }
      assertNull(queue.poll());
      assertTrue(queue.isEmpty());
    }
  }

  @Test
  void tasks_ofOneThread_comeInTheirOrder() {
    Mailbox queue = mailbox(8);
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      tasks.add(() -> assertTrue(number >= 0));
      assertEquals(Outcome.ACCEPTED, queue.offer(tasks.getLast(), Mailbox.AT_ONCE));
    }
    tasks.forEach(task -> assertSame(task, queue.poll()));
  }

  @Test
  void close_ofAQueueWithTasks_refusesMoreAndGivesWhatItHas() {
    Mailbox queue = mailbox(2);
    assertEquals(Outcome.ACCEPTED, queue.offer(NOTHING, Mailbox.AT_ONCE));
    queue.shut();
    queue.shut();
    assertEquals(Outcome.CLOSED, queue.offer(NOTHING, Mailbox.AT_ONCE));
    assertEquals(1, queue.size());
    assertSame(NOTHING, queue.poll());
    assertTrue(queue.isEmpty());
    assertEquals(Outcome.CLOSED, queue.offer(NOTHING, Mailbox.AT_ONCE));
  }

  /** Producers race with the consumer, and in the middle with close. */
  @RepeatedTest(40)
  void producers_againstCloseAndAConsumer_loseNothingAndRepeatNothing() throws Exception {
    int producers = 3;
    int each = 2_000;
    Mailbox queue = mailbox(16);
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
        queue.shut();
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

  @Test
  void deadlines_aroundTheEndOfASleep_areLateIfBefore() {
    Mailbox mailbox = mailbox(2);
    long timeout = 1_000_000;
    long[] moments = {
      0,
      1,
      -1,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      Long.MAX_VALUE - timeout, // the sleep ends where "for ever" stands
      Long.MAX_VALUE - timeout / 2, // the clock wraps in the sleep
      Long.MIN_VALUE - timeout, // the sleep ends where "awake" stands
      Long.MIN_VALUE - timeout / 2,
    };
    for (long now : moments) {
      long end = now + timeout;
      assertFalse(mailbox.isLate(Mailbox.AT_ONCE), "before the sleep");
      assertTrue(mailbox.sleeps(end));
      assertTrue(mailbox.isLate(end - 1), "now " + now);
      assertTrue(mailbox.isLate(Mailbox.AT_ONCE), "now " + now);
      if (end != Long.MAX_VALUE && end + 1 != Long.MIN_VALUE) { // there it may wake for nothing
        assertFalse(mailbox.isLate(end + timeout), "now " + now);
      }
      mailbox.awake();
      assertFalse(mailbox.isLate(Mailbox.AT_ONCE), "after the sleep");
    }
  }

  @Test
  void deadlines_againstASleepForEver_areAllLate() {
    Mailbox mailbox = mailbox(2);
    assertTrue(mailbox.sleeps(Mailbox.FOR_EVER));
    for (long deadline : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertTrue(mailbox.isLate(deadline));
    }
  }

  @Test
  void sleep_withATaskThere_isNotToBe() {
    Mailbox mailbox = mailbox(2);
    assertEquals(Outcome.ACCEPTED, mailbox.offer(NOTHING, Mailbox.AT_ONCE));
    assertFalse(mailbox.sleeps(Mailbox.FOR_EVER));
  }

  /** Those who filled the queue may have failed as they woke the loop. */
  @Test
  void offer_toAFullQueueOfASleepingLoop_wakesIt() throws Exception {
    Mailbox mailbox = mailbox(1);
    assertTrue(mailbox.sleeps(Mailbox.FOR_EVER));
    assertEquals(Outcome.ACCEPTED, mailbox.offer(NOTHING, Mailbox.AT_ONCE));
    Events events = new Events(1);
    assertEquals(0, poller.await(events, -1)); // so far the wake-up of the first
    assertEquals(Outcome.FULL, mailbox.offer(NOTHING, Mailbox.AT_ONCE));
    Thread sleeper =
        Thread.ofPlatform()
            .daemon()
            .start(() -> assertDoesNotThrow(() -> poller.await(events, -1)));
    LoopCase.join(sleeper);
  }

  private static void produce(
      Mailbox queue,
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
      Outcome outcome = queue.offer(task, Mailbox.AT_ONCE);
      while (outcome == Outcome.FULL) {
        Thread.onSpinWait();
        outcome = queue.offer(task, Mailbox.AT_ONCE);
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
