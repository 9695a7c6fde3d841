package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a listening TCP socket has: requests of other hosts that it has consented to, which is all
 * that the standard calls SYN_RECEIVED, and connections that wait to be accepted.
 *
 * <p>A request becomes a connection when its client's word comes, if there is room then; else the
 * consent is sent again, as if the word had been lost. Half-open ones are as many as ask: Linux has
 * SYN cookies for that.
 */
final class TcpListener {

  private final TcpSocket owner;
  private final Backlog<TcpSocket> ready;
  private final Set<TcpSocket> halfOpen = new LinkedHashSet<>();

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

  int size() {
    return ready.size();
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
    if (client.kernel == owner.kernel) {
      ready.add(child);
    } else {
      boolean _ = halfOpen.add(child);
    }
    return child;
  }

  /** The client's word has come; whether there is room for the connection. */
  boolean admit(TcpSocket child) {
    boolean hasRoom = !ready.isFull();
    if (hasRoom) {
      forget(child);
      ready.add(child);
      owner.tellReadable();
    }
    return hasRoom;
  }

  /** A half-open one is over. */
  void forget(TcpSocket child) {
    boolean _ = halfOpen.remove(child);
  }

  /** Nobody listens any more: who has not had word of it yet gets it with the next that it says. */
  void close() {
    ready.abortAll();
    List.copyOf(halfOpen).forEach(child -> child.fail(Errno.ECONNABORTED));
  }
}
