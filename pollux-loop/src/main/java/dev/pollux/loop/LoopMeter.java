package dev.pollux.loop;

import dev.pollux.poll.Events;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a loop does, and shows what it is doing. Reads no clock and allocates nothing, unless
 * a flight recording wants to know more.
 *
 * <p>Threads: written by the loop's; {@link #stats}, {@link #rejected} and the accessors for the
 * {@link Watchdog} from any. Counters are written with opaque mode, and the number of turns with
 * release: a reader that acquires it sees all that the turns before the last one counted did.
 */
final class LoopMeter {

  /** Where the JDK has no flight recorder, or nobody uses it, nothing of it is touched. */
  private static final boolean HAS_RECORDER = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private static final int TURNS = 0;
  private static final int WAITS = 1;
  private static final int EMPTY_WAKEUPS = 2;
  private static final int EVENTS = 3;
  private static final int TASKS = 4;
  private static final int TIMERS = 5;
  private static final int FAILURES = 6;
  private static final int BUSY_NANOS = 7;
  private static final int WAIT_NANOS = 8;
  private static final int TASK_HIGH_WATER = 9;
  private static final int PROGRESS = 10;
  private static final int COUNTER_COUNT = 11;

  private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SAMPLE;

  static {
    try {
      SAMPLE =
          MethodHandles.lookup().findVarHandle(LoopMeter.class, "askedSample", SpinSample.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final long openedNanos;
  private final CurrentWork current = new CurrentWork();
  private final long[] counters = new long[COUNTER_COUNT];
  private final AtomicLong rejected = new AtomicLong(); // by any thread
  private final HistogramRecorder eventsPerWait = new HistogramRecorder();
  private final HistogramRecorder lag = new HistogramRecorder();
  private final HistogramRecorder turn = new HistogramRecorder();
  private final HistogramRecorder timerLate = new HistogramRecorder();

  /** What the watchdog wants to have counted; see {@link #sample}. */
  @SuppressWarnings("UnusedVariable") // it is used by its handle
  private @Nullable SpinSample askedSample;

  // Of the loop's thread alone, since the last wait.
  private @Nullable SpinSample sample;
  private @Nullable LoopTrace trace;
  private boolean looksClosely;
  private long wokenNanos;
  private int foundCount;
  private int eventCount;
  private int taskCount;
  private int timerCount;
  private boolean hasWaited;

  LoopMeter(String name, long nowNanos) {
    this.name = name;
    this.openedNanos = nowNanos;
    this.trace = traceIfWanted();
  }

  /** Not before somebody records anything: the flight recorder takes time and memory to start. */
  private @Nullable LoopTrace traceIfWanted() {
    return HAS_RECORDER && FlightRecorder.isInitialized() ? new LoopTrace(name) : null;
  }

  /** A turn begins: phase 1. */
  void turn(long nowNanos, int queuedTasks) {
    if (!hasWaited && counters[TURNS] == 0) {
      wokenNanos = nowNanos;
    }
    if (foundCount > 0) {
      lag.record(nowNanos - wokenNanos);
      foundCount = 0;
    }
    if (queuedTasks > counters[TASK_HIGH_WATER]) {
      COUNTER.setOpaque(counters, TASK_HIGH_WATER, (long) queuedTasks);
    }
    COUNTER.setRelease(counters, TURNS, counters[TURNS] + 1); // pairs with stats' getAcquire
  }

  /** A task or a handler is about to run, not for an event. */
  void enter(Object work) {
    current.set(work, CurrentWork.NO_FD);
    if (looksClosely) {
      look(work, null);
    }
  }

  /** A timer is about to run, so long after its deadline. */
  void timer(LoopTimer timer, long lateNanos) {
    timerLate.record(lateNanos);
    enter(timer);
  }

  /** A handler is about to run for the event that the batch stands at. */
  void event(LoopHandler handler, Events events) {
    eventCount++;
    current.set(handler, events.registration().fd());
    if (looksClosely) {
      look(handler, events);
    }
  }

  /** Nothing of the user's runs any more in this turn. */
  void leave() {
    current.set(null, CurrentWork.NO_FD);
    if (looksClosely) {
      lookAway();
    }
  }

  void tasks(int count) {
    taskCount += count;
    add(TASKS, count);
  }

  void timers(int count) {
    timerCount += count;
    add(TIMERS, count);
  }

  void failed() {
    add(FAILURES, 1);
  }

  /** The handler that runs got something done. */
  void progressed() {
    add(PROGRESS, 1);
  }

  /** A task was not accepted. Any thread. */
  void rejected() {
    long _ = rejected.incrementAndGet();
  }

  /** The wait begins: phase 6. */
  void waits(long nowNanos) {
    leave();
    long busyNanos = nowNanos - wokenNanos;
    turn.record(busyNanos);
    add(BUSY_NANOS, busyNanos);
    add(EVENTS, eventCount);
    try {
      if (trace != null) {
        trace.waits(eventCount, taskCount, timerCount);
      } else {
        trace = traceIfWanted();
      }
    } catch (Throwable _) {
      lookNoMore();
    }
    eventCount = 0;
    taskCount = 0;
    timerCount = 0;
    wokenNanos = nowNanos;
  }

  /** The wait is over: phase 7. */
  void woke(int count, boolean mayBlock, long nowNanos) {
    add(WAIT_NANOS, nowNanos - wokenNanos);
    wokenNanos = nowNanos;
    foundCount = count;
    hasWaited = true;
    if (count > 0) {
      eventsPerWait.record(count);
    }
    if (mayBlock) {
      add(WAITS, 1);
      add(EMPTY_WAKEUPS, count == 0 ? 1 : 0);
    }
    SpinSample asked = (SpinSample) SAMPLE.getAcquire(this); // pairs with sample's setRelease
    sample = asked != null && asked.waited() ? asked : null;
    looksClosely = sample != null;
    try {
      if (trace != null) {
        trace.woke(count, mayBlock);
        looksClosely |= trace.wantsWork();
      }
    } catch (Throwable _) {
      lookNoMore();
    }
  }

  /** The loop looks for events without sleeping. */
  void spins() {
    try {
      if (trace != null) {
        trace.spins();
      }
    } catch (Throwable _) {
      lookNoMore();
    }
  }

  void spun(int count) {
    try {
      if (trace != null) {
        trace.spun(count);
      }
    } catch (Throwable _) {
      lookNoMore();
    }
  }

  /** A snapshot. Any thread. */
  LoopStats stats(long nowNanos) {
    long turns = (long) COUNTER.getAcquire(counters, TURNS); // pairs with turn's setRelease
    return new LoopStats(
        name,
        nowNanos - openedNanos,
        turns,
        counter(WAITS),
        counter(EMPTY_WAKEUPS),
        counter(EVENTS),
        counter(TASKS),
        counter(TIMERS),
        rejected.getOpaque(),
        counter(FAILURES),
        counter(BUSY_NANOS),
        counter(WAIT_NANOS),
        counter(TASK_HIGH_WATER),
        eventsPerWait.snapshot(),
        lag.snapshot(),
        turn.snapshot(),
        timerLate.snapshot());
  }

  /** Whether the loop's handlers say what they get done. Any thread. */
  boolean isToldOfProgress() {
    return counter(PROGRESS) > 0;
  }

  /** What the loop is doing. Any thread. */
  CurrentWork current() {
    return current;
  }

  /** How many turns were begun. Any thread. */
  long turns() {
    return counter(TURNS);
  }

  /** Has the next turns sampled; null ends it. Any thread. */
  void sample(@Nullable SpinSample newSample) {
    SAMPLE.setRelease(
        this, newSample); // pairs with woke's getAcquire: it is made before it is seen
  }

  private void look(Object work, @Nullable Events events) {
    lookAway();
    try {
      if (trace != null && trace.wantsWork()) {
        trace.begins(work, events == null ? CurrentWork.NO_FD : events.registration().fd());
      }
      if (sample != null && events != null) {
        sample.begins(events, counters[PROGRESS]);
      }
    } catch (Throwable _) {
      lookNoMore();
    }
  }

  private void lookAway() {
    try {
      if (trace != null) {
        trace.ends();
      }
      if (sample != null) {
        sample.ends(counters[PROGRESS]);
      }
    } catch (Throwable _) {
      lookNoMore();
    }
  }

  /** Looking takes memory. Where there is none the loop goes on, unseen until the next wait. */
  private void lookNoMore() {
    trace = null;
    sample = null;
    looksClosely = false;
  }

  private void add(int counter, long amount) {
    COUNTER.setOpaque(counters, counter, counters[counter] + amount);
  }

  private long counter(int counter) {
    return (long) COUNTER.getOpaque(counters, counter);
  }
}
