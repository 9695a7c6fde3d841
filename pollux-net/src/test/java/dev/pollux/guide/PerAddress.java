package dev.pollux.guide;

import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionObserver;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Lets each address have so many connections, on however many loops. */
public final class PerAddress implements HandlerFactory, ConnectionObserver {

  private final int most;
  private final HandlerFactory next;
  private final ConcurrentMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

  PerAddress(int most, HandlerFactory next) {
    this.most = most;
    this.next = next;
  }

  ServerOptions counted(ServerOptions options) {
    return options.withObserver(this); // who is told of the end of each
  }

  @Override
  public ConnectionHandler handlerFor(Connection connection) throws Exception {
    if (counts.merge(host(connection), 1, Integer::sum) > most) {
      connection.reset(); // before any handshake; its handler hears of the end alone
    }
    return next.handlerFor(connection);
  }

  @Override
  public void closed(Connection connection, CloseCause cause) {
    try {
      var _ = counts.computeIfPresent(host(connection), (_, n) -> n == 1 ? null : n - 1);
    } catch (SysException e) {
      throw new IllegalStateException(e); // not so: the address is known since the accept
    }
  }

  private static InetAddress host(Connection connection) throws SysException {
    return ((InetSocketAddress) connection.remoteAddress()).getAddress();
  }
}
