package dev.pollux.model;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a listening TCP socket has: the connections that wait to be accepted. */
final class TcpListener {

  private final TcpSocket owner;
  private final Backlog<TcpSocket> ready;

  TcpListener(TcpSocket owner, int limit) {
    this.owner = owner;
    this.ready = new Backlog<>(limit);
  }

  /** Another {@code listen} may change it. */
  void limit(int backlog) {
    ready.limit(backlog);
  }

  boolean isEmpty() {
    return ready.isEmpty();
  }

  @Nullable TcpSocket poll() {
    return ready.poll();
  }

  /**
   * A connection request: the other end of the new connection, or null if there is no room.
   *
   * @param source the client's name
   */
  @Nullable TcpSocket request(TcpSocket client, InetSocketAddress source) {
    if (ready.isFull() || owner.kernel.hits(Fault.BACKLOG_OVERFLOW)) {
      return null;
    }
    TcpSocket child = owner.child(client, source);
    ready.add(child);
    return child;
  }

  /** Nobody listens any more. */
  void close() {
    ready.abortAll();
  }
}
