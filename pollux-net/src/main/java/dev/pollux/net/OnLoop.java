package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

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

  private OnLoop() {}

  /**
   * Runs a task on a loop and waits for it; on the loop's own thread, at once. If the loop's thread
   * has ended, the calling thread stands in for it. Does nothing if the loop is closed. An
   * interrupt of the caller is kept for later.
   */
  static void run(EventLoop loop, Task task) throws SysException {
    if (loop.inLoop()) {
      task.run();
      return;
    }
    Errand errand = new Errand(task);
    while (!isRunAbandoned(loop, errand) && !post(loop, errand)) {
      if (loop.isClosed()) {
        return;
      }
      Thread.onSpinWait(); // the queue is full, and somebody else stands in for the loop's thread
    }
    errand.await(loop);
  }

  /** A task that somebody waits for. It is done by the loop, or by whom the loop falls to. */
  private static final class Errand implements Runnable {
    private final Task task;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private boolean begun; // of the loop's owner, whoever that is

    Errand(Task task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (begun) {
        return;
      }
      begun = true;
      try {
        task.run();
        done.complete(null);
      } catch (Throwable t) {
        done.completeExceptionally(t);
      }
    }

    void await(EventLoop loop) throws SysException {
      boolean interrupted = false;
      try {
        while (true) {
          try {
            var _ = done.get(LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS);
            return;
          } catch (TimeoutException _) {
            boolean _ = isRunAbandoned(loop, this); // if so, it is done now
          } catch (InterruptedException _) {
            interrupted = true;
          } catch (ExecutionException e) {
            throw unwrapped(e);
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Runs it here, if the loop's thread has ended and the loop is not closed. */
  private static boolean isRunAbandoned(EventLoop loop, Errand errand) {
    return !loop.isClosed() && loop.runAbandoned(errand);
  }

  /**
   * Has a task run on a loop, at once on its own thread. Where the loop's queue is full it waits
   * for room: this is for what must not be lost. False if the loop is closed, or if its queue is
   * full and its thread has ended, so that nobody would make room.
   */
  static boolean post(EventLoop loop, Runnable task) {
    if (loop.inLoop()) {
      task.run();
      return true;
    }
    while (!loop.offer(task)) {
      if (loop.isClosed() || !loop.isOwned()) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  /**
   * As {@link #post}, for threads that may wait long: where the queue is full it parks, up to 1 ms
   * at a time.
   */
  static boolean postParking(EventLoop loop, Runnable task) {
    if (loop.inLoop()) {
      task.run();
      return true;
    }
    long pause = LEAST_PAUSE_NANOS;
    while (!loop.offer(task)) {
      if (loop.isClosed() || !loop.isOwned()) {
        return false;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
    }
    return true;
  }

  private static SysException unwrapped(ExecutionException e) throws SysException {
    Throwable cause = e.getCause();
    if (cause instanceof SysException sys) {
      throw sys;
    }
    if (cause instanceof RuntimeException runtime) {
      throw runtime;
    }
    throw new IllegalStateException(e);
  }
}
