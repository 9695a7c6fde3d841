package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.Mailbox.Outcome;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.sys.SysException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The mailbox between two steps: of a producer, of a loop that falls asleep, of a wake-up. */
class MailboxStepsTest {

  private static final int CAPACITY = 2;
  private static final int TRIES = 500_000; // a store that is no fence shows within some 50,000
  private static final long HOUR = 3_600_000_000_000L; // of virtual time
  private static final long SPUN_NANOS = 5_000_000; // more processor time than a close takes
  private static final Runnable NOTHING = new AtomicInteger()::get;

  private static final VarHandle TAIL;
  private static final VarHandle SLOTS;

  static {
    try {
      var lookup = MethodHandles.privateLookupIn(Mailbox.class, MethodHandles.lookup());
      TAIL = lookup.findVarHandle(Mailbox.class, "tail", long.class);
      SLOTS = lookup.findVarHandle(Mailbox.class, "slots", Object[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ModelSys sys = ModelSys.virtual(1, Faults.none());
  private final Poller poller = open(sys);
  private final Mailbox mailbox =
      new Mailbox(CAPACITY, poller, new LoopMeter("test", 0), null); // no task throws

  private static Poller open(ModelSys sys) {
    try {
      return Poller.open(sys);
    } catch (SysException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    poller.close();
  }

  /** A producer's first step: the slot is its own. */
  private int claim() {
    return (int) ((long) TAIL.getAndAdd(mailbox, 2L) / 2) & (CAPACITY - 1);
  }

  /** Its second: the task is in the slot. */
  private void store(int slot, Runnable task) {
    ((Object[]) SLOTS.get(mailbox))[slot] = task;
  }

  /** The slot held a task before, which must not come again. */
  @Test
  void slot_claimedAndNotStored_isContentAndNotTaken() {
    for (int i = 0; i < CAPACITY; i++) {
      assertEquals(Outcome.ACCEPTED, mailbox.offer(NOTHING, Mailbox.AT_ONCE));
      assertSame(NOTHING, mailbox.poll());
    }
    int slot = claim();
    assertNull(mailbox.poll());
    assertFalse(mailbox.isEmpty());
    assertEquals(1, mailbox.size());
    assertFalse(mailbox.isQuiet());
    assertFalse(mailbox.sleeps(Mailbox.FOR_EVER));
    mailbox.awake();
    Runnable task = new AtomicInteger()::get;
    store(slot, task);
    assertSame(task, mailbox.poll());
    assertTrue(mailbox.isEmpty());
  }

  @Test
  void close_whileATaskIsBeingStored_runsItAndWhatFollows() throws Exception {
    List<String> ran = new ArrayList<>();
    int slot = claim();
    assertEquals(Outcome.ACCEPTED, mailbox.offer(() -> ran.add("second"), Mailbox.AT_ONCE));
    Thread closer = Thread.ofPlatform().daemon().start(() -> mailbox.close(CAPACITY));
    Deadline.forThe("close").await(this::isShut);
    long shutAt = processorNanos(closer);
    Deadline.forThe("end of the close, or more processor time than that takes")
        .await(() -> !closer.isAlive() || processorNanos(closer) - shutAt > SPUN_NANOS);
    store(slot, () -> ran.add("first"));
    LoopCase.join(closer);
    assertEquals(List.of("first", "second"), ran);
  }

  private boolean isShut() {
    return ((long) TAIL.getVolatile(mailbox) & 1) != 0;
  }

  private static long processorNanos(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
  }

  /**
   * The loop says that it sleeps and looks for tasks, the producer adds one and looks for a sleep:
   * at the same moment, again and again. Time is virtual, so a wait that nobody ends is an hour.
   */
  @Test
  void offer_againstALoopThatFallsAsleep_isSeenOrWakesIt() throws Exception {
    Meeting meeting = new Meeting();
    Thread producer =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              for (int i = 0; i < TRIES; i++) {
                meeting.await();
                Outcome _ = mailbox.offer(NOTHING, Mailbox.AT_ONCE);
                meeting.await();
              }
            });
    Events events = new Events(1);
    for (int i = 0; i < TRIES; i++) {
      meeting.await();
      for (int pause = i % 8; pause > 0; pause--) {
        Thread.onSpinWait();
      }
      boolean isAsleep = mailbox.sleeps(Mailbox.FOR_EVER);
      meeting.await();
      long before = sys.nanoTime();
      assertEquals(0, poller.await(events, isAsleep ? HOUR : 0));
      assertEquals(before, sys.nanoTime(), "try " + i + ": asleep over a task");
      mailbox.awake();
      assertSame(NOTHING, mailbox.poll());
    }
    LoopCase.join(producer);
  }

  /** Two threads that wait for each other, awake. */
  private static final class Meeting {
    private static final int PATIENCE = 100; // looks before the processor is left to the other

    private final AtomicInteger arrived = new AtomicInteger();

    @SuppressWarnings("ThreadPriorityCheck") // with one processor the other would wait for a tick
    void await() {
      int meeting = arrived.getAndIncrement() / 2;
      Deadline deadline = null;
      for (int looks = 0; arrived.get() / 2 == meeting; looks++) {
        if (looks < PATIENCE) {
          Thread.onSpinWait();
          continue;
        }
        Thread.yield();
        if (deadline == null) {
          deadline = Deadline.forThe("other thread");
        }
        deadline.check();
      }
    }
  }

  @Test
  void wakeup_asked_isSeenBySpinningUntilItIsTaken() {
    assertTrue(mailbox.isQuiet());
    assertFalse(mailbox.takeWake());
    mailbox.wakeup();
    assertFalse(mailbox.isQuiet());
    assertTrue(mailbox.takeWake());
    assertTrue(mailbox.isQuiet());
    assertFalse(mailbox.takeWake(), "it would keep a spinning loop from every sleep");
  }
}
