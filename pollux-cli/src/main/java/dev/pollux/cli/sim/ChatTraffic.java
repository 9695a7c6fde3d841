package dev.pollux.cli.sim;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionTrace;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What moves on the connections of a simulated chat: by that it is known who takes nothing, and
 * stays all the same, and what a stop has left unread.
 */
final class ChatTraffic implements ConnectionTrace {

  /** In the first it reaches its mark, in the second it was tried to send it. */
  private static final long MOST_TURNS = 2;

  /** What is known of one connection. */
  private static final class Count {
    private long readBytes;
    private long wroteBytes;
    private long mustReadBytes;
    private boolean isFull;
    private long fullSinceTurn;
    private long fullAtBytes;
  }

  private final SimRun run;
  private final Map<Connection, Count> counts = new HashMap<>();

  ChatTraffic(SimRun run) {
    this.run = run;
  }

  private Count of(Connection connection) {
    return counts.computeIfAbsent(connection, _ -> new Count());
  }

  @Override
  public void read(Connection connection, int sizeBytes) {
    run.read(connection, sizeBytes);
    of(connection).readBytes += sizeBytes;
  }

  @Override
  public void wrote(Connection connection, int sizeBytes) {
    run.wrote(connection, sizeBytes);
    of(connection).wroteBytes += sizeBytes;
  }

  /** What has arrived is to be read, unless the connection breaks. */
  void mustReadAll(Connection connection) {
    if (connection.isOpen()) {
      Count count = of(connection);
      count.mustReadBytes = count.readBytes + connection.availableBytes();
    }
  }

  /** A connection has ended in order. */
  void requireRead(Connection connection) {
    Count count = of(connection);
    if (count.readBytes < count.mustReadBytes) {
      run.fail(
          String.format(
              Locale.ROOT,
              "%s is over, and of %d bytes that had arrived %d were read",
              connection,
              count.mustReadBytes,
              count.readBytes));
    }
  }

  /** Whoever takes nothing when it is tried to send it does not stay at its mark. */
  void requireBelow(int markBytes, Connection connection) {
    Count count = of(connection);
    boolean isFull = connection.isOpen() && connection.queuedBytes() >= markBytes;
    if (!isFull || !count.isFull || count.fullAtBytes != count.wroteBytes) {
      count.isFull = isFull;
      count.fullAtBytes = count.wroteBytes;
      count.fullSinceTurn = isFull ? connection.loop().stats().turns() : 0;
    } else if (connection.loop().stats().turns() - count.fullSinceTurn > MOST_TURNS) {
      run.fail(connection + " takes nothing, and stays at its mark");
    }
  }
}
