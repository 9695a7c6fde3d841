package dev.pollux.sim;

import dev.pollux.loop.Threads;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/** The threads of one life of a host. */
final class SimThreads implements Threads {

  private final Sim sim;
  private final Host host;
  private final int life;
  private final Random random;

  SimThreads(Sim sim, Host host, Random random) {
    this.sim = sim;
    this.host = host;
    this.life = host.life();
    this.random = random;
  }

  @Override
  public Thread start(Thread.Builder builder, Runnable code) {
    if (!host.isLiving(life)) {
      throw new IllegalStateException("this life of " + host + " is over");
    }
    Strand strand =
        new Strand(sim, host, sim.baton(), new Random(random.nextLong()), builder, code);
    sim.schedule().add(strand);
    return strand.thread();
  }

  @Override
  public Lock newLock() {
    return new SimLock(this);
  }

  @Override
  public void pause(long nanos) {
    await("a pause", () -> false, later(nanos), true);
  }

  /** As {@link Thread#sleep}. */
  void sleep(Duration time) throws InterruptedException {
    await("a sleep", () -> false, sim.later(time), true);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public void join(Thread thread) throws InterruptedException {
    Strand waiting = sim.baton().holder();
    if (waiting == null) {
      finish(thread);
      return;
    }
    waiting.await(() -> !sim.schedule().isSeated(thread), Long.MAX_VALUE, true);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** A loop, or the test, waits for an end: threads alone may bring it. */
  private void finish(Thread thread) throws InterruptedException {
    try {
      sim.schedule().finish(thread, sim.run());
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The time after so much. */
  long later(long nanos) {
    return sim.later(Duration.ofNanos(Math.max(0, nanos)));
  }

  long nowNanos() {
    return later(0);
  }

  /** Whether the host is down, or lives another life. */
  boolean isOver() {
    return !host.isLiving(life);
  }

  /** Who may have a lock now: a thread that lives, a loop, or the test. */
  Object currentOwner() {
    Strand strand = sim.baton().holder();
    if (strand != null) {
      strand.requireAlive();
      return strand;
    }
    Seat loop = sim.schedule().current();
    return loop == null ? sim : loop;
  }

  /**
   * Waits until something is so, or until a time, or, if it may be, until it is interrupted.
   *
   * @throws IllegalStateException not on a thread of the simulation: nobody else may stand still
   */
  void await(String what, BooleanSupplier until, long atMostNanos, boolean isInterruptible) {
    Strand strand = sim.baton().holder();
    if (strand == null) {
      String why = host + ": a loop would stand still in " + what + ": only threads may wait";
      sim.fail(why); // also where somebody catches it
      throw new IllegalStateException(why);
    }
    strand.await(until, atMostNanos, isInterruptible);
  }
}
