package dev.pollux.loop;

/** A timer that schedules itself again before it runs its task. */
final class FixedRate implements Runnable {

  final LoopTimer timer = new LoopTimer(this);
  private final EventLoop loop;
  private final LoopTimers timers;
  private final long periodNanos;

  /** The time of the grid that it runs for next. */
  private long nextNanos;

  private final Runnable task;

  FixedRate(EventLoop loop, LoopTimers timers, long firstNanos, long periodNanos, Runnable task) {
    this.loop = loop;
    this.timers = timers;
    this.nextNanos = firstNanos;
    this.periodNanos = periodNanos;
    this.task = task;
  }

  /** The task itself. */
  Runnable task() {
    return task;
  }

  @Override
  public void run() {
    long missed = Math.max(0, loop.nowNanos() - nextNanos) / periodNanos;
    nextNanos += (missed + 1) * periodNanos;
    timers.scheduleAgain(timer, nextNanos);
    try {
      task.run();
    } catch (Throwable t) {
      loop.cancel(timer);
      throw t;
    }
  }
}
