package dev.pollux.model;

/** How time passes in a kernel, and how a call waits for it: with threads, or virtually. */
interface Clock {

  /** Monotonic nanoseconds. */
  long now();

  /** What timers go by: the same, but on a host of a network the network's time. */
  default long timerNow() {
    return now();
  }

  /** When a timer is to run that is due at a time of this clock. */
  default long timerTime(long atNanos) {
    return atNanos;
  }

  /** The sleeper of the thread that makes the call. */
  Sleeper sleeper();

  /**
   * Waits until the sleeper may return, or the time is {@code deadline}; with threads, the kernel's
   * lock is free meanwhile.
   */
  void sleep(Sleeper sleeper, long deadline);

  /** There is a new earliest timer: those who sleep must look again. */
  void timersChanged();

  /** Whether a thread is blocked in a call, and nothing has come yet that ends it. */
  boolean isAsleep(Thread thread);

  /** Interrupts the call that a thread is blocked in; false if it is not blocked. */
  boolean interrupt(Thread thread);
}
