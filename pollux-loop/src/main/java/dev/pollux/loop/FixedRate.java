package dev.pollux.loop;

/** A timer that schedules itself again before it runs its task. */
final class FixedRate implements Runnable {

  final LoopTimer timer = new LoopTimer(this);
  private final EventLoop loop;
  private final long periodNanos;
  private final Runnable task;

  FixedRate(EventLoop loop, long periodNanos, Runnable task) {
    this.loop = loop;
    this.periodNanos = periodNanos;
    this.task = task;
  }

  @Override
  public void run() {
    long missed = (loop.nowNanos() - timer.deadlineNanos()) / periodNanos;
    loop.scheduleAt(timer, timer.deadlineNanos() + (missed + 1) * periodNanos);
    try {
      task.run();
    } catch (Throwable t) {
      loop.cancel(timer);
      throw t;
    }
  }
}
