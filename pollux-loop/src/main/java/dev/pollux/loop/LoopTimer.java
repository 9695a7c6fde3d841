package dev.pollux.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 * <p>Threads: that of the wheel. An event loop's timer may be scheduled and cancelled by the loop's
 * methods from any thread; the methods here are for the loop's.
 */
public final class LoopTimer {

  private static final VarHandle CANCELS;
  private static final VarHandle LINK;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CANCELS = lookup.findVarHandle(LoopTimer.class, "cancels", int.class);
      LINK = lookup.findVarHandle(LoopTimer.class, "link", LoopTimer.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

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

  /** How often it was cancelled by a loop, by whatever thread. By CANCELS. */
  private volatile int cancels;

  /** What {@link #cancels} was when it was scheduled; if that has changed, it must not run. */
  int armed;

  /**
   * In the stack of {@link LoopTimers}: the next timer, the timer itself if it is the last; null if
   * it is not there. Who makes it not null may push it.
   */
  volatile @Nullable LoopTimer link;

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
    return wheel != null && isArmed();
  }

  /**
   * The deadline it was scheduled for last, as given; it stays after that. 0 before the first time.
   */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** What a schedule that is called now has to show when it is done. Any thread. */
  int ticket() {
    return cancels;
  }

  /** Makes all that was scheduled before void, also what is still on its way. Any thread. */
  void cancelled() {
    int _ = (int) CANCELS.getAndAdd(this, 1);
  }

  /** Whether it was not cancelled since it was scheduled. */
  boolean isArmed() {
    return armed == cancels;
  }

  /** Whether the caller is to push it on its loop's stack: it is not there yet. Any thread. */
  boolean claimLink() {
    return LINK.compareAndSet(this, null, this);
  }

  /** What it runs. */
  Runnable action() {
    return action;
  }

  void run() {
    action.run();
  }
}
