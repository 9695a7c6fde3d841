package dev.pollux.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a loop: a bounded queue that any thread adds to and one thread takes from.
 *
 * <p>A ring of slots. A producer claims a slot by moving {@code tail} with a compare-and-set, and
 * then publishes its task in it; the consumer takes what is published, in the order of the claims.
 * A claimed slot that is not published yet counts as content, so the queue is not empty and the
 * loop does not go to sleep over it.
 *
 * <p>{@code tail} counts in steps of two: its lowest bit says that the queue is closed. So the last
 * claim before {@link #close} is known, and no task is accepted that would never be taken.
 */
final class TaskQueue {

  /** What became of an offer. */
  enum Outcome {
    ACCEPTED,
    FULL,
    CLOSED
  }

  private static final long CLOSED_BIT = 1;
  private static final long STEP = 2;

  private static final VarHandle TAIL;
  private static final VarHandle HEAD;
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Runnable[].class);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(TaskQueue.class, "tail", long.class);
      HEAD = lookup.findVarHandle(TaskQueue.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Runnable[] slots;
  private final int mask;
  private volatile long tail; // by producers, compare-and-set
  private volatile long head; // by the consumer alone

  TaskQueue(int capacity) {
    this.slots = new Runnable[capacity];
    this.mask = capacity - 1;
  }

  /** Adds a task at the end, if there is room. Any thread. */
  Outcome offer(Runnable task) {
    Objects.requireNonNull(task, "task"); // null marks an empty slot: the queue would stand still
    while (true) {
      long claimed = tail;
      if ((claimed & CLOSED_BIT) != 0) {
        return Outcome.CLOSED;
      }
      long index = claimed / STEP;
      if (index - (long) HEAD.getAcquire(this) >= slots.length) { // pairs with poll's setRelease
        return Outcome.FULL;
      }
      if (TAIL.compareAndSet(this, claimed, claimed + STEP)) {
        SLOT.setRelease(slots, (int) index & mask, task); // pairs with poll's getAcquire
        return Outcome.ACCEPTED;
      }
      Thread.onSpinWait();
    }
  }

  /** Takes the first task; null if there is none, or if it is still being published. Consumer. */
  @Nullable Runnable poll() {
    int slot = (int) head & mask;
    Runnable task = (Runnable) SLOT.getAcquire(slots, slot);
    if (task != null) {
      slots[slot] = null;
      HEAD.setRelease(this, head + 1); // the slot is empty before a producer may claim it
    }
    return task;
  }

  /** Whether nothing is queued, nor being queued. Any thread. */
  boolean isEmpty() {
    return head == tail / STEP;
  }

  /** How many are queued, roughly. Any thread. */
  int size() {
    return (int) (tail / STEP - head);
  }

  /** Accepts no more; what was accepted stays to be taken. */
  void close() {
    long _ = (long) TAIL.getAndBitwiseOr(this, CLOSED_BIT);
  }
}
