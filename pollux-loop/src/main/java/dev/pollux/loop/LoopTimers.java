package dev.pollux.loop;

import dev.pollux.sys.Sys;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a loop: its wheel, and what other threads want of it.
 *
 * <p>Other threads schedule by a task of the loop. They cancel by a mark on the timer, see {@link
 * LoopTimer#cancelled}, which needs no room in any queue; so that the timer does not stay in the
 * wheel until its deadline, it is also put on a stack, whose links are the timers themselves.
 */
final class LoopTimers {

  private static final VarHandle CANCELLED;

  static {
    try {
      CANCELLED =
          MethodHandles.lookup().findVarHandle(LoopTimers.class, "cancelled", LoopTimer.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EventLoop loop;
  private final Sys sys;
  private final LoopMeter meter;
  private final LoopFailures failures;
  final TimerWheel wheel;
  private final int timersPerTurn;
  private final TimerWheel.Runner runner = this::run;

  /** The moment of the last phase 3: what is scheduled for it is due in the next. */
  private long lastNanos;

  /** The stack of timers that other threads cancelled; pushed by any, emptied by the loop. */
  private volatile @Nullable LoopTimer cancelled;

  /** What the loop took from the stack and has not looked at yet. */
  private @Nullable LoopTimer taken;

  LoopTimers(EventLoop loop, long nowNanos, LoopMeter meter, LoopFailures failures) {
    this.loop = loop;
    this.sys = loop.sys();
    this.meter = meter;
    this.failures = failures;
    this.wheel = new TimerWheel(loop.options().tickNanos(), nowNanos);
    this.timersPerTurn = loop.options().timersPerTurn();
    this.lastNanos = nowNanos;
  }

  /** Schedules a timer; without a delay, for the next phase 3. Any thread. */
  void schedule(LoopTimer timer, long delayNanos) {
    schedule(timer, delayNanos, deadline(delayNanos));
  }

  /** Runs a task again and again, see {@link EventLoop#scheduleAtFixedRate}. Any thread. */
  LoopTimer scheduleAtFixedRate(long initialDelayNanos, long periodNanos, Runnable task) {
    if (periodNanos < 1) {
      throw new IllegalArgumentException("periodNanos: " + periodNanos + " is less than 1");
    }
    long first = deadline(initialDelayNanos);
    FixedRate periodic = new FixedRate(loop, this, first, periodNanos, task);
    schedule(periodic.timer, initialDelayNanos, first);
    return periodic.timer;
  }

  private long deadline(long delayNanos) {
    return sys.nanoTime() + Math.clamp(delayNanos, 0, Long.MAX_VALUE / 2);
  }

  private void schedule(LoopTimer timer, long delayNanos, long deadlineNanos) {
    int ticket = timer.ticket();
    if (loop.inLoop()) {
      loop.requireNotGone();
      scheduleHere(timer, delayNanos, deadlineNanos, ticket);
    } else {
      loop.submit(new Scheduling(this, timer, delayNanos, deadlineNanos, ticket), deadlineNanos);
    }
  }

  private void scheduleHere(LoopTimer timer, long delayNanos, long deadlineNanos, int ticket) {
    wheel.schedule(timer, delayNanos <= 0 ? lastNanos : deadlineNanos, ticket);
  }

  /** A schedule on its way; no lambda, which would have to be linked on a caller's last stack. */
  private record Scheduling(
      LoopTimers timers, LoopTimer timer, long delayNanos, long deadlineNanos, int ticket)
      implements Runnable {
    @Override
    public void run() {
      timers.scheduleHere(timer, delayNanos, deadlineNanos, ticket);
    }
  }

  /** Schedules a timer that has run for its next time, unless it was cancelled meanwhile. */
  void scheduleAgain(LoopTimer timer, long deadlineNanos) {
    wheel.schedule(timer, deadlineNanos, timer.armed);
  }

  /** Takes a timer back. Any thread. */
  void cancel(LoopTimer timer) {
    timer.cancelled();
    if (loop.inLoop()) {
      boolean _ = wheel.cancel(timer);
    } else if (!loop.isClosed() && timer.claimLink()) {
      boolean isPushed = false;
      try {
        push(timer);
        isPushed = true;
      } finally {
        if (!isPushed) {
          timer.link = null; // here, not in push: there may have been no stack for its frame
        }
      }
    }
  }

  /** Puts a timer on the stack, which has the only claim to its link. */
  private void push(LoopTimer timer) {
    LoopTimer top;
    do {
      top = cancelled;
      timer.link = top == null ? timer : top; // the last one is its own next
    } while (!CANCELLED.compareAndSet(this, top, timer));
  }

  /** Phase 3: runs what is due, at most so many as a turn may. How many were. */
  int run(long nowNanos) {
    lastNanos = nowNanos;
    takeBack();
    int count = wheel.expire(nowNanos, timersPerTurn, runner);
    meter.timers(count);
    return count;
  }

  /**
   * When there is more to do; {@link TimerWheel#NEVER} if nothing is left. It has passed if a timer
   * is due, or one that was cancelled still to be taken out.
   */
  long nextDeadlineNanos() {
    return taken != null ? lastNanos : wheel.nextDeadlineNanos();
  }

  /** Forgets all timers: the loop is closed. They may be scheduled on another. */
  void clear() {
    wheel.clear();
    while (taken != null || cancelled != null) {
      takeBack();
    }
  }

  /** Takes out of the wheel what other threads cancelled, as much as a turn may. */
  private void takeBack() {
    if (taken == null) {
      if (cancelled == null) {
        return;
      }
      taken = (LoopTimer) CANCELLED.getAndSet(this, null);
    }
    LoopTimer timer = taken;
    for (int i = 0; timer != null && i < timersPerTurn; i++) {
      LoopTimer next = timer.link;
      taken = next == timer ? null : next;
      timer.link = null; // volatile, before the look at its ticket: pairs with cancel's
      if (!timer.isArmed()) {
        boolean _ = wheel.cancel(timer);
      }
      timer = taken;
    }
  }

  private void run(LoopTimer timer, long lateNanos) {
    try {
      meter.timer(timer, lateNanos);
      timer.run();
    } catch (Throwable t) {
      failures.report("a timer", t);
    }
  }
}
