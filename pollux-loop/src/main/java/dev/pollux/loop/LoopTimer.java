package dev.pollux.loop;

/** A timer that can be scheduled again and again without allocating. */
public final class LoopTimer {

  private final Runnable action;

  /** A timer that is not scheduled. */
  public LoopTimer(Runnable action) {
    this.action = action;
  }

  /** When it runs. */
  public long deadlineNanos() {
    return 0;
  }

  void run() {
    action.run();
  }
}
