package dev.pollux.loop;

import dev.pollux.poll.Poller;
import java.util.concurrent.RejectedExecutionException;

/** The tasks of a loop on their way: accepted from any thread, run on the loop's. */
final class LoopTasks {

  private final EventLoop loop;
  private final TaskQueue queue;
  private final LoopWait waiter;
  private final Poller poller;
  private final LoopMeter meter;
  private final LoopOptions options;

  LoopTasks(EventLoop loop, TaskQueue queue, LoopWait waiter, Poller poller, LoopMeter meter) {
    this.loop = loop;
    this.queue = queue;
    this.waiter = waiter;
    this.poller = poller;
    this.meter = meter;
    this.options = loop.options();
  }

  /** As {@link #offer}, but throws unless the task is accepted. */
  void submit(Runnable task, long deadlineNanos) {
    switch (offer(task, deadlineNanos)) {
      case ACCEPTED -> {}
      case FULL -> {
        String full = options.taskCapacity() + " tasks wait already; slow down, or raise";
        throw new RejectedExecutionException(loop + ": " + full + " taskCapacity");
      }
      case CLOSED -> throw new RejectedExecutionException(loop + " is closed");
    }
  }

  /** Adds a task, and wakes the loop if it sleeps for longer than until the deadline. */
  TaskQueue.Outcome offer(Runnable task, long deadlineNanos) {
    TaskQueue.Outcome outcome = queue.offer(task);
    if (outcome == TaskQueue.Outcome.ACCEPTED && waiter.isLate(deadlineNanos)) {
      poller.wakeup();
    } else if (outcome == TaskQueue.Outcome.FULL) {
      meter.rejected();
    }
    return outcome;
  }

  /** How many wait, roughly. */
  int size() {
    return queue.size();
  }

  /** Runs what is queued, as much as a turn may. How many were. */
  int run() {
    int limit = options.tasksPerTurn();
    int count = 0;
    while (count < limit) {
      Runnable task = queue.poll();
      if (task == null) {
        break;
      }
      count++;
      meter.enter(task);
      try {
        task.run();
      } catch (Throwable t) {
        loop.report("a task", t);
      }
    }
    meter.tasks(count);
    return count;
  }

  /** Accepts no more, and runs all that was accepted. */
  void close() {
    queue.close();
    while (!queue.isEmpty()) {
      if (run() == 0) {
        Thread.onSpinWait(); // one is being published
      }
    }
  }
}
