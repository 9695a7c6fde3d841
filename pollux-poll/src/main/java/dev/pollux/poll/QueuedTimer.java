package dev.pollux.poll;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Clock;
import java.time.Instant;

/**
 * The expirations of a {@link TimerFd} on a kqueue: a one-shot knote of {@code EVFILT_TIMER} for
 * the next of them, and arithmetic for those behind it.
 *
 * <p>Threads: every use is synchronized on the queue.
 */
final class QueuedTimer {

  private static final int TIMER = Kevent.EVFILT_TIMER;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Sys sys;
  private final OwnedQueue own;

  private boolean isArmed; // it has a knote, whose event was not collected
  private boolean isTimeOfDay;
  private long next; // by the clock that it follows
  private long interval; // 0 for once

  QueuedTimer(Sys sys, OwnedQueue own) {
    this.sys = sys;
    this.own = own;
  }

  /** Expires after a delay, and then periodically, if the interval is not 0. */
  void arm(long delayNanos, long intervalNanos) throws SysException {
    synchronized (own) {
      disarm();
      long delay = Math.max(1, delayNanos);
      isTimeOfDay = false;
      interval = intervalNanos;
      next = sys.nanoTime() + delay;
      add(0, delay);
    }
  }

  /** Expires once, at a time of day; where a system has none such, after as long as it is until. */
  void armAt(long sinceEpochNanos) throws SysException {
    synchronized (own) {
      disarm();
      long moment = Math.max(1, sinceEpochNanos);
      try {
        add(Kevent.NOTE_ABSTIME, moment);
      } catch (SysException e) {
        if (e.errno() != Errno.EINVAL) {
          throw e;
        }
        arm(sinceEpochNanos - timeOfDay(), 0);
        return;
      }
      isTimeOfDay = true;
      interval = 0;
      next = moment;
    }
  }

  private void add(int fflags, long data) throws SysException {
    int flags = Kevent.EV_ADD | Kevent.EV_ONESHOT;
    own.with(0, TIMER, flags, Kevent.NOTE_NSECONDS | fflags, data).change();
    isArmed = true;
  }

  void disarm() throws SysException {
    synchronized (own) {
      int _ = own.number(); // or it is closed
      if (isArmed) {
        isArmed = false;
        own.with(0, TIMER, Kevent.EV_DELETE, 0, 0).change();
      }
    }
  }

  long remainingNanos() {
    synchronized (own) {
      int _ = own.number();
      long rest = next - (isTimeOfDay ? timeOfDay() : sys.nanoTime());
      boolean isPeriodic = isArmed && interval > 0;
      if (isPeriodic && rest <= 0) {
        return interval - -rest % interval;
      }
      return isArmed ? Math.max(0, rest) : 0;
    }
  }

  /** How many there were, and the next one is armed. */
  long take() throws SysException {
    synchronized (own) {
      if (!own.collect()) {
        return 0;
      }
      isArmed = false;
      if (isTimeOfDay) {
        return 1;
      }
      long late = sys.nanoTime() - next;
      long count = late < 0 ? 0 : interval == 0 ? 1 : late / interval + 1;
      if (late < 0 || interval > 0) { // early, by another clock than ours; or the next
        next += count * interval;
        add(0, Math.max(1, next - sys.nanoTime()));
      }
      return count;
    }
  }

  private static long timeOfDay() {
    Instant now = Clock.systemUTC().instant();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }
}
