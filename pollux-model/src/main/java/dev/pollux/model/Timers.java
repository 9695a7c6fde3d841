package dev.pollux.model;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The timers of the kernel, earliest first. */
final class Timers {

  private static final Comparator<Timer> ORDER =
      Comparator.<Timer>comparingLong(t -> t.atNanos).thenComparingLong(t -> t.sequence);

  private final PriorityQueue<Timer> queue = new PriorityQueue<>(ORDER);
  private long sequence;
  private boolean running;

  Timer add(long atNanos, Runnable action) {
    Timer timer = new Timer(atNanos, sequence++, action);
    queue.add(timer);
    return timer;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether a timer's action is being run: it must not wait, and no other begins within it. */
  boolean isRunning() {
    return running;
  }

  /** The earliest timer that is not cancelled. */
  @Nullable Timer first() {
    Timer timer = queue.peek();
    while (timer != null && !timer.isPending()) {
      queue.remove();
      timer = queue.peek();
    }
    return timer;
  }

  /** Runs the earliest timer if its time has come; whether it did. */
  boolean runDue(long nowNanos) {
    Timer timer = first();
    if (timer == null || timer.atNanos > nowNanos || running) {
      return false;
    }
    queue.remove();
    running = true;
    try {
      timer.run();
    } finally {
      running = false;
    }
    return true;
  }
}
