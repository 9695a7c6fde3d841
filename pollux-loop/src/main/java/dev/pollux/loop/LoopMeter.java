package dev.pollux.loop;

/** Counts what a loop does. Threads: written by the loop's, read by any. */
final class LoopMeter {

  private long turns;
  private long waits;
  private long emptyWakeups;
  private long events;
  private long tasks;
  private long timers;
  private long failures;
  private long busyNanos;
  private long waitNanos;
  private long lastWakeNanos;

  /** A turn begins. */
  void turn(long nowNanos) {
    if (turns++ == 0) {
      lastWakeNanos = nowNanos;
    }
  }

  /** A task, a timer or a handler is about to run. */
  void enter(Object work) {}

  /** A handler is about to run for an event. */
  void event(LoopHandler handler, int fd) {
    events++;
  }

  /** Nothing runs any more in this turn. */
  void leave() {}

  void tasks(int count) {
    tasks += count;
  }

  void timers(int count) {
    timers += count;
  }

  void failed() {
    failures++;
  }

  /** A wait is over. */
  void waited(int count, boolean mayBlock, long beforeNanos, long afterNanos) {
    busyNanos += beforeNanos - lastWakeNanos;
    waitNanos += afterNanos - beforeNanos;
    lastWakeNanos = afterNanos;
    if (mayBlock) {
      waits++;
      emptyWakeups += count == 0 ? 1 : 0;
    }
  }

  LoopStats stats(String name) {
    return new LoopStats(
        name, turns, waits, emptyWakeups, events, tasks, timers, failures, busyNanos, waitNanos);
  }
}
