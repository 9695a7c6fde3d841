package dev.pollux.loop;

/**
 * What a loop has done since it was opened: a snapshot.
 *
 * @param name the loop's name
 * @param turns turns run
 * @param waits waits that were allowed to block
 * @param emptyWakeups of these, how many ended without an event
 * @param events events dispatched
 * @param tasks tasks run
 * @param timers timers run
 * @param failures tasks, timers and error paths that threw
 * @param busyNanos time spent outside the wait
 * @param waitNanos time spent in the wait
 */
public record LoopStats(
    String name,
    long turns,
    long waits,
    long emptyWakeups,
    long events,
    long tasks,
    long timers,
    long failures,
    long busyNanos,
    long waitNanos) {}
