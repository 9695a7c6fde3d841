package dev.pollux.micrometer.guide;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.http.Router;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.Watchdog;
import dev.pollux.loop.WatchdogListener;
import dev.pollux.micrometer.PolluxHttpMetrics;
import dev.pollux.micrometer.PolluxLoopMetrics;
import dev.pollux.micrometer.PolluxServerMetrics;
import dev.pollux.net.ServerOptions;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** Says hello, and shows Prometheus how it is. */
final class Measured implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PolluxHttpMetrics http = new PolluxHttpMetrics(Tags.empty());
  final LoopGroup loops;
  final HttpServer server;
  final HttpServer operators; // a port that only they can reach
  private final Watchdog watchdog;

  Measured(ServerOptions at, ServerOptions forOperators) throws IOException {
    loops = LoopGroup.start(2, LoopOptions.DEFAULT);
    Router hello =
        new Router()
            .get(
                "/hello/{name}",
                (request, response) -> response.send("Hello " + request.parameter("name")));
    HttpOptions observed = HttpOptions.DEFAULT.withObserver(http);
    server = HttpServer.start(loops, at, observed, hello);
    Router metrics =
        new Router()
            .get(
                "/metrics",
                (_, response) ->
                    response
                        .field("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .send(registry.scrape()));
    operators = HttpServer.start(loops, forOperators, metrics);

    http.bindTo(registry);
    new PolluxServerMetrics(server.server(), Tags.empty()).bindTo(registry);
    PolluxLoopMetrics ofLoops = new PolluxLoopMetrics(loops, Tags.empty());
    ofLoops.bindTo(registry);
    WatchdogListener listener = ofLoops.watching(WatchdogListener.logging());
    watchdog = Watchdog.of(loops.loops(), Watchdog.DEFAULT_BLOCKED_NANOS, listener).start();
  }

  @Override
  public void close() {
    watchdog.close();
    operators.close();
    server.close();
    loops.close();
    registry.close();
  }

  public static void main(String[] args) throws Exception {
    try (Measured _ =
        new Measured(
            ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080)),
            ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9090)))) {
      new CountDownLatch(1).await();
    }
  }
}
