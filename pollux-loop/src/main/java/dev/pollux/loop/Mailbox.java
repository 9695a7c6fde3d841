package dev.pollux.loop;

import dev.pollux.poll.Poller;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What other threads send to a loop: a bounded queue of tasks, and the word that says whether the
 * loop has to be woken for them.
 *
 * <p>Threads: {@link #offer}, {@link #wakeup}, {@link #size} and {@link #isEmpty} from any thread;
 * the rest is the loop's.
 */
final class Mailbox {

  /*
   * The queue is a ring of slots. A producer claims a slot by moving the tail with a
   * compare-and-set, and then stores its task there; the loop takes what is stored, in the order of
   * the claims. A claimed slot with nothing in it yet counts as content, so the loop does not go to
   * sleep over it. The tail counts in steps of two, and its lowest bit says that the queue is
   * closed: so the last claim before that is known, and no task is accepted that would never run.
   *
   * Nothing fails half-way. A thread that runs out of stack or memory does so at a call, so nothing
   * is called between the claim and the store, nor between emptying a slot and moving the head:
   * these are stores by bytecode, and no handle's methods. That the store of a task is a plain one
   * does no harm: the loop reads the tail before it takes a task, and whoever sees a claim in the
   * tail sees all that came before it in the claiming thread, the content of the task included.
   *
   * A wake-up costs system calls on both sides, so it is left out where the loop is awake, or will
   * be in time. The loop writes sleepUntilNanos and then looks at the tail a last time; who adds a
   * task moves the tail and then reads sleepUntilNanos. All are volatile: one of the two sees the
   * other.
   */

  /** What became of an offer. */
  enum Outcome {
    ACCEPTED,
    FULL,
    CLOSED
  }

  /** The deadline of what is to be done at once. */
  static final long AT_ONCE = Long.MIN_VALUE;

  /** The deadline of a sleep without end. */
  static final long FOR_EVER = Long.MAX_VALUE;

  private static final long AWAKE = Long.MIN_VALUE;
  private static final long CLOSED_BIT = 1;
  private static final long STEP = 2;

  private static final VarHandle TAIL;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(Mailbox.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Poller poller;
  private final LoopMeter meter;
  private final LoopFailures failures;

  /** Runnables; as objects, because a store is then never checked for its type. */
  private final @Nullable Object[] slots;

  private final int mask;
  private volatile long tail; // by producers, compare-and-set
  private volatile long head; // by the loop alone

  /** Until when the loop means to sleep, {@link #AWAKE} or {@link #FOR_EVER}. */
  private volatile long sleepUntilNanos = AWAKE;

  /** A wake-up was asked for, and no spinning has seen it yet. */
  private volatile boolean wakeAsked;

  /** For so many tasks, a power of two; the poller is the one that the loop sleeps in. */
  Mailbox(int capacity, Poller poller, LoopMeter meter, LoopFailures failures) {
    this.poller = poller;
    this.meter = meter;
    this.failures = failures;
    this.slots = new Object[capacity];
    this.mask = capacity - 1;
    // The first call of a method links what it uses, which takes much stack, and what fails for
    // lack of it may fail for good: so that is done here, where there is some.
    Outcome _ = offer(this::awake, AT_ONCE);
    Runnable _ = poll();
  }

  /**
   * Adds a task, if there is room, and wakes the loop if it sleeps for longer than until the
   * deadline. What is thrown before the task is in leaves everything as it was; what a wake-up
   * throws leaves the task in, to run when the loop wakes.
   */
  Outcome offer(Runnable task, long deadlineNanos) {
    Outcome outcome = append(task);
    if (outcome == Outcome.FULL) {
      meter.rejected();
    }
    if (outcome != Outcome.CLOSED && isLate(deadlineNanos)) {
      poller.wakeup(); // full as well: those whose tasks fill it may have failed to wake the loop
    }
    return outcome;
  }

  /** As {@link #offer}, but throws unless the task is accepted. */
  void submit(EventLoop loop, Runnable task, long deadlineNanos) {
    Outcome outcome = offer(task, deadlineNanos);
    if (outcome == Outcome.FULL) {
      throw new RejectedExecutionException(
          loop + ": " + slots.length + " tasks wait already; slow down, or raise taskCapacity");
    } else if (outcome == Outcome.CLOSED) {
      throw new RejectedExecutionException(loop + " is closed");
    }
  }

  private Outcome append(Runnable task) {
    Objects.requireNonNull(task, "task"); // null marks an empty slot: the queue would stand still
    while (true) {
      long claimed = tail;
      if ((claimed & CLOSED_BIT) != 0) {
        return Outcome.CLOSED;
      }
      long index = claimed / STEP;
      if (index - head >= slots.length) {
        return Outcome.FULL;
      }
      if (TAIL.compareAndSet(this, claimed, claimed + STEP)) {
        slots[(int) index & mask] = task; // no call before this, see above
        return Outcome.ACCEPTED;
      }
      Thread.onSpinWait();
    }
  }

  /** Takes the first task; null if there is none, or if it is still being stored. */
  @Nullable Runnable poll() {
    long first = head;
    int slot = (int) first & mask;
    if (first == tail / STEP) { // volatile: shows the task whose claim it shows, see above
      return null;
    }
    Runnable task = (Runnable) SLOT.getOpaque(slots, slot);
    if (task != null) {
      slots[slot] = null;
      head = first + 1; // volatile: the slot is empty before a producer may claim it
    }
    return task;
  }

  /** Runs what is queued, at most so many. How many were. */
  int run(int limit) {
    int count = 0;
    while (count < limit) {
      Runnable task = poll();
      if (task == null) {
        break;
      }
      count++;
      try {
        meter.enter(task);
        task.run();
      } catch (Throwable t) {
        failures.report("a task", t);
      }
    }
    meter.tasks(count);
    return count;
  }

  /** Whether nothing is queued, nor being queued. */
  boolean isEmpty() {
    return head == tail / STEP;
  }

  /** How many are queued, roughly. */
  int size() {
    return (int) (tail / STEP - head);
  }

  /** Accepts no more; what was accepted stays to be taken. */
  void shut() {
    long _ = (long) TAIL.getAndBitwiseOr(this, CLOSED_BIT);
  }

  /** Accepts no more, and runs all that was accepted. */
  void close(int tasksPerRun) {
    shut();
    while (!isEmpty()) {
      if (run(tasksPerRun) == 0) {
        Thread.onSpinWait(); // one is being stored
      }
    }
  }

  /** Whether the loop sleeps beyond a deadline and has to be woken. */
  boolean isLate(long deadlineNanos) {
    long until = sleepUntilNanos;
    return until != AWAKE
        && (until == FOR_EVER || deadlineNanos == AT_ONCE || until - deadlineNanos > 0);
  }

  /** Ends the wait at hand, or the next, whatever its deadline. */
  void wakeup() {
    wakeAsked = true; // before the poller's wake-up, which spinning takes and does not see
    poller.wakeup();
  }

  /** Whether there is no reason to stop looking for events without sleeping. */
  boolean isQuiet() {
    return !wakeAsked && isEmpty();
  }

  /** Says that the loop sleeps until then; false if it must not, because something is there. */
  boolean sleeps(long untilNanos) {
    sleepUntilNanos = untilNanos == AWAKE ? AWAKE + 1 : untilNanos;
    return isEmpty();
  }

  /** Says that the loop does not sleep any more. */
  void awake() {
    sleepUntilNanos = AWAKE;
  }

  /** Whether a wake-up may have been taken by spinning; who asks later wakes the poller later. */
  boolean takeWake() {
    if (!wakeAsked) {
      return false;
    }
    wakeAsked = false;
    return true;
  }
}
