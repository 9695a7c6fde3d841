package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.StatsTable;
import dev.pollux.http.log.HttpMetrics;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopStats;
import dev.pollux.net.ServerStats;
import dev.pollux.sys.Sys;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The figures that {@code pollux serve --stats} prints: of the time since the last row, but for
 * connections, which are open, and lost log lines, which are all so far.
 */
final class ServeStats {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private static final String[] HEADER = {
    " conns", "  acc/s", "     req/s", "     bytes/s", "busy", "lag", "lost"
  };

  private final Sys sys;
  private final HttpMetrics metrics;
  private final Supplier<ServerStats> server;
  private final List<EventLoop> loops;
  private final LongSupplier lostLines;
  private final StatsTable table;
  private long lastNanos;
  private long lastAccepted;
  private long lastRequests;
  private long lastBytes;
  private List<LoopStats> lastStats;

  ServeStats(
      Sys sys,
      HttpMetrics metrics,
      Supplier<ServerStats> server,
      List<EventLoop> loops,
      LongSupplier lostLines,
      Consumer<String> out) {
    this.sys = sys;
    this.lastNanos = sys.nanoTime();
    this.metrics = metrics;
    this.server = server;
    this.loops = loops;
    this.lostLines = lostLines;
    this.table = new StatsTable(out, HEADER);
    this.lastStats = stats();
  }

  private List<LoopStats> stats() {
    return loops.stream().map(EventLoop::stats).toList();
  }

  /** Prints a row. */
  void print() {
    long nanos = sys.nanoTime();
    double seconds = Math.max(1, nanos - lastNanos) / NANOS_PER_SECOND;
    ServerStats connections = server.get();
    long requests = metrics.requests();
    long bytes = metrics.contentBytes();
    List<LoopStats> stats = stats();
    double busy = 0;
    long lagNanos = 0;
    for (int i = 0; i < stats.size(); i++) {
      LoopStats since = stats.get(i).since(lastStats.get(i));
      busy += since.busyRatio() / stats.size();
      lagNanos = Math.max(lagNanos, since.lagNanos().percentile(99));
    }
    table.row(
        StatsTable.grouped(connections.open()),
        StatsTable.grouped((connections.accepted() - lastAccepted) / seconds),
        StatsTable.grouped((requests - lastRequests) / seconds),
        StatsTable.grouped((bytes - lastBytes) / seconds),
        StatsTable.grouped(100 * busy) + "%",
        StatsTable.decimal(lagNanos / NANOS_PER_MILLI, 1),
        StatsTable.grouped((double) lostLines.getAsLong()));
    lastNanos = nanos;
    lastAccepted = connections.accepted();
    lastRequests = requests;
    lastBytes = bytes;
    lastStats = stats;
  }
}
