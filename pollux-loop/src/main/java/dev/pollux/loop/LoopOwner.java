package dev.pollux.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread that a loop belongs to: at first the one that made this, then whom it is handed to.
 *
 * <p>A thread that is not alive, because it has ended or was never started, keeps the loop from
 * nobody: another may take over. Once a thread is seen dead, all it did is seen.
 *
 * <p>Threads: any.
 */
@SuppressWarnings("ReferenceEquality") // a thread is itself, whatever its class says of equality
final class LoopOwner {

  private static final VarHandle THREAD;

  static {
    try {
      THREAD = MethodHandles.lookup().findVarHandle(LoopOwner.class, "thread", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile Thread thread = Thread.currentThread();

  /** How many threads run something in place of an owner that is not alive, or are about to. */
  private final AtomicInteger borrowers = new AtomicInteger();

  Thread thread() {
    return thread;
  }

  boolean isCurrent() {
    return thread == Thread.currentThread();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** What {@link EventLoop#runAbandoned} does. */
  boolean runAbandoned(Runnable task) {
    Thread current = Thread.currentThread();
    borrowers.incrementAndGet(); // first: who misses the loop meanwhile waits for its return
    try {
      Thread old = thread;
      if (old.isAlive() || !THREAD.compareAndSet(this, old, current)) {
        return false;
      }
      try {
        if (old.isAlive()) {
          return false; // it was started in between
        }
        task.run();
        return true;
      } finally {
        boolean _ = THREAD.compareAndSet(this, current, old); // unless the task handed it on
      }
    } finally {
      borrowers.decrementAndGet();
    }
  }

  /** Waits until nobody borrows the loop any more, unless that is the calling thread. */
  void awaitReturn() {
    while (borrowers.get() > 0 && !isCurrent()) {
      Thread.onSpinWait();
    }
  }

  /** Gives the loop away. Volatile: the new owner sees all that the old one did. The owner's. */
  void handTo(Thread other) {
    if (other.getState() == Thread.State.TERMINATED) {
      throw new IllegalArgumentException("thread " + name(other) + " has ended already");
    }
    if (other.isVirtual()) {
      throw new IllegalArgumentException(
          "thread "
              + name(other)
              + " is virtual, and would keep its carrier while it waits: make a platform thread");
    }
    thread = other;
  }

  /**
   * Makes the calling thread the owner; false if another is, and lives. Where two come at once, one
   * of them gets it.
   */
  boolean takeOver() {
    awaitReturn();
    Thread current = Thread.currentThread();
    Thread old = thread;
    if (old == current) {
      return true;
    }
    if (old.isAlive() || !THREAD.compareAndSet(this, old, current)) {
      return false;
    }
    if (old.isAlive()) { // it was started in between, and may be at work: it stays the owner
      thread = old;
      return false;
    }
    return true; // if it is started from now on, it finds that it is not the owner
  }

  /** As {@link #takeOver}, but throws where another thread is the owner. */
  void requireTakeOver(EventLoop loop, String call) {
    if (!takeOver()) {
      throw refusal(loop, call);
    }
  }

  /** What to tell the calling thread, which is not the owner. */
  IllegalStateException refusal(EventLoop loop, String call) {
    Thread owner = thread;
    String whose =
        switch (owner.getState()) {
          case TERMINATED -> ", which has ended: use execute, or takeOver() first";
          case NEW -> ", which was not started: use execute, or takeOver() first";
          default -> ": use execute";
        };
    return new IllegalStateException(
        call
            + " on thread "
            + name(Thread.currentThread())
            + ", but "
            + loop
            + " belongs to thread "
            + name(owner)
            + whose);
  }

  /** Virtual threads have no name unless they are given one. */
  private static String name(Thread thread) {
    return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
  }
}
