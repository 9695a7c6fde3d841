package dev.pollux.micrometer;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopStats;
import io.micrometer.core.instrument.Clock;

/**
 * What a registry is shown of a loop: one snapshot for all meters that are read within a second,
 * and what was done since the snapshot before it.
 *
 * <p>Threads: any, under its lock.
 */
final class LoopSample {

  /** A younger snapshot is good enough. */
  static final long LEAST_NANOS = 1_000_000_000; // 1 s

  private final EventLoop loop;
  private final Clock clock;
  private long takenNanos;
  private LoopStats all;
  private LoopStats interval;

  LoopSample(EventLoop loop, Clock clock) {
    this.loop = loop;
    this.clock = clock;
    this.takenNanos = clock.monotonicTime();
    this.all = loop.stats();
    this.interval = all;
  }

  EventLoop loop() {
    return loop;
  }

  /** Since the loop was opened. */
  synchronized LoopStats all() {
    refresh();
    return all;
  }

  /** Between the last two snapshots, at least a second; of the first one, since the beginning. */
  synchronized LoopStats interval() {
    refresh();
    return interval;
  }

  private void refresh() {
    long nowNanos = clock.monotonicTime();
    if (nowNanos - takenNanos >= LEAST_NANOS) {
      LoopStats next = loop.stats();
      takenNanos = nowNanos;
      interval = next.since(all);
      all = next;
    }
  }
}
