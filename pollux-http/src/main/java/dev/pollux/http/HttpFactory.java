package dev.pollux.http;

import dev.pollux.net.CloseCause;
import dev.pollux.net.CloseReason;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the connections of a server begin with: HTTP, or what a proxy says before that and
 * before TLS; or nothing, where their client has too many.
 *
 * <p>Threads: those of all loops.
 */
final class HttpFactory implements HandlerFactory {

  private static final String PROTOCOL = "http/1.1";

  private final HttpOptions http;
  private final HttpHandler handler;
  private final @Nullable Tls tlsBehind; // the header of a proxy
  private final @Nullable ClientCounts counts;

  private HttpFactory(
      HttpOptions http,
      HttpHandler handler,
      @Nullable Tls tlsBehind,
      @Nullable ClientCounts counts) {
    this.http = http;
    this.handler = handler;
    this.tlsBehind = tlsBehind;
    this.counts = counts;
  }

  /** For any connection. */
  static HttpFactory of(HttpOptions http, HttpHandler handler) {
    return new HttpFactory(http, handler, null, null);
  }

  /** For the connections of a server that has these {@link #options}. */
  static HttpFactory of(ServerOptions options, HttpOptions http, HttpHandler handler) {
    Tls tls = options.tls();
    int most = http.maxConnectionsPerAddress();
    return new HttpFactory(
        http,
        handler,
        tls == null ? null : tls.withApplicationProtocols(PROTOCOL),
        most == 0 ? null : new ClientCounts(most));
  }

  /** With a limit for connections, and the one protocol that is spoken, where TLS is the first. */
  ServerOptions options(ServerOptions options) {
    ServerOptions own = options;
    if (own.maxConnections() == Integer.MAX_VALUE) {
      own = own.withMaxConnections(HttpServer.MAX_CONNECTIONS);
    }
    ConnectionOptions each = own.connection();
    if (each.maxUnreadBytes() < http.limits().headBytes()) {
      own = own.withConnection(each.withMaxUnreadBytes(http.limits().headBytes()));
    }
    ClientCounts known = counts;
    if (known != null) {
      own = own.withObserver(known.observer(own.observer()));
    }
    Tls tls = own.tls();
    if (tls == null) {
      return own;
    }
    return own.withTls(http.proxyProtocol() ? null : tls.withApplicationProtocols(PROTOCOL));
  }

  @Override
  public ConnectionHandler handlerFor(Connection connection) {
    ClientCounts known = http.proxyProtocol() ? null : counts;
    if (known != null && !known.enter(connection, null)) {
      connection.reset(CloseCause.of(CloseReason.LIMIT, ClientCounts.TOO_MANY));
    }
    return begin(connection);
  }

  /** The handler of a connection, whoever has it. */
  ConnectionHandler begin(Connection connection) {
    int most = connection.options().maxUnreadBytes();
    if (most < http.limits().headBytes()) {
      throw new IllegalArgumentException(
          "maxUnreadBytes of the connection is "
              + most
              + ", and a head may have "
              + http.limits().headBytes()
              + " bytes");
    }
    return http.proxyProtocol()
        ? new ProxyConnection(connection, handler, http, tlsBehind, counts)
        : new Http1Connection(connection, handler, http);
  }

  /** Who has how many connections; null if it is not counted. */
  @Nullable ClientCounts counts() {
    return counts;
  }
}
