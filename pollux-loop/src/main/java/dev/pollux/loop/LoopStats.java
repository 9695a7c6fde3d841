package dev.pollux.loop;

import java.util.Locale;

/**
 * What a loop has done since it was opened, or between two such moments: a snapshot.
 *
 * <p>It is taken without a lock while the loop runs. Whatever belongs to the turns counted is in
 * it; single numbers may be ahead by what the loop did while the snapshot was taken. The turn and
 * the wait that are going on are not in it yet.
 *
 * <p>The times rest on two moments of each turn, and a third where tasks, timers or flushes ran:
 * its beginning, the beginning of its wait, and the end of its wait. Spinning before a wait counts
 * as waiting. For a loop that somebody steps by {@link EventLoop#runOnce}, the time between the
 * calls counts as busy.
 *
 * @param name the loop's name
 * @param elapsedNanos how long the loop has been open, or the interval of a difference
 * @param turns turns begun
 * @param waits waits that were allowed to block
 * @param emptyWakeups of these, how many ended without an event: woken up for a task, or over time
 * @param events events dispatched
 * @param tasks tasks run
 * @param timers timers run
 * @param rejected tasks that were not accepted because {@link LoopOptions#taskCapacity} waited
 * @param failures what {@link LoopOptions#errorHandler} was told of
 * @param busyNanos time outside the wait
 * @param awaitNanos time in the wait
 * @param taskHighWater the most tasks that waited at the beginning of a turn; of a difference, as
 *     of its end
 * @param eventsPerWait for each wait that found any, how many events it found
 * @param lagNanos for each wait that found events, the time from its end until the last of their
 *     handlers was done: none of these waited longer for its turn
 * @param turnNanos from the end of a wait to the beginning of the next: how long the loop did not
 *     look for events, and so the longest that one which came meanwhile was left alone
 * @param timerLateNanos for each timer, the time from its deadline to the beginning of the turn
 *     that ran it; the rounding to {@link LoopOptions#tick} is in it, the timers that ran before it
 *     in the same turn are not
 */
public record LoopStats(
    String name,
    long elapsedNanos,
    long turns,
    long waits,
    long emptyWakeups,
    long events,
    long tasks,
    long timers,
    long rejected,
    long failures,
    long busyNanos,
    long awaitNanos,
    long taskHighWater,
    Histogram eventsPerWait,
    Histogram lagNanos,
    Histogram turnNanos,
    Histogram timerLateNanos) {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  /** What was done since an earlier snapshot of the same loop. */
  public LoopStats since(LoopStats earlier) {
    return new LoopStats(
        name,
        elapsedNanos - earlier.elapsedNanos,
        turns - earlier.turns,
        waits - earlier.waits,
        emptyWakeups - earlier.emptyWakeups,
        events - earlier.events,
        tasks - earlier.tasks,
        timers - earlier.timers,
        rejected - earlier.rejected,
        failures - earlier.failures,
        busyNanos - earlier.busyNanos,
        awaitNanos - earlier.awaitNanos,
        taskHighWater,
        eventsPerWait.since(earlier.eventsPerWait),
        lagNanos.since(earlier.lagNanos),
        turnNanos.since(earlier.turnNanos),
        timerLateNanos.since(earlier.timerLateNanos));
  }

  /** The part of the time that was spent outside the wait, from 0 to 1; 0 before the first wait. */
  public double busyRatio() {
    long known = busyNanos + awaitNanos;
    return known == 0 ? 0 : (double) busyNanos / known;
  }

  /**
   * One line: {@code loop-0: 51240 turns/s, 3/17 events a wait, 42% busy, lag p99 0.310 ms, timers
   * late p99 1.049 ms}, and how much was rejected and failed if anything. The events are those of
   * the median and the greatest wait.
   */
  public String summary() {
    double seconds = elapsedNanos / NANOS_PER_SECOND;
    String line =
        String.format(
            Locale.ROOT,
            "%s: %.0f turns/s, %d/%d events a wait, %.0f%% busy, lag p99 %.3f ms, timers late p99"
                + " %.3f ms",
            name,
            seconds > 0 ? turns / seconds : 0.0,
            eventsPerWait.percentile(50),
            eventsPerWait.max(),
            100 * busyRatio(),
            lagNanos.percentile(99) / NANOS_PER_MILLI,
            timerLateNanos.percentile(99) / NANOS_PER_MILLI);
    return line
        + (rejected > 0 ? ", " + rejected + " tasks rejected" : "")
        + (failures > 0 ? ", " + failures + " failures" : "");
  }
}
