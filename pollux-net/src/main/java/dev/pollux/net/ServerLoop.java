package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Server} has on one loop: the connections that live there, and the listener, if it
 * has one there.
 *
 * <p>Threads: the loop's.
 */
final class ServerLoop implements ConnectionOwner {

  private static final int LEAST_ROOM = 16; // connections

  private final EventLoop loop;
  private final ServerOptions options;
  private final HandlerFactory factory;
  private final ServerListener observer;
  private final AtomicInteger connectionCount; // of all loops
  private final ArrayList<Connection> connections = new ArrayList<>(LEAST_ROOM);
  private @Nullable Listener listener;
  private boolean stopping;

  ServerLoop(
      EventLoop loop,
      ServerOptions options,
      HandlerFactory factory,
      ServerListener observer,
      AtomicInteger connectionCount) {
    this.loop = loop;
    this.options = options;
    this.factory = factory;
    this.observer = observer;
    this.connectionCount = connectionCount;
  }

  EventLoop loop() {
    return loop;
  }

  List<Connection> connections() {
    return connections;
  }

  /** Accepts here. */
  void listen(int fd, boolean exclusive, Listener.Sink sink) throws SysException {
    listener = Listener.open(loop, fd, exclusive, options, observer, sink);
  }

  /** Takes over an accepted descriptor, also if it throws. */
  void adopt(int fd, @Nullable SocketAddress peer) {
    boolean over = stopping || loop.isClosed();
    if (over || connectionCount.incrementAndGet() > options.maxConnections()) {
      if (!over) {
        connectionCount.decrementAndGet();
      }
      int _ = loop.sys().close(fd);
      if (!over) {
        observer.shed();
      }
      return;
    }
    Connection connection;
    try {
      connections.ensureCapacity(connections.size() + 1); // what is watched must be on the list
      connection = Connection.accepted(loop, fd, peer, options.connection(), this);
    } catch (Throwable t) { // a RuntimeException when the loop closes meanwhile
      connectionCount.decrementAndGet();
      int _ = loop.sys().close(fd);
      Listener refusing = listener;
      if (refusing != null && t instanceof SysException refusal) {
        refusing.refused(refusal.errno());
      } else {
        observer.shed();
      }
      if (t instanceof Error error) {
        throw error;
      }
      return;
    }
    connection.index = connections.size();
    connections.add(connection);
    begin(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    connectionCount.decrementAndGet();
    Connection last = connections.removeLast();
    if (last.index != connection.index) {
      connections.set(connection.index, last);
      last.index = connection.index;
    }
  }

  /** Accepts what has come so far and no more, and lets each connection come to its end. */
  void stop() {
    Listener listening = listener;
    try {
      if (listening != null) {
        listening.drain();
      }
    } finally { // whatever an observer throws
      listener = null;
      stopping = true;
      for (Connection connection : connections) {
        connection.finish();
      }
    }
  }

  /** Ends everything at once. */
  void close() {
    stopping = true;
    closeListener();
    for (Connection connection : connections) {
      connection.closeNow();
    }
  }

  private void begin(Connection connection) {
    try {
      Tls tls = options.tls();
      if (tls != null) {
        tls.install(connection); // first: what the factory writes must not go in the clear
      }
      connection.setHandler(factory.handlerFor(connection));
      connection.channel().begin();
    } catch (Throwable t) {
      connection.channel().failed(t);
    }
  }

  private void closeListener() {
    Listener listening = listener;
    if (listening != null) {
      listening.close();
      listener = null;
    }
  }
}
