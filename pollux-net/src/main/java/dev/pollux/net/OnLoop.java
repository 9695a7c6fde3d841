package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Runs things on a loop from wherever one is. */
final class OnLoop {

  /** Something that makes system calls. */
  @FunctionalInterface
  interface Task {
    void run() throws SysException;
  }

  private static final long LEAST_PAUSE_NANOS = 10_000; // 10 us
  private static final long MOST_PAUSE_NANOS = 1_000_000; // 1 ms

  /** How often one who waits for a loop looks whether its thread lives. */
  private static final long LOOK_AGAIN_NANOS = 100_000_000; // 100 ms

  /** Whose thread has been away from a loop for so long may not come back to it. */
  static final long AWAY_NANOS = 1_000_000_000; // 1 s

  private OnLoop() {}

  /**
   * Runs a task on a loop and waits for it; on the loop's own thread, at once. If the loop's thread
   * has ended, the calling thread stands in for it. An interrupt of the caller is kept for later.
   *
   * @return false if the loop is closed, and the task was not run
   */
  static boolean run(EventLoop loop, Task task) throws SysException {
    return run(loop, task, Long.MAX_VALUE);
  }

  /**
   * As {@link #run}, but waits no longer for a loop whose thread lives and has been away from it
   * for {@link #AWAY_NANOS}: the task is run when the loop is run again or closed, unless its queue
   * is full besides.
   *
   * @return whether the task was run
   */
  static boolean runUnlessAway(EventLoop loop, Task task) throws SysException {
    return run(loop, task, AWAY_NANOS);
  }

  private static boolean run(EventLoop loop, Task task, long awayNanos) throws SysException {
    if (loop.inLoop()) {
      task.run();
      return true;
    }
    Errand errand = new Errand(loop, task);
    while (!isRunAbandoned(loop, errand) && !post(loop, errand, awayNanos)) {
      boolean away = awayNanos < Long.MAX_VALUE && loop.isOwned() && !loop.isRunning();
      if (away || loop.isClosed()) {
        return false;
      }
      Thread.onSpinWait(); // the queue is full, and somebody else stands in for the loop's thread
    }
    return errand.await(loop, awayNanos);
  }

  /** A task that somebody waits for. It is done by the loop, or by whom the loop falls to. */
  private static final class Errand implements Runnable {
    private final Task task;
    private final Lock lock;
    private final Condition done;
    private boolean begun; // of the loop's owner, whoever that is
    private boolean isDone; // by the lock
    private @Nullable Throwable thrown;

    Errand(EventLoop loop, Task task) {
      this.task = task;
      this.lock = loop.options().threads().newLock();
      this.done = lock.newCondition();
    }

    @Override
    public void run() {
      if (begun) {
        return;
      }
      begun = true;
      Throwable caught = null;
      try {
        task.run();
      } catch (Throwable t) {
        caught = t;
      }
      lock.lock();
      try {
        isDone = true;
        thrown = caught;
        done.signalAll();
      } finally {
        lock.unlock();
      }
    }

    boolean await(EventLoop loop, long awayNanos) throws SysException {
      boolean interrupted = false;
      long away = 0;
      try {
        while (true) {
          try {
            if (isDoneWithin(LOOK_AGAIN_NANOS)) {
              rethrowWhatWasThrown();
              return true;
            }
            away = isRunAbandoned(loop, this) || loop.isRunning() ? 0 : away + LOOK_AGAIN_NANOS;
            if (away >= awayNanos) {
              return false;
            }
          } catch (InterruptedException _) {
            interrupted = true;
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private boolean isDoneWithin(long nanos) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        while (!isDone && left > 0) {
          left = done.awaitNanos(left);
        }
        return isDone;
      } finally {
        lock.unlock();
      }
    }

    private void rethrowWhatWasThrown() throws SysException {
      if (thrown instanceof SysException sys) {
        throw sys;
      }
      rethrow(thrown);
    }
  }

  /** Runs it here, if the loop's thread has ended and the loop is not closed. */
  private static boolean isRunAbandoned(EventLoop loop, Errand errand) {
    return !loop.isClosed() && loop.runAbandoned(errand);
  }

  /**
   * Has a task run on a loop, at once on its own thread. Where the loop's queue is full it waits
   * for room, up to 1 ms at a time: this is for what must not be lost. False if the loop is closed,
   * or if its queue is full and nobody would make room: its thread has ended, or has been away from
   * it for {@link #AWAY_NANOS}.
   */
  static boolean post(EventLoop loop, Runnable task) {
    return post(loop, task, AWAY_NANOS);
  }

  /** As {@link #post}, but waits as long as the loop's thread lives, wherever that is. */
  static boolean postParking(EventLoop loop, Runnable task) {
    return post(loop, task, Long.MAX_VALUE);
  }

  private static boolean post(EventLoop loop, Runnable task, long awayNanos) {
    if (loop.inLoop()) {
      task.run();
      return true;
    }
    boolean interrupted = false;
    long pause = LEAST_PAUSE_NANOS;
    long away = 0;
    boolean accepted = loop.offer(task);
    while (!accepted && !loop.isClosed() && loop.isOwned() && away < awayNanos) {
      loop.options().threads().pause(pause);
      interrupted |= Thread.interrupted(); // or else parking takes no time
      away = loop.isRunning() ? 0 : away + pause;
      pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
      accepted = loop.offer(task);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return accepted;
  }

  /** Throws what was kept of an unchecked kind, if there is any, when the rest is done. */
  static void rethrow(@Nullable Throwable kept) {
    if (kept instanceof Error error) {
      throw error;
    }
    if (kept instanceof RuntimeException runtime) {
      throw runtime;
    }
  }
}
