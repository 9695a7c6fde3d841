package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.StatsTable;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopStats;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures that {@code pollux echo --stats} prints: what has happened since the last row, in all
 * loops together, by the second. Columns: connections open; accepted, reads, bytes read and turns a
 * second; events for each wait; how busy the loops are; by how much timers are late, 99 of 100, in
 * milliseconds. Threads: one.
 */
final class EchoStats {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  /** 60 columns together. */
  private static final String[] HEADER = {
    " conns", "  acc/s", "   reads/s", "     bytes/s", "turns/s", "ev/w", "busy", "lag"
  };

  private final Sys sys;
  private final EchoServer server;
  private final List<EventLoop> loops;
  private final StatsTable table;
  private long lastNanos;
  private Traffic lastTraffic;
  private List<LoopStats> lastStats;

  EchoStats(Sys sys, EchoServer server, List<EventLoop> loops, TextLog log) {
    this.sys = sys;
    this.server = server;
    this.loops = loops;
    this.table = new StatsTable(log::line, HEADER);
    this.lastNanos = sys.nanoTime();
    this.lastTraffic = traffic();
    this.lastStats = stats();
  }

  /** Prints a line. */
  void print() {
    long nanos = sys.nanoTime();
    Traffic traffic = traffic();
    List<LoopStats> stats = stats();
    List<LoopStats> differences = new ArrayList<>();
    for (int i = 0; i < stats.size(); i++) {
      differences.add(stats.get(i).since(lastStats.get(i)));
    }
    double seconds = Math.max(1, nanos - lastNanos) / NANOS_PER_SECOND;
    Traffic since = traffic.since(lastTraffic);
    table.row(row(server.connectionCount(), seconds, since, differences));
    lastNanos = nanos;
    lastTraffic = traffic;
    lastStats = stats;
  }

  /** What the connections have done. */
  record Traffic(long accepts, long reads, long bytes) {
    private Traffic since(Traffic earlier) {
      return new Traffic(accepts - earlier.accepts, reads - earlier.reads, bytes - earlier.bytes);
    }
  }

  /** The figures of so many seconds. */
  static String[] row(
      int connectionCount, double seconds, Traffic traffic, List<LoopStats> differences) {
    long turns = 0;
    long waits = 0;
    long events = 0;
    double busy = 0;
    long lagNanos = 0;
    for (LoopStats loop : differences) {
      turns += loop.turns();
      waits += loop.waits();
      events += loop.events();
      busy += loop.busyRatio() / differences.size();
      lagNanos = Math.max(lagNanos, loop.lagNanos().percentile(99));
    }
    return new String[] {
      StatsTable.grouped(connectionCount),
      StatsTable.grouped(traffic.accepts / seconds),
      StatsTable.grouped(traffic.reads / seconds),
      StatsTable.grouped(traffic.bytes / seconds),
      StatsTable.grouped(turns / seconds),
      StatsTable.decimal(events / (double) Math.max(1, waits), 1),
      StatsTable.grouped(100 * busy) + "%",
      StatsTable.decimal(lagNanos / NANOS_PER_MILLI, 1)
    };
  }

  private Traffic traffic() {
    long accepts = 0;
    long reads = 0;
    long bytes = 0;
    for (LoopLog loopLog : server.loopLogs()) {
      accepts += loopLog.counters().accepts();
      reads += loopLog.counters().reads();
      bytes += loopLog.counters().bytes();
    }
    return new Traffic(accepts, reads, bytes);
  }

  private List<LoopStats> stats() {
    return loops.stream().map(EventLoop::stats).toList();
  }
}
