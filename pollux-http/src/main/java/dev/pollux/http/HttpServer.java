package dev.pollux.http;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.HandlerFactory;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.ServerStats;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests on the connections of a {@link Server}, and has them answered.
 *
 * <pre>{@code
 * HttpHandler hello = (request, response) -> response.send("Hello");
 * try (LoopGroup loops = LoopGroup.start(2, LoopOptions.DEFAULT);
 *     HttpServer server = HttpServer.start(loops, ServerOptions.at(address), hello)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>What a {@link Server} can, this can: TCP and Unix sockets, inherited descriptors, TLS, loops
 * that share or split what comes. Ownership and threads: as of that.
 */
public final class HttpServer implements AutoCloseable {

  /**
   * How many connections may be open, unless the options have a bound: one more is closed at once.
   */
  public static final int MAX_CONNECTIONS = 10_000;

  private final Server server;
  private final HttpOptions http;

  private HttpServer(Server server, HttpOptions http) {
    this.server = server;
    this.http = http;
  }

  /** A server on one loop, with options by default; as {@link Server#open}. */
  public static HttpServer open(EventLoop loop, ServerOptions options, HttpHandler handler)
      throws SysException {
    return open(loop, options, HttpOptions.DEFAULT, handler);
  }

  /** A server on one loop, as {@link Server#open}. */
  public static HttpServer open(
      EventLoop loop, ServerOptions options, HttpOptions http, HttpHandler handler)
      throws SysException {
    HttpFactory factory = HttpFactory.of(options, http, handler);
    return new HttpServer(Server.open(loop, factory.options(options), factory), http);
  }

  /** A server on all loops of a group, with options by default; as {@link Server#start}. */
  public static HttpServer start(LoopGroup group, ServerOptions options, HttpHandler handler)
      throws SysException {
    return start(group, options, HttpOptions.DEFAULT, handler);
  }

  /** A server on all loops of a group, as {@link Server#start}. */
  public static HttpServer start(
      LoopGroup group, ServerOptions options, HttpOptions http, HttpHandler handler)
      throws SysException {
    HttpFactory factory = HttpFactory.of(options, http, handler);
    return new HttpServer(Server.start(group, factory.options(options), factory), http);
  }

  /**
   * The handlers of connections that speak HTTP, for a {@link Server} of one's own. Where that has
   * TLS, this begins within it, also with the header of a {@linkplain HttpOptions#proxyProtocol
   * proxy}.
   */
  public static HandlerFactory handlers(HttpOptions http, HttpHandler handler) {
    return HttpFactory.of(http, handler);
  }

  /** The handler of one connection that speaks HTTP. */
  public static ConnectionHandler handler(
      Connection connection, HttpOptions http, HttpHandler handler) {
    return HttpFactory.of(http, handler).begin(connection);
  }

  /** Where it listens. */
  public SocketAddress address() {
    return server.address();
  }

  /** What it has done so far. */
  public ServerStats stats() {
    return server.stats();
  }

  /** The server beneath. */
  public Server server() {
    return server;
  }

  /**
   * Stops in order, as {@link Server#stop(Duration)}: its {@linkplain HttpOptions#readiness
   * readiness} says no; nobody is accepted any more; requests that have come are answered, each
   * with {@code Connection: close}; what waits for nothing ends. Who deals out requests by asking
   * has them come until it has asked: {@link Readiness#set} first, and this some seconds later.
   */
  public void stop(Duration atMost) {
    Readiness readiness = http.readiness();
    if (readiness != null) {
      readiness.set(false);
    }
    server.stop(atMost);
  }

  /** Completed when a {@link #stop} is, as {@link Server#stopped}. */
  public CompletableFuture<@Nullable Void> stopped() {
    return server.stopped();
  }

  /** Ends all connections at once, as {@link Server#close}. */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return "HTTP on " + server;
  }
}
