package dev.pollux.micrometer.guide;

import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.micrometer.PolluxHttpMetrics;
import dev.pollux.micrometer.PolluxLoopMetrics;
import dev.pollux.micrometer.PolluxServerMetrics;
import dev.pollux.net.ServerOptions;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.io.IOException;
import java.util.Map;

/** Says hello, and tells a collector of OpenTelemetry how it is: every minute, and at its end. */
final class Exported implements AutoCloseable {

  private final OtlpMeterRegistry registry;
  private final LoopGroup loops;
  final HttpServer server;

  Exported(ServerOptions at, String collector) throws IOException {
    Map<String, String> settings =
        Map.of(
            "otlp.url",
            collector, // http://collector:4318/v1/metrics
            "otlp.resourceAttributes",
            "service.name=hello");
    OtlpConfig config = settings::get;
    registry = new OtlpMeterRegistry(config, Clock.SYSTEM);
    PolluxHttpMetrics http = new PolluxHttpMetrics(Tags.empty());
    loops = LoopGroup.start(2, LoopOptions.DEFAULT);
    HttpOptions observed = HttpOptions.DEFAULT.withObserver(http);
    server = HttpServer.start(loops, at, observed, (_, response) -> response.send("Hello"));
    http.bindTo(registry);
    new PolluxServerMetrics(server.server(), Tags.empty()).bindTo(registry);
    new PolluxLoopMetrics(loops, Tags.empty()).bindTo(registry);
  }

  @Override
  public void close() {
    server.close();
    registry.close(); // which sends for the last time
    loops.close();
  }
}
