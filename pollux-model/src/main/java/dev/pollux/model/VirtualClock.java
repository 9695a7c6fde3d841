package dev.pollux.model;

/**
 * Virtual time: it stands still while the program runs, and waiting moves it to the next thing that
 * happens. Nothing blocks a thread.
 */
final class VirtualClock implements Clock {

  private static final long START = Kernel.NANOS_PER_SECOND;

  private final Timers timers;
  private final Sleeper sleeper = new Sleeper(null);

  /** Changed under the kernel's lock, read by anybody. */
  private volatile long now = START;

  private boolean asleep;

  VirtualClock(Timers timers) {
    this.timers = timers;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public Sleeper sleeper() {
    return sleeper;
  }

  @Override
  public void sleep(Sleeper waiting, long deadline) {
    if (timers.isRunning()) {
      throw new IllegalStateException("a scheduled action must not block: " + waiting);
    }
    asleep = true;
    try {
      while (!waiting.mayReturn()) {
        Timer timer = timers.first();
        if (timer == null && deadline == Kernel.FOREVER) {
          throw new DeadlockException(
              waiting + " waits for ever: no timer, segment or scheduled action is left");
        }
        if (timer == null || timer.atNanos > deadline) {
          now = Math.max(now, deadline);
          return;
        }
        now = Math.max(now, timer.atNanos);
        boolean _ = timers.runDue(now);
      }
    } finally {
      asleep = false;
    }
  }

  /** Lets time pass without waiting for anything. */
  void advance(long nanos) {
    long until = now + nanos;
    Timer timer = timers.first();
    while (timer != null && timer.atNanos <= until) {
      now = Math.max(now, timer.atNanos);
      boolean _ = timers.runDue(now);
      timer = timers.first();
    }
    now = until;
  }

  /** Lets time pass up to a moment, if that is not over. */
  void moveTo(long nanos) {
    now = Math.max(now, nanos);
  }

  @Override
  public void timersChanged() {
    // Nobody sleeps while something happens.
  }

  @Override
  public boolean isAsleep(Thread thread) {
    return asleep && !sleeper.mayReturn();
  }

  /** There is one call at a time, whatever thread makes it. */
  @Override
  public boolean interrupt(Thread thread) {
    if (asleep) {
      sleeper.interrupt();
    }
    return asleep;
  }
}
