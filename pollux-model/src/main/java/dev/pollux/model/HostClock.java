package dev.pollux.model;

/**
 * The clock of one host of a {@link ModelNetwork}: it may be ahead of the network's time or behind
 * it, and go faster or slower. Nothing blocks on it: programs there take turns.
 */
final class HostClock implements Clock {

  private static final long MILLION = 1_000_000;

  /** Later than anything happens: 73 years. */
  private static final long FAR = Long.MAX_VALUE / 4;

  private final VirtualClock time;
  private final long startNanos; // of the network's time: the host is switched on, and drift begins
  private final long skewNanos;
  private final long driftPpm;
  private final Sleeper sleeper = new Sleeper(null);

  HostClock(VirtualClock time, long skewNanos, long driftPpm) {
    this.time = time;
    this.startNanos = time.now();
    this.skewNanos = skewNanos;
    this.driftPpm = driftPpm;
  }

  @Override
  public long now() {
    return at(time.now());
  }

  /** What it says at a moment of the network's time. */
  long at(long moment) {
    if (driftPpm == 0) {
      return moment + skewNanos;
    }
    long on = moment - startNanos;
    return moment + skewNanos + on / MILLION * driftPpm + on % MILLION * driftPpm / MILLION;
  }

  @Override
  public long timerNow() {
    return time.now();
  }

  /** The first moment at which this clock says so, or later. */
  @Override
  public long timerTime(long atNanos) {
    if (atNanos >= FAR) {
      return atNanos;
    }
    if (driftPpm == 0) {
      return atNanos - skewNanos;
    }
    long wanted = atNanos - skewNanos;
    long moment = wanted - (wanted - startNanos) / (MILLION + driftPpm) * driftPpm;
    while (at(moment) < atNanos) {
      moment += Math.max(1, (atNanos - at(moment)) / 2);
    }
    while (at(moment - 1) >= atNanos) {
      moment -= Math.max(1, (at(moment) - atNanos) / 2);
    }
    return moment;
  }

  @Override
  public Sleeper sleeper() {
    return sleeper;
  }

  @Override
  public void sleep(Sleeper waiting, long deadline) {
    if (!waiting.mayReturn()) {
      throw new IllegalStateException(
          waiting + " would block a host of a network, where only event loops run, by turns");
    }
  }

  @Override
  public void timersChanged() {
    // Nobody sleeps.
  }

  @Override
  public boolean isAsleep(Thread thread) {
    return false;
  }

  @Override
  public boolean interrupt(Thread thread) {
    return false;
  }
}
