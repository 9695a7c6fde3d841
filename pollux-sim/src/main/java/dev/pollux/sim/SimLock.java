package dev.pollux.sim;

import java.util.ArrayDeque;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A reentrant lock of simulated threads; the loops may have it, but not wait for it. */
final class SimLock implements Lock {

  private final SimThreads threads;
  private @Nullable Object owner; // a thread, a loop, or the test
  private int holds;

  SimLock(SimThreads threads) {
    this.threads = threads;
  }

  private Object me() {
    return threads.currentOwner();
  }

  private boolean isFree() {
    return owner == null;
  }

  private void awaitFree(long until, boolean isInterruptible) {
    threads.await("a lock that " + owner + " has", this::isFree, until, isInterruptible);
  }

  @Override
  public void lock() {
    while (!tryLock()) {
      awaitFree(Long.MAX_VALUE, false);
    }
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    throwIfInterrupted();
    while (!tryLock()) {
      awaitFree(Long.MAX_VALUE, true);
      throwIfInterrupted();
    }
  }

  @Override
  public boolean tryLock() {
    Object me = me();
    boolean is = isFree() || me.equals(owner);
    if (is) {
      owner = me;
      holds++;
    }
    return is;
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    throwIfInterrupted();
    long until = threads.later(unit.toNanos(time));
    while (!tryLock()) {
      if (threads.nowNanos() >= until) {
        return false;
      }
      awaitFree(until, true);
      throwIfInterrupted();
    }
    return true;
  }

  @Override
  public void unlock() {
    if (threads.isOver()) {
      return; // whoever is ended has it, or had to have it again
    }
    requireMine();
    if (--holds == 0) {
      owner = null;
    }
  }

  private void requireMine() {
    if (!me().equals(owner)) {
      throw new IllegalMonitorStateException("not the owner of the lock: " + me());
    }
  }

  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public Condition newCondition() {
    return new Waiters();
  }

  private static final class Waiter {
    final long until;
    boolean isSignalled;

    Waiter(long until) {
      this.until = until;
    }
  }

  /** Those that wait, first come, first served. */
  private final class Waiters implements Condition {

    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();

    /** Waits without the lock; whether it was signalled. */
    private boolean isSignalled(long until, boolean isInterruptible) throws InterruptedException {
      requireMine();
      if (isInterruptible) {
        throwIfInterrupted();
      }
      Object me = me();
      int held = holds;
      Waiter waiter = new Waiter(until);
      waiting.add(waiter);
      owner = null;
      holds = 0;
      try {
        threads.await("a condition", () -> waiter.isSignalled, until, isInterruptible);
        while (!isFree()) {
          awaitFree(Long.MAX_VALUE, false);
        }
      } finally {
        boolean _ = waiting.remove(waiter);
        owner = me;
        holds = held;
      }
      if (isInterruptible && !waiter.isSignalled) {
        throwIfInterrupted();
      }
      return waiter.isSignalled;
    }

    @Override
    public void await() throws InterruptedException {
      boolean _ = isSignalled(Long.MAX_VALUE, true);
    }

    @Override
    public void awaitUninterruptibly() {
      try {
        boolean _ = isSignalled(Long.MAX_VALUE, false);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      long until = threads.later(nanos);
      boolean _ = isSignalled(until, true);
      return until - threads.nowNanos();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      return isSignalled(threads.later(unit.toNanos(time)), true);
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException("dates are not simulated; wait for a time");
    }

    @Override
    public void signal() {
      requireMine();
      for (Waiter waiter : waiting) {
        if (!waiter.isSignalled && waiter.until > threads.nowNanos()) { // else it is too late
          waiter.isSignalled = true;
          return;
        }
      }
    }

    @Override
    public void signalAll() {
      requireMine();
      waiting.forEach(waiter -> waiter.isSignalled = true);
    }
  }
}
