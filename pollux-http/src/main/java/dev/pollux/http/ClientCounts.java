package dev.pollux.http;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionObserver;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many connections of a server each client has, on all its loops: one is counted when it is
 * taken, and no more when it is over, whoever its handler is by then.
 *
 * <p>Threads: any, under its lock, which is held for a look.
 */
final class ClientCounts {

  static final String TOO_MANY = "its client has too many connections";

  private final int max;

  // By the lock:
  private final Map<Long, Integer> counts = new HashMap<>();
  private final Map<Connection, Long> clients = new HashMap<>();

  ClientCounts(int max) {
    this.max = max;
  }

  /** Takes a connection, of the peer unless another is named; false if there are too many. */
  boolean enter(Connection connection, @Nullable SocketAddress named) {
    long client = ClientKeys.of(named != null ? named : ClientKeys.peer(connection));
    return client == ClientKeys.NONE || enter(connection, client);
  }

  private synchronized boolean enter(Connection connection, long client) {
    int before = counts.getOrDefault(client, 0);
    if (before >= max) {
      return false;
    }
    counts.put(client, before + 1);
    clients.put(connection, client);
    return true;
  }

  private synchronized void leave(Connection connection) {
    Long client = clients.remove(connection);
    if (client != null) {
      counts.computeIfPresent(client, (_, count) -> count > 1 ? count - 1 : null);
    }
  }

  /** How many connections are counted. */
  synchronized int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** An observer that counts down, and tells another one. */
  ConnectionObserver observer(ConnectionObserver next) {
    return new ConnectionObserver() {
      @Override
      public void opened(Connection connection) {
        next.opened(connection);
      }

      @Override
      public void closed(Connection connection, CloseCause cause) {
        leave(connection);
        next.closed(connection, cause);
      }

      @Override
      public void failed(Connection connection, String what, Throwable thrown) {
        next.failed(connection, what, thrown);
      }

      @Override
      public String toString() {
        return next.toString();
      }
    };
  }
}
