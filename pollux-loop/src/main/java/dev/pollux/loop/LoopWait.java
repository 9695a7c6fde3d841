package dev.pollux.loop;

import dev.pollux.poll.ClosedPollerException;
import dev.pollux.poll.Events;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;

/**
 * The wait of a loop, and who may leave it asleep.
 *
 * <p>A wake-up costs system calls on both sides, so it is left out where the loop is awake, or will
 * be in time. The loop writes {@link #sleepUntilNanos} and then looks at its tasks a last time; who
 * adds a task reads it after adding. Both are volatile: one of the two sees the other.
 *
 * <p>Threads: {@link #isLate} from any thread, the rest on the loop's.
 */
final class LoopWait {

  /** The deadline of what is to be done at once. */
  static final long AT_ONCE = Long.MIN_VALUE;

  private static final long AWAKE = Long.MIN_VALUE;
  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long OUT_OF_MEMORY_PAUSE_MILLIS = 10;

  private final Sys sys;
  private final Poller poller;
  private final long spinNanos;
  private final TaskQueue tasks;
  private final LoopMeter meter;
  private final Events events;
  private long wokenNanos;

  /** Until when the loop means to sleep, {@link #AWAKE} or {@link #FOR_EVER}. */
  private volatile long sleepUntilNanos = AWAKE;

  /** A wake-up was asked for, and no spinning has seen it yet. */
  private volatile boolean wakeAsked;

  LoopWait(Sys sys, Poller poller, LoopOptions options, TaskQueue tasks, LoopMeter meter) {
    this.sys = sys;
    this.poller = poller;
    this.spinNanos = options.spinNanos();
    this.tasks = tasks;
    this.meter = meter;
    this.events = new Events(options.eventsPerWait());
  }

  /** Whether the loop sleeps beyond a deadline and has to be woken. */
  boolean isLate(long deadlineNanos) {
    long until = sleepUntilNanos;
    return until != AWAKE
        && (until == FOR_EVER || deadlineNanos == AT_ONCE || until - deadlineNanos > 0);
  }

  /** What the last wait found. */
  Events events() {
    return events;
  }

  /** When the last wait returned. */
  long wokenNanos() {
    return wokenNanos;
  }

  /** Ends the wait at hand, or the next. Any thread. */
  void wakeup() {
    wakeAsked = true; // before the poller's wake-up, which spinning takes and does not see
    poller.wakeup();
  }

  /**
   * Waits, unless there are tasks; {@link #events} then has what was found.
   *
   * @param nowNanos the clock: a positive timeout counts from there
   */
  void await(long timeoutNanos, long nowNanos) throws SysException {
    long deadline = nowNanos + timeoutNanos; // counts for a positive timeout
    boolean mayBlock = timeoutNanos != 0;
    meter.waits(nowNanos);
    int count = 0;
    if (mayBlock && spinNanos > 0) {
      count = spin(timeoutNanos, nowNanos);
    }
    if (count == 0 && mayBlock) {
      sleepUntilNanos = timeoutNanos < 0 ? FOR_EVER : deadline == AWAKE ? AWAKE + 1 : deadline;
      try {
        mayBlock = tasks.isEmpty() && !takeWake();
        count = look(mayBlock ? timeoutNanos : 0, deadline);
      } finally {
        sleepUntilNanos = AWAKE;
      }
    } else if (count == 0) {
      count = look(0, deadline);
    }
    wokenNanos = sys.nanoTime();
    meter.woke(count, mayBlock, wokenNanos);
  }

  /**
   * Looks for events without sleeping, for as long as the options say. Who adds a task meanwhile
   * need not wake the loop. Where looking takes no time, as in virtual time, it looks once.
   */
  private int spin(long timeoutNanos, long startNanos) throws SysException {
    long limit = timeoutNanos < 0 ? spinNanos : Math.min(spinNanos, timeoutNanos);
    long now = sys.nanoTime();
    long before;
    int count;
    meter.spins();
    do {
      Thread.onSpinWait();
      count = look(0, 0);
      before = now;
      now = sys.nanoTime();
    } while (count == 0
        && now - startNanos < limit
        && now != before
        && !wakeAsked
        && tasks.isEmpty());
    meter.spun(count);
    return count;
  }

  /** Whether a wake-up may have been taken by spinning. */
  private boolean takeWake() {
    if (spinNanos == 0 || !wakeAsked) {
      return false;
    }
    wakeAsked = false; // who asks after this wakes the poller after this
    return true;
  }

  private int look(long timeoutNanos, long deadlineNanos) throws SysException {
    try {
      return timeoutNanos > 0
          ? poller.awaitUntil(events, deadlineNanos)
          : poller.await(events, timeoutNanos);
    } catch (SysException e) {
      if (e.errno() != Errno.ENOMEM) {
        throw e;
      }
      // poll and select copy their tables in the kernel. Somebody has to give memory back first.
      if (timeoutNanos != 0) {
        pause(timeoutNanos < 0 ? Long.MAX_VALUE : deadlineNanos - sys.nanoTime());
      }
      return 0;
    } catch (ClosedPollerException e) {
      throw new IllegalStateException("the loop's poller was closed by somebody else", e);
    }
  }

  private void pause(long atMostNanos) {
    long millis = Math.min(OUT_OF_MEMORY_PAUSE_MILLIS, atMostNanos / NANOS_PER_MILLI);
    int _ = sys.poll(0, 0, (int) Math.max(0, millis));
  }
}
