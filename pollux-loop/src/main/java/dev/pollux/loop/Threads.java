package dev.pollux.loop;

import java.util.concurrent.locks.Lock;

/**
 * How code beside loops runs and waits, for layers above: on threads of the virtual machine, or in
 * a simulation on threads of which one runs at a time, by turns that a seed chooses.
 *
 * <p>What waits by these locks, conditions and pauses alone can be simulated; what waits by
 * anything else stands still there.
 *
 * <p>Threads: any.
 */
public interface Threads {

  /**
   * Starts a thread.
   *
   * @param builder its name, and whether it is virtual
   */
  Thread start(Thread.Builder builder, Runnable code);

  /** A reentrant lock, whose conditions are what a thread waits for. */
  Lock newLock();

  /** Lets about so much time pass, or less if the thread is interrupted. */
  void pause(long nanos);

  /** Waits until a thread has ended that was {@linkplain #start started} here. */
  void join(Thread thread) throws InterruptedException;

  /** Those of the virtual machine. */
  static Threads jvm() {
    return JvmThreads.INSTANCE;
  }
}
