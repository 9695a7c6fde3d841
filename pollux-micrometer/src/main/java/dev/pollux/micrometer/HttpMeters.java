package dev.pollux.micrometer;

import dev.pollux.http.HttpEnd;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The meters of HTTP in one registry, found without an object being made. Threads: any; a lock is
 * taken for a meter that is new.
 */
final class HttpMeters {

  /** What no router had a pattern for. */
  static final String NO_ROUTE = "NONE";

  /** What was no request. */
  static final String NO_REQUEST = "UNKNOWN";

  private static final String MORE = "OTHER";

  // Where the buckets of a histogram begin and end.
  private static final Duration LEAST_EXPECTED = Duration.ofNanos(100_000); // 100 µs
  private static final Duration MOST_EXPECTED = Duration.ofSeconds(30);

  private final Meters meters;
  private final MetricsOptions options;
  private final Map<HttpEnd, Counter> ends = new EnumMap<>(HttpEnd.class);
  private final DistributionSummary requestBody;
  private final DistributionSummary responseBody;
  private final Counter[] messages = new Counter[4]; // received binary, text; sent binary, text
  private final Counter[] messageBytes = new Counter[2]; // received, sent

  private final RouteTimers unrouted = new RouteTimers(NO_ROUTE);
  private final RouteTimers noRequest = new RouteTimers(NO_REQUEST);
  private final RouteTimers more = new RouteTimers(MORE);
  private final ConcurrentHashMap<String, RouteTimers> routes = new ConcurrentHashMap<>();

  HttpMeters(Meters meters, MetricsOptions options) {
    this.meters = meters;
    this.options = options;
    for (HttpEnd end : HttpEnd.values()) {
      Counter counter =
          Counter.builder("pollux.http.ends")
              .description("Exchanges that are over, by how they came to their end")
              .tags(meters.tags("end", end.label()))
              .register(meters.registry());
      ends.put(end, meters.add(counter));
    }
    requestBody = summary("pollux.http.request.body", "Content of requests that had some");
    responseBody = summary("pollux.http.response.body", "Content of answers that had some");
    for (int i = 0; i < messages.length; i++) {
      Counter counter =
          Counter.builder("pollux.http.websocket.messages")
              .description("Messages of WebSockets")
              .tags(
                  meters.tags("direction", direction(i / 2), "type", i % 2 > 0 ? "text" : "binary"))
              .register(meters.registry());
      messages[i] = meters.add(counter);
    }
    for (int i = 0; i < messageBytes.length; i++) {
      Counter counter =
          Counter.builder("pollux.http.websocket.transferred")
              .description("Content of messages of WebSockets")
              .baseUnit("bytes")
              .tags(meters.tags("direction", direction(i)))
              .register(meters.registry());
      messageBytes[i] = meters.add(counter);
    }
  }

  private static String direction(int index) {
    return index == 0 ? "received" : "sent";
  }

  private DistributionSummary summary(String name, String help) {
    DistributionSummary summary =
        DistributionSummary.builder(name)
            .description(help)
            .baseUnit("bytes")
            .tags(meters.tags())
            .register(meters.registry());
    return meters.add(summary);
  }

  /** An exchange is over. */
  void over(String route, int method, int status, long nanos) {
    RouteTimers ofRoute = timers(route);
    Timer timer = ofRoute.get(method, status);
    if (timer == null) {
      recordFirst(ofRoute, method, status, nanos);
    } else {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  void ended(HttpEnd end) {
    Objects.requireNonNull(ends.get(end)).increment();
  }

  void bodies(long requestBytes, long responseBytes) {
    if (requestBytes > 0) {
      requestBody.record((double) requestBytes);
    }
    if (responseBytes > 0) {
      responseBody.record((double) responseBytes);
    }
  }

  void message(boolean isSent, boolean isText, long sizeBytes) {
    messages[(isSent ? 2 : 0) + (isText ? 1 : 0)].increment();
    messageBytes[isSent ? 1 : 0].increment((double) sizeBytes);
  }

  @SuppressWarnings("ReferenceEquality") // no pattern is these: it begins with a slash
  private RouteTimers timers(String route) {
    if (route == NO_ROUTE || route == NO_REQUEST) {
      return route == NO_ROUTE ? unrouted : noRequest;
    }
    RouteTimers known = routes.get(route);
    return known == null ? newRoute(route) : known;
  }

  private synchronized RouteTimers newRoute(String route) {
    RouteTimers known = routes.get(route);
    if (known != null) {
      return known;
    }
    if (routes.size() >= options.maxRoutes()) {
      return more;
    }
    RouteTimers made = new RouteTimers(route);
    routes.put(route, made);
    return made;
  }

  /** Of a timer that is not there yet, or is another's: this is then the way each time. */
  private synchronized void recordFirst(RouteTimers of, int method, int status, long nanos) {
    Timer.Builder builder =
        Timer.builder("http.server.requests")
            .description("From the whole head of a request to the end of its answer")
            .tags(
                meters.tags(
                    "method",
                    Methods.tag(method),
                    "uri",
                    of.route(),
                    "status",
                    Statuses.tag(status),
                    "outcome",
                    Statuses.outcome(status)));
    if (options.histograms()) {
      builder
          .publishPercentileHistogram()
          .minimumExpectedValue(LEAST_EXPECTED)
          .maximumExpectedValue(MOST_EXPECTED);
    }
    Timer own = meters.record(builder, nanos);
    if (own != null) {
      of.put(method, status, own);
    }
  }
}
