package dev.pollux.loop;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whose a loop is: none's at first, then one thread's for good. Threads: any. */
final class LoopOwner {

  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

  /** Makes a thread the owner before it runs, so that nobody takes the loop for free meanwhile. */
  void assign(Thread owner) {
    thread.set(owner);
  }

  /**
   * Makes the calling thread the owner, unless another is.
   *
   * @param loop how to call the loop
   */
  void claim(Object loop) {
    Thread current = Thread.currentThread();
    Thread owner = thread.get();
    if (owner == null) {
      owner = thread.compareAndExchange(null, current); // two may come at once
    }
    if (owner != null && !owner.equals(current)) {
      throw belongsTo(loop, owner, current);
    }
  }

  /** As {@link #claim}, but also takes over from an owner that has ended, or never began. */
  void inherit(Object loop) {
    Thread current = Thread.currentThread();
    Thread owner = thread.get();
    if (owner != null && !owner.equals(current)) {
      if (owner.isAlive()) { // once it is not, all it did is seen here
        throw belongsTo(loop, owner, current);
      }
      boolean _ = thread.compareAndSet(owner, current);
    }
    claim(loop);
  }

  /** Whether the loop is the calling thread's. */
  boolean isCurrent() {
    Thread owner = thread.get();
    return owner != null && owner.equals(Thread.currentThread());
  }

  /** Whether the loop is nobody else's. */
  boolean isCurrentOrNone() {
    Thread owner = thread.get();
    return owner == null || owner.equals(Thread.currentThread());
  }

  /** Whether it was a thread's that has ended, or that has not begun. */
  boolean isOver() {
    Thread owner = thread.get();
    return owner != null && !owner.isAlive(); // once it is not, all it did is seen here
  }

  private static IllegalStateException belongsTo(Object loop, Thread owner, Thread current) {
    return new IllegalStateException(
        loop + " belongs to thread " + owner.getName() + ", not to " + current.getName());
  }
}
