package dev.pollux.cli.echo;

import dev.pollux.cli.terminal.StatsTable;
import dev.pollux.net.DatagramStats;
import dev.pollux.sys.Sys;

/**
 * The figures that {@code pollux echo --udp --stats} prints: what has happened since the last row,
 * by the second: datagrams that came, their bytes, those cut off; sent, dropped and refused by the
 * kernel. Threads: one.
 */
final class UdpStats {

  private static final double NANOS_PER_SECOND = 1e9;

  private static final String[] HEADER = {
    "    recv/s", "     bytes/s", "cut/s", "    sent/s", "dropped/s", "unsent/s"
  };

  private final Sys sys;
  private final StatsTable table;
  private long lastNanos;
  private DatagramStats last;
  private long lastBytes;

  UdpStats(Sys sys, DatagramStats now, TextLog log) {
    this.sys = sys;
    this.table = new StatsTable(log::line, HEADER);
    this.last = now;
    this.lastNanos = sys.nanoTime();
  }

  /** Prints a row. */
  void print(DatagramStats now, long bytes) {
    long nanos = sys.nanoTime();
    double seconds = Math.max(1, nanos - lastNanos) / NANOS_PER_SECOND;
    table.row(
        StatsTable.grouped((now.received() - last.received()) / seconds),
        StatsTable.grouped((bytes - lastBytes) / seconds),
        StatsTable.grouped((now.truncated() - last.truncated()) / seconds),
        StatsTable.grouped((now.sent() - last.sent()) / seconds),
        StatsTable.grouped((now.dropped() - last.dropped()) / seconds),
        StatsTable.grouped((now.unsent() - last.unsent()) / seconds));
    lastNanos = nanos;
    last = now;
    lastBytes = bytes;
  }
}
