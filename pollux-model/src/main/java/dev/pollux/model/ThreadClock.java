package dev.pollux.model;

import java.util.IdentityHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Real threads: a call that blocks waits on a condition of the kernel's lock.
 *
 * <p>No thread belongs to the kernel. Timers are run by whoever is in it: a call that enters, or
 * one that sleeps, which wakes for the earliest timer.
 */
final class ThreadClock implements Clock {

  private final LongSupplier nanos;
  private final Timers timers;

  /** Freed with its thread. */
  private final ThreadLocal<Place> ofThread;

  private final IdentityHashMap<Thread, Place> sleeping = new IdentityHashMap<>();

  private record Place(Sleeper sleeper, Condition condition) {}

  ThreadClock(ReentrantLock lock, LongSupplier nanos, Timers timers) {
    this.nanos = nanos;
    this.timers = timers;
    this.ofThread =
        ThreadLocal.withInitial(() -> {
          Condition condition = lock.newCondition();
          return new Place(new Sleeper(condition), condition);
        });
  }

  @Override
  public long now() {
    return nanos.getAsLong();
  }

  @Override
  public Sleeper sleeper() {
    return ofThread.get().sleeper;
  }

  @Override
  public void sleep(Sleeper sleeper, long deadline) {
    Thread thread = Thread.currentThread();
    Place place = ofThread.get();
    sleeping.put(thread, place);
    boolean interrupted = false;
    try {
      while (!sleeper.mayReturn()) {
        long now = now();
        while (timers.runDue(now)) {
          now = now();
        }
        if (sleeper.mayReturn() || now >= deadline) {
          return;
        }
        Timer timer = timers.first();
        long until = timer == null ? deadline : Math.min(deadline, timer.atNanos);
        try {
          await(place.condition, until, now);
        } catch (InterruptedException e) {
          interrupted = true; // Java's interrupts mean nothing to a system call
        }
      }
    } finally {
      sleeping.remove(thread);
      if (interrupted) {
        thread.interrupt();
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private static void await(Condition condition, long until, long now) throws InterruptedException {
    if (until == Kernel.FOREVER) {
      condition.await();
    } else {
      long _ = condition.awaitNanos(until - now);
    }
  }

  @Override
  public void timersChanged() {
    for (Place place : sleeping.values()) {
      place.sleeper.signal();
    }
  }

  @Override
  public boolean isAsleep(Thread thread) {
    Place place = sleeping.get(thread);
    return place != null && !place.sleeper.mayReturn();
  }

  @Override
  public boolean interrupt(Thread thread) {
    Place place = sleeping.get(thread);
    if (place != null) {
      place.sleeper.interrupt();
    }
    return place != null;
  }
}
