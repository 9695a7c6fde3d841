package dev.pollux.cli;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopStats;
import dev.pollux.sys.Sys;
import java.util.List;
import java.util.Locale;

/**
 * The line of figures that {@code pollux echo --stats} prints: what has happened since the last
 * one, in all loops together. Threads: one.
 */
final class EchoStats {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Sys sys;
  private final EchoServer server;
  private final List<EventLoop> loops;
  private final TextLog log;
  private Sum last;

  EchoStats(Sys sys, EchoServer server, List<EventLoop> loops, TextLog log) {
    this.sys = sys;
    this.server = server;
    this.loops = loops;
    this.log = log;
    this.last = sum();
  }

  /** Prints a line. */
  void print() {
    Sum now = sum();
    log.line(line(now, last, server.connectionCount()));
    last = now;
  }

  /** What has been counted until a moment. */
  record Sum(
      long nanos,
      long accepts,
      long reads,
      long bytes,
      long turns,
      long waits,
      long events,
      long busyNanos,
      long waitNanos) {}

  /** The figures of what lies between two moments. */
  static String line(Sum now, Sum last, int connectionCount) {
    double seconds = Math.max(1, now.nanos - last.nanos) / NANOS_PER_SECOND;
    long busy = now.busyNanos - last.busyNanos;
    long both = Math.max(1, busy + now.waitNanos - last.waitNanos);
    return String.format(
        Locale.ROOT,
        "stats: %d connections, %.0f accepts/s, %.0f reads/s, %.0f bytes/s, %.0f turns/s,"
            + " %.2f events/wait, %.0f%% busy",
        connectionCount,
        (now.accepts - last.accepts) / seconds,
        (now.reads - last.reads) / seconds,
        (now.bytes - last.bytes) / seconds,
        (now.turns - last.turns) / seconds,
        (now.events - last.events) / (double) Math.max(1, now.waits - last.waits),
        100.0 * busy / both);
  }

  private Sum sum() {
    long accepts = 0;
    long reads = 0;
    long bytes = 0;
    for (LoopLog loopLog : server.loopLogs()) {
      accepts += loopLog.counters().accepts();
      reads += loopLog.counters().reads();
      bytes += loopLog.counters().bytes();
    }
    long turns = 0;
    long waits = 0;
    long events = 0;
    long busy = 0;
    long waited = 0;
    for (EventLoop loop : loops) {
      LoopStats stats = loop.stats();
      turns += stats.turns();
      waits += stats.waits();
      events += stats.events();
      busy += stats.busyNanos();
      waited += stats.waitNanos();
    }
    return new Sum(
        sys.nanoTime(), accepts, reads, bytes, turns, waits, events, busy, waited);
  }
}
