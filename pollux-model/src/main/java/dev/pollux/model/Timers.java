package dev.pollux.model;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The timers of the kernel, earliest first. */
final class Timers {

  /** So many may be cancelled, and lie here until their time comes, before it is looked. */
  private static final int MANY = 32;

  private final PriorityQueue<Timer> queue = new PriorityQueue<>();
  private int cancelled; // of those in the queue
  private long sequence;
  private boolean running;

  Timer add(long atNanos, Runnable action) {
    if (cancelled > MANY && cancelled > queue.size() / 2) {
      queue.removeIf(timer -> !timer.isPending());
      cancelled = 0;
    }
    Timer timer = new Timer(this, atNanos, sequence++, action);
    queue.add(timer);
    return timer;
  }

  void cancelled() {
    cancelled++;
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
      cancelled--;
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
