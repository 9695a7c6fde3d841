package dev.pollux.loop;

import dev.pollux.poll.Backend;
import org.jspecify.annotations.Nullable;

/**
 * The limits and habits of an {@link EventLoop}; start from {@link #DEFAULT}.
 *
 * @param name the loop's name, and its thread's
 * @param backend the backend of its poller; null for the best there is
 * @param taskCapacity how many tasks may wait to run; one more is rejected. A power of two
 * @param tasksPerTurn how many tasks one turn runs at most
 * @param timersPerTurn how many timers one turn runs at most
 * @param eventsPerWait how many events one wait reports at most
 * @param tickNanos the resolution of timers: they are never early and at most this late
 * @param spinNanos how long the loop looks for events without sleeping before it sleeps: latency
 *     for processor time; 0 sleeps at once
 * @param errorHandler told of failed tasks and timers
 */
public record LoopOptions(
    String name,
    @Nullable Backend backend,
    int taskCapacity,
    int tasksPerTurn,
    int timersPerTurn,
    int eventsPerWait,
    long tickNanos,
    long spinNanos,
    LoopErrorHandler errorHandler) {

  /** What a loop does unless told otherwise. */
  public static final LoopOptions DEFAULT =
      new LoopOptions(
          "loop",
          null,
          1 << 14, // 16,384
          1 << 10, // 1,024
          1 << 10, // 1,024
          256,
          TimerWheel.DEFAULT_TICK_NANOS,
          0,
          LoopErrorHandler.logging());

  /** Checks every limit. */
  public LoopOptions {
    if (Integer.bitCount(taskCapacity) != 1 || taskCapacity < 2) {
      throw new IllegalArgumentException(
          "taskCapacity: " + taskCapacity + " is not a power of two from 2 on");
    }
    require(tasksPerTurn >= 1, "tasksPerTurn", tasksPerTurn, 1);
    require(timersPerTurn >= 1, "timersPerTurn", timersPerTurn, 1);
    require(eventsPerWait >= 1, "eventsPerWait", eventsPerWait, 1);
    require(tickNanos >= 1, "tickNanos", tickNanos, 1);
    require(spinNanos >= 0, "spinNanos", spinNanos, 0);
  }

  /** As this, by another name. */
  public LoopOptions withName(String newName) {
    return new LoopOptions(
        newName,
        backend,
        taskCapacity,
        tasksPerTurn,
        timersPerTurn,
        eventsPerWait,
        tickNanos,
        spinNanos,
        errorHandler);
  }

  /** As this, on another backend; null for the best there is. */
  public LoopOptions withBackend(@Nullable Backend newBackend) {
    return new LoopOptions(
        name,
        newBackend,
        taskCapacity,
        tasksPerTurn,
        timersPerTurn,
        eventsPerWait,
        tickNanos,
        spinNanos,
        errorHandler);
  }

  /** As this, with other bounds on the tasks that wait and that one turn runs. */
  public LoopOptions withTasks(int newTaskCapacity, int newTasksPerTurn) {
    return new LoopOptions(
        name,
        backend,
        newTaskCapacity,
        newTasksPerTurn,
        timersPerTurn,
        eventsPerWait,
        tickNanos,
        spinNanos,
        errorHandler);
  }

  /** As this, with another resolution of timers and another bound on those of a turn. */
  public LoopOptions withTimers(long newTickNanos, int newTimersPerTurn) {
    return new LoopOptions(
        name,
        backend,
        taskCapacity,
        tasksPerTurn,
        newTimersPerTurn,
        eventsPerWait,
        newTickNanos,
        spinNanos,
        errorHandler);
  }

  /** As this, with another size of a batch of events. */
  public LoopOptions withEventsPerWait(int newEventsPerWait) {
    return new LoopOptions(
        name,
        backend,
        taskCapacity,
        tasksPerTurn,
        timersPerTurn,
        newEventsPerWait,
        tickNanos,
        spinNanos,
        errorHandler);
  }

  /** As this, spinning for so long before it sleeps. */
  public LoopOptions withSpin(long newSpinNanos) {
    return new LoopOptions(
        name,
        backend,
        taskCapacity,
        tasksPerTurn,
        timersPerTurn,
        eventsPerWait,
        tickNanos,
        newSpinNanos,
        errorHandler);
  }

  /** As this, telling somebody else of failed tasks. */
  public LoopOptions withErrorHandler(LoopErrorHandler newErrorHandler) {
    return new LoopOptions(
        name,
        backend,
        taskCapacity,
        tasksPerTurn,
        timersPerTurn,
        eventsPerWait,
        tickNanos,
        spinNanos,
        newErrorHandler);
  }

  private static void require(boolean right, String what, long value, long least) {
    if (!right) {
      throw new IllegalArgumentException(what + ": " + value + " is less than " + least);
    }
  }
}
