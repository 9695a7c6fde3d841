package dev.pollux.sim;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A thread of a simulated host. It runs when the run hands it the {@link Baton}. */
final class Strand extends Seat {

  private final Sim sim;
  private final Baton baton;
  private final Random random;
  private final Thread thread;
  private volatile boolean hasBaton;
  private volatile boolean isInterruptSeen; // while it waits; its flag is off then

  // What it waits for:
  private BooleanSupplier condition = () -> true;
  private long untilNanos = Long.MAX_VALUE;
  private boolean isInterruptible;
  private long readyNanos = Long.MAX_VALUE; // when it goes on, once that is so

  private boolean isKilled;
  private volatile boolean isLost; // it has not come back, and nobody waits for it
  private boolean isOver;

  Strand(Sim sim, Host host, Baton baton, Random random, Thread.Builder builder, Runnable code) {
    super(host);
    this.sim = sim;
    this.baton = baton;
    this.random = random;
    this.thread = builder.unstarted(() -> run(code));
    thread.start();
  }

  Thread thread() {
    return thread;
  }

  boolean is(Thread other) {
    return thread.equals(other);
  }

  @Override
  boolean isOver() {
    return isOver;
  }

  // ---- on the run's thread

  /** Whether what it waits for is so. */
  boolean mayGoOn() {
    // The flag first: where it is off by now, that it was seen is noted already.
    boolean isInterrupted = thread.isInterrupted() || isInterruptSeen;
    return condition.getAsBoolean() || (isInterruptible && isInterrupted);
  }

  /** Whether it may go on now, by what it waits for or by time. */
  boolean isDue(long now) {
    return untilNanos <= now || mayGoOn();
  }

  @Override
  long from(long now) {
    if (!mayGoOn()) {
      readyNanos = Long.MAX_VALUE;
      return untilNanos;
    }
    if (readyNanos == Long.MAX_VALUE) { // the processor is not its own
      long most = host.threadDelayNanos();
      readyNanos = now + (most == 0 ? 0 : random.nextLong(most + 1));
    }
    return Math.min(readyNanos, untilNanos);
  }

  @Override
  boolean turn() {
    condition = () -> false;
    untilNanos = Long.MAX_VALUE;
    readyNanos = Long.MAX_VALUE;
    baton.give(this);
    if (isOver) {
      joinReally();
    }
    return true;
  }

  /** It does nothing any more, but is still there for a moment. */
  private void joinReally() {
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it: whatever it waits for, it gets an error that is nobody's. */
  void kill() {
    isKilled = true;
    while (!isOver && !isLost) {
      boolean _ = turn();
    }
  }

  void go() {
    hasBaton = true;
    LockSupport.unpark(thread);
  }

  /** It works, or waits for something that is not of the simulation: what is said of it. */
  Baton.Stuck lose(long seconds) {
    isLost = true;
    Baton.Stuck stuck =
        new Baton.Stuck(
            thread.getName()
                + " of "
                + host
                + " has not come back in "
                + seconds
                + " s: it works, or waits for something that is not of the simulation");
    stuck.setStackTrace(thread.getStackTrace());
    return stuck;
  }

  // ---- on its own thread

  private void run(Runnable code) {
    awaitBaton();
    try {
      if (!isKilled) {
        code.run();
      }
    } catch (Throwable e) {
      if (!isKilled && !sim.run().isOver()) { // else whatever comes of its end is nobody's
        sim.reported(host + ": " + thread.getName(), e);
      }
    } finally {
      isOver = true;
      giveBack();
    }
  }

  /** An interrupt is noted, for the run to see: with its flag on a thread cannot be parked. */
  private void awaitBaton() {
    while (!hasBaton) {
      LockSupport.park(this);
      if (thread.isInterrupted()) {
        isInterruptSeen = true; // before the flag is off: one of them is always on
        boolean _ = Thread.interrupted();
      }
    }
    hasBaton = false;
    if (isInterruptSeen) {
      isInterruptSeen = false;
      thread.interrupt();
    }
  }

  /** Waits until something is so, or until a time, or for an interrupt; then it has its turn. */
  void await(BooleanSupplier until, long atMostNanos, boolean endsByInterrupt) {
    requireAlive();
    condition = until;
    untilNanos = atMostNanos;
    isInterruptible = endsByInterrupt;
    giveBack();
    awaitBaton();
    requireAlive();
  }

  private void giveBack() {
    if (!isLost) {
      baton.giveBack();
    }
  }

  /** A thread of a host that is down does nothing more. */
  void requireAlive() {
    if (isKilled || isLost) {
      throw new Killed();
    }
  }

  /** What ends the threads of a host that is down. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("the host is down", null, false, false);
    }
  }

  /** The thread's name. */
  @Override
  public String toString() {
    return thread.getName();
  }
}
