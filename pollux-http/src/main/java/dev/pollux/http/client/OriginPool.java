package dev.pollux.http.client;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Tls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections to an origin, and the requests that wait for one. Of those that nobody uses, the
 * one is taken that was used last.
 *
 * <p>Threads: the loop's.
 */
final class OriginPool {

  private final Pools pools;
  private final Origin origin;
  private final Set<ClientConnection> all = new LinkedHashSet<>();
  private final ArrayDeque<ClientConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<ClientCall> waiting = new ArrayDeque<>();
  private @Nullable Tls tls;
  private boolean isConnecting; // those that wait

  OriginPool(Pools pools, Origin origin) {
    this.pools = pools;
    this.origin = origin;
  }

  Origin origin() {
    return origin;
  }

  ClientOptions options() {
    return pools.options();
  }

  EventLoop loop() {
    return pools.loop();
  }

  boolean isClosed() {
    return pools.isClosed();
  }

  boolean isEmpty() {
    return all.isEmpty() && waiting.isEmpty();
  }

  /** Has a call sent: on a connection that is kept, or a new one, or later. */
  void begin(ClientCall call) {
    if (call.isFresh()) { // if the server ended one, the others may be of that time
      dropIdle();
    } else {
      ClientConnection kept = takeIdle();
      if (kept != null) {
        kept.take(call);
        return;
      }
    }
    if (all.size() < options().connectionsPerOrigin()) {
      connect(call);
    } else if (pools.mayWait()) {
      if (call.isFresh()) {
        waiting.addFirst(call);
      } else {
        waiting.addLast(call);
      }
      call.queued(this);
    } else {
      int most = options().waitingRequests();
      call.failLater(
          FailureReason.TOO_MANY, most + " requests wait for connections already; try again later");
    }
  }

  private @Nullable ClientConnection takeIdle() {
    while (!idle.isEmpty()) {
      ClientConnection last = idle.removeLast();
      pools.notIdle(last);
      if (last.isUsable()) {
        return last;
      }
      last.drop();
    }
    return null;
  }

  private void dropIdle() {
    for (ClientConnection each : new ArrayList<>(idle)) {
      each.drop();
    }
  }

  private void connect(ClientCall call) {
    if (!pools.mayConnect()) {
      int most = options().connections();
      call.failLater(
          FailureReason.TOO_MANY, "all of " + most + " connections are used; try again later");
      return;
    }
    ClientConnection made = new ClientConnection(this);
    boolean _ = all.add(made);
    pools.connected(this);
    try {
      made.connect(call, tls());
    } catch (Throwable t) { // no descriptor, or a host that TLS knows no name for
      made.abandon();
      call.failLater(FailureReason.CONNECT_FAILED, "it cannot be connected: " + t, t);
    }
  }

  private @Nullable Tls tls() {
    Tls known = tls;
    if (known == null && origin.isTls()) {
      known = options().tls().of(origin.host(), origin.port());
      tls = known;
    }
    return known;
  }

  /** Nobody uses it any more: the next call that waits has it, or it is kept. */
  void released(ClientConnection connection) {
    ClientCall next = waiting.peekFirst();
    if (next == null) {
      idle.addLast(connection);
      pools.idle(connection);
    } else if (next.isFresh() || !connection.isUsable()) {
      connection.drop(); // which has whoever waits first connect
    } else {
      boolean _ = waiting.remove(next);
      pools.waitsNoMore();
      connection.take(next);
    }
  }

  /** It is used no more. */
  void retired(ClientConnection connection) {
    if (all.remove(connection)) {
      pools.disconnected();
    }
    boolean _ = idle.remove(connection);
    pools.notIdle(connection);
    if (!isConnecting) { // else this is within the loop, of one that could not be connected
      connectWaiting();
      pools.look(this);
    }
  }

  /** Those that wait have connections, as far as there may be such. */
  private void connectWaiting() {
    isConnecting = true;
    try {
      while (!waiting.isEmpty() && all.size() < options().connectionsPerOrigin()) {
        ClientCall next = waiting.removeFirst();
        pools.waitsNoMore();
        if (isClosed()) {
          next.failLater(FailureReason.CLIENT_CLOSED, "the client is closed");
        } else {
          connect(next);
        }
      }
    } finally {
      isConnecting = false;
    }
  }

  /** A call waits no more. */
  void forget(ClientCall call) {
    if (waiting.remove(call)) {
      pools.waitsNoMore();
    }
    pools.look(this);
  }

  /** Ends everything; calls are told. */
  void close() {
    for (ClientCall each : new ArrayList<>(waiting)) {
      forget(each);
      each.failLater(FailureReason.CLIENT_CLOSED, "the client is closed");
    }
    for (ClientConnection each : new ArrayList<>(all)) {
      each.close();
    }
  }
}
