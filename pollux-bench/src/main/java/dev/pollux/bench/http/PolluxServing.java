package dev.pollux.bench.http;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * What the servers on Pollux have in common: one loop, that accepts, too.
 *
 * <p>All is as by default but for two limits, which the others do not have: connections are not
 * ended after 1,000 requests, and there may be more than 10,000.
 */
final class PolluxServing {

  private static final int MAX_CONNECTIONS = 100_000;

  private PolluxServing() {}

  /**
   * Serves until standard input ends.
   *
   * @param tls that all connections have, if any
   */
  static void run(HttpHandler handler, @Nullable Tls tls) throws IOException {
    LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
    ServerOptions options =
        ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withBacklog(HttpServing.BACKLOG)
            .withMaxConnections(MAX_CONNECTIONS)
            .withTls(tls);
    HttpOptions http =
        HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE));
    EventLoop loop = loops.loops().getFirst();
    FutureTask<Thread> thread = new FutureTask<>(Thread::currentThread);
    FutureTask<HttpServer> open =
        new FutureTask<>(() -> HttpServer.open(loop, options, http, handler));
    loop.execute(thread);
    loop.execute(open);
    try {
      HttpServing.run(((InetSocketAddress) open.get().address()).getPort(), thread.get());
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("the server could not be opened", e);
    }
  }
}
