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
  private static final int OUT_OF_MEMORY_PAUSE_MILLIS = 10;

  private final Sys sys;
  private final Poller poller;
  private final long spinNanos;
  private final TaskQueue tasks;
  private final LoopMeter meter;
  private final Events events;
  private long wokenNanos;

  /** Until when the loop means to sleep, {@link #AWAKE} or {@link #FOR_EVER}. */
  private volatile long sleepUntilNanos = AWAKE;

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

  /**
   * Waits, unless there are tasks.
   *
   * @param nowNanos the clock
   * @return how many events there are
   */
  int await(long timeoutNanos, long nowNanos) throws SysException {
    long timeout = timeoutNanos;
    int count = 0;
    if (timeout != 0) {
      sleepUntilNanos = timeout < 0 ? FOR_EVER : nowNanos + timeout;
      if (!tasks.isEmpty()) {
        timeout = 0;
      } else if (spinNanos > 0) {
        count = spin(timeout, nowNanos);
        timeout = tasks.isEmpty() ? timeout : 0;
      }
    }
    if (count == 0) {
      count = sleep(timeout);
    }
    sleepUntilNanos = AWAKE;
    wokenNanos = sys.nanoTime();
    meter.waited(count, timeout != 0, nowNanos, wokenNanos);
    return count;
  }

  /** Looks for events without sleeping, for as long as the options say. */
  private int spin(long timeoutNanos, long startNanos) throws SysException {
    long limit = timeoutNanos < 0 ? spinNanos : Math.min(spinNanos, timeoutNanos);
    int count = 0;
    while (count == 0 && tasks.isEmpty() && sys.nanoTime() - startNanos < limit) {
      Thread.onSpinWait();
      count = sleep(0);
    }
    return count;
  }

  private int sleep(long timeoutNanos) throws SysException {
    try {
      return poller.wait(events, timeoutNanos);
    } catch (SysException e) {
      if (e.errno() != Errno.ENOMEM) {
        throw e;
      }
      // poll and select copy their tables in the kernel. Somebody has to give memory back first.
      int _ = sys.poll(0, 0, OUT_OF_MEMORY_PAUSE_MILLIS);
      return 0;
    } catch (ClosedPollerException e) {
      throw new IllegalStateException("the loop's poller was closed by somebody else", e);
    }
  }
}
