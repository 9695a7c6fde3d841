package dev.pollux.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A timer that can be scheduled again and again without allocating.
 *
 * <p>It runs its action once for each time that it is scheduled. For a period, the action schedules
 * the timer anew, for {@link #deadlineNanos} plus the period.
 *
 * <p>Ownership: a scheduled timer belongs to one {@link TimerWheel}, until it runs or is cancelled;
 * then any wheel may take it.
 *
 * <p>Threads: none but that of the wheel, or of the event loop that has the wheel.
 */
public final class LoopTimer {

  /** Not in a wheel. */
  static final int NO_SLOT = -1;

  /** The neighbours in the circular list of the slot; the timer itself while in no list. */
  LoopTimer previous = this;

  LoopTimer next = this;

  /** In a slot, the tick when it is due; in the list of due timers, the round that put it there. */
  long tick;

  long deadlineNanos;
  int slot = NO_SLOT;

  /** The wheel that it is scheduled on. */
  @Nullable TimerWheel wheel;

  private final Runnable action;

  /**
   * A timer that is not scheduled.
   *
   * @param action runs on the thread that expires the wheel. It may schedule and cancel any timer
   *     of that wheel, this one as well
   */
  public LoopTimer(Runnable action) {
    this.action = Objects.requireNonNull(action, "action");
  }

  /** Whether it will run: true from being scheduled until just before its action, or cancelled. */
  public boolean isScheduled() {
    return wheel != null;
  }

  /**
   * The deadline it was scheduled for last, as given; it stays after that. 0 before the first time.
   */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** What it runs. */
  Runnable action() {
    return action;
  }

  void run() {
    action.run();
  }
}
