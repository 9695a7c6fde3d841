package dev.pollux.loop;

/**
 * Told by a {@link Watchdog} of loops in trouble. Threads: the watchdog's. What a method throws is
 * logged and forgotten.
 */
public interface WatchdogListener {

  /** A loop is stuck: once for each time it is. */
  void blocked(BlockedLoop incident);

  /** A loop spins: once, until it has stopped. */
  void spinning(SpinningLoop incident);

  /**
   * A loop that was reported goes on as it should.
   *
   * @param what what was reported: "blocked in" a handler, or "spinning"
   * @param afterNanos for how long it did so, to within the interval of the checks
   */
  void recovered(EventLoop loop, String what, long afterNanos);

  /** Writes warnings to the platform's logger {@code dev.pollux.loop}. */
  static WatchdogListener logging() {
    return new LoggingListener();
  }
}
