package dev.pollux.model;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A listener's queue of connections that are established and not accepted yet. */
final class Backlog<S extends Socket> {

  static final int SOMAXCONN = 4096; // net.core.somaxconn

  private final ArrayDeque<S> queue = new ArrayDeque<>();
  private int limit;

  Backlog(int limit) {
    limit(limit);
  }

  /** Another {@code listen} may change it. Negative means the most. */
  void limit(int backlog) {
    limit = backlog < 0 ? SOMAXCONN : Math.min(backlog, SOMAXCONN);
  }

  /** A backlog of n holds n + 1, in Linux too. */
  boolean isFull() {
    return queue.size() > limit;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  void add(S connection) {
    queue.add(connection);
  }

  @Nullable S poll() {
    return queue.poll();
  }

  /** The listener is gone, and those who were not accepted with it. */
  void abortAll() {
    for (S connection = queue.poll(); connection != null; connection = queue.poll()) {
      connection.abort();
    }
  }
}
