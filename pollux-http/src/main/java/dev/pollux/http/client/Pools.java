package dev.pollux.http.client;

import dev.pollux.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The connections of a client: a pool for each origin that has some, and what bounds all of them.
 *
 * <p>Threads: the loop's.
 */
final class Pools {

  private final EventLoop loop;
  private final ClientOptions options;
  private final Map<Origin, OriginPool> origins = new HashMap<>();
  private final Set<ClientConnection> idle = new LinkedHashSet<>(); // the one used last is last
  private int connections;
  private int waiting;
  private boolean isClosed;

  Pools(EventLoop loop, ClientOptions options) {
    this.loop = loop;
    this.options = options;
  }

  EventLoop loop() {
    return loop;
  }

  ClientOptions options() {
    return options;
  }

  boolean isClosed() {
    return isClosed || loop.isClosed();
  }

  void begin(ClientCall call) {
    if (isClosed()) {
      call.failLater(FailureReason.CLIENT_CLOSED, "the client is closed");
      return;
    }
    Origin origin = call.request().origin();
    OriginPool pool = origins.computeIfAbsent(origin, to -> new OriginPool(this, to));
    pool.begin(call);
    look(pool);
  }

  /** Forgets a pool that has nothing. */
  void look(OriginPool pool) {
    if (pool.isEmpty()) {
      boolean _ = origins.remove(pool.origin(), pool);
    }
  }

  /** Whether one more call may wait; it counts then. */
  boolean mayWait() {
    boolean may = waiting < options.waitingRequests();
    waiting += may ? 1 : 0;
    return may;
  }

  void waitsNoMore() {
    waiting--;
  }

  /** Whether there may be another connection; one that nobody uses makes room. */
  boolean mayConnect() {
    if (connections >= options.connections() && !idle.isEmpty()) {
      idle.iterator().next().drop();
    }
    return connections < options.connections();
  }

  /** There is one more; its pool is known, also if it had nothing a moment ago. */
  void connected(OriginPool pool) {
    connections++;
    var _ = origins.put(pool.origin(), pool);
  }

  void disconnected() {
    connections--;
  }

  /** Nobody uses it: beyond the bound, the one that was used before all others is closed. */
  void idle(ClientConnection connection) {
    boolean _ = idle.add(connection);
    if (idle.size() > options.idleConnections()) {
      idle.iterator().next().drop();
    }
  }

  void notIdle(ClientConnection connection) {
    boolean _ = idle.remove(connection);
  }

  int connectionCount() {
    return connections;
  }

  int idleCount() {
    return idle.size();
  }

  int waitingCount() {
    return waiting;
  }

  void close() {
    isClosed = true;
    for (OriginPool each : new ArrayList<>(origins.values())) {
      each.close();
    }
  }
}
