package dev.pollux.loop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a watchdog knows of one loop. Threads: whoever checks, one at a time. */
final class LoopWatch {

  /** As many turns from one check to the next are worth a closer look. */
  static final int RESTLESS_TURNS = 100;

  /** After a look that found nothing, the next is not before. */
  static final long LOOK_AGAIN_NANOS = 1_000_000_000; // 1 s

  /** As many looks in a row have to find a culprit. */
  private static final int LOOKS = 2;

  private final EventLoop loop;
  private final LoopMeter meter;
  private final long blockedNanos;
  private final WatchdogListener listener;

  // Blocked: the work that was seen at the last check, and since when.
  private long workNumber = -1;
  private long workSinceNanos;
  private @Nullable String blockedIn;

  // Spinning.
  private long turns = -1;
  private @Nullable SpinSample sample;
  private long quietUntilNanos;
  private boolean isQuiet;
  private int suspicions;
  private long suspectSinceNanos;

  LoopWatch(EventLoop loop, long blockedNanos, WatchdogListener listener) {
    this.loop = loop;
    this.meter = loop.meter;
    this.blockedNanos = blockedNanos;
    this.listener = listener;
  }

  void check(long nowNanos) {
    checkBlocked(nowNanos);
    checkSpinning(nowNanos);
  }

  private void checkBlocked(long nowNanos) {
    CurrentWork current = meter.current();
    long number = current.number();
    if (number != workNumber) {
      String was = blockedIn;
      if (was != null) {
        blockedIn = null;
        listener.recovered(loop, "blocked in " + was, nowNanos - workSinceNanos);
      }
      workNumber = number;
      workSinceNanos = nowNanos;
      return;
    }
    boolean isChanging = (number & 1) != 0;
    if (blockedIn != null || isChanging || nowNanos - workSinceNanos < blockedNanos) {
      return;
    }
    Object work = current.work();
    int fd = current.fd();
    if (work == null) {
      return; // it sleeps, or has not begun
    }
    Thread thread = loop.owner.thread();
    StackTraceElement[] stack = thread.getStackTrace();
    if (!current.isAt(number)) {
      return; // it went on while we looked
    }
    String name = WorkNames.describe(WorkNames.subject(work));
    blockedIn = name;
    listener.blocked(
        new BlockedLoop(
            loop, name, fd, nowNanos - workSinceNanos, thread.getName(), List.of(stack)));
  }

  private void checkSpinning(long nowNanos) {
    long turnsNow = meter.turns();
    boolean isRestless = turns >= 0 && turnsNow - turns >= RESTLESS_TURNS;
    turns = turnsNow;
    SpinSample taken = sample;
    if (!isRestless) {
      stopLooking();
      settle(nowNanos);
    } else if (taken == null) {
      if (!isQuiet || nowNanos - quietUntilNanos >= 0) {
        look();
      }
    } else if (taken.isDone()) {
      stopLooking();
      judge(taken, nowNanos);
    }
  }

  private void look() {
    SpinSample begun = new SpinSample(loop.sys());
    sample = begun;
    meter.sample(begun);
  }

  private void stopLooking() {
    if (sample != null) {
      sample = null;
      meter.sample(null);
    }
  }

  private void judge(SpinSample taken, long nowNanos) {
    List<SpinningLoop.Culprit> culprits = taken.culprits(meter.isToldOfProgress());
    if (culprits.isEmpty()) {
      isQuiet = true;
      quietUntilNanos = nowNanos + LOOK_AGAIN_NANOS;
      settle(nowNanos);
      return;
    }
    isQuiet = false;
    suspectSinceNanos = suspicions == 0 ? nowNanos : suspectSinceNanos;
    suspicions = Math.min(suspicions, LOOKS) + 1; // beyond LOOKS it has been reported
    look();
    if (suspicions == LOOKS) {
      listener.spinning(new SpinningLoop(loop, SpinSample.WAITS, culprits));
    }
  }

  /** It does not spin, or no more. */
  private void settle(long nowNanos) {
    boolean wasReported = suspicions >= LOOKS;
    suspicions = 0;
    if (wasReported) {
      listener.recovered(loop, "spinning", nowNanos - suspectSinceNanos);
    }
  }
}
