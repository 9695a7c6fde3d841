package dev.pollux.micrometer;

import dev.pollux.http.HttpObserver;
import dev.pollux.http.HttpOutcome;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEnd;
import dev.pollux.http.websocket.WebSocketObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The figures of requests, {@code http.server.requests} by method, route and status, and {@code
 * pollux.http.*}; and of WebSockets, where their options have the {@link #webSockets} of this.
 *
 * <pre>{@code
 * PolluxHttpMetrics metrics = new PolluxHttpMetrics(Tags.empty());
 * metrics.bindTo(registry);
 * HttpOptions options = HttpOptions.DEFAULT.withObserver(metrics.and(accessLog));
 * }</pre>
 *
 * <p>Tags are bounded, whatever clients send: a method that is not one of the nine registered ones
 * is "OTHER", a status that is not registered its class, and the tag "uri" is the pattern of the
 * {@link dev.pollux.http.Router} that found the handler, never the path: "NONE" where none did, and
 * "OTHER" beyond {@link MetricsOptions#maxRoutes}. What was no request has the method and the uri
 * "UNKNOWN". What had no whole answer has the status "UNKNOWN".
 *
 * <p>Ownership: a registry keeps the meters until {@link #close}, which takes them away; what is
 * over then is not counted. Threads: any; told by the loops', which share the meters. Errors:
 * {@link #bindTo} throws IllegalArgumentException and binds nothing if the registry has one of
 * {@code pollux.http.*} with the same tags, of somebody else.
 *
 * <p>Timers are made while requests come, and so cannot be refused. One that is there already, made
 * by somebody else, is shared: requests are counted into it, and {@link #close} leaves it. It is
 * looked for at each request, which makes objects then, so that if he takes it away a new one is
 * made for the next request.
 */
public final class PolluxHttpMetrics implements HttpObserver, MeterBinder, AutoCloseable {

  private final MetricsOptions options;
  private final Bindings bindings =
      new Bindings(
          "set a tag of your own that tells the two apart by MetricsOptions.withTags, or close the"
              + " other");
  private final LongAdder active = new LongAdder();
  private final LongAdder openSockets = new LongAdder();
  private final WebSocketObserver sockets = new Sockets();
  private volatile HttpMeters[] bound = {};

  /** Bound to no registry yet. */
  public PolluxHttpMetrics(Tags tags) {
    this(MetricsOptions.DEFAULT.withTags(tags));
  }

  /** Bound to no registry yet, with options. */
  public PolluxHttpMetrics(MetricsOptions options) {
    this.options = options;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindings.bind(registry, options, this::putAll);
  }

  private synchronized void putAll(Meters meters) {
    meters.gauge(
        "pollux.http.requests.active",
        "Requests whose head is whole, and whose answer is not over",
        null,
        active,
        LongAdder::sum);
    meters.gauge(
        "pollux.http.websocket.open",
        "WebSockets that are open",
        null,
        openSockets,
        LongAdder::sum);
    HttpMeters[] more = Arrays.copyOf(bound, bound.length + 1);
    more[bound.length] = new HttpMeters(meters, options);
    bound = more;
  }

  /** Counts WebSockets that have this in their {@code WebSocketOptions}. */
  public WebSocketObserver webSockets() {
    return sockets;
  }

  @Override
  public void begun(HttpOutcome outcome) {
    active.increment();
  }

  @Override
  public void over(HttpOutcome outcome) {
    HttpRequest request = outcome.request();
    String route = HttpMeters.NO_REQUEST;
    int method = Methods.UNKNOWN;
    if (request != null) {
      active.decrement();
      String pattern = request.route();
      route = pattern == null ? HttpMeters.NO_ROUTE : pattern;
      method = Methods.slot(request.method());
    }
    int status = Statuses.slot(outcome.isComplete() ? outcome.status() : 0);
    long nanos = outcome.durationNanos();
    for (HttpMeters each : bound) {
      each.over(route, method, status, nanos);
      each.ended(outcome.end());
      each.bodies(outcome.receivedBytes(), outcome.contentBytes());
    }
  }

  /** Takes the meters away. Idempotent. */
  @Override
  public void close() {
    bindings.close();
    bound = new HttpMeters[0];
  }

  /** What is told of WebSockets. */
  private final class Sockets implements WebSocketObserver {

    @Override
    public void opened(WebSocket socket) {
      openSockets.increment();
    }

    @Override
    public void received(WebSocket socket, boolean isText, int sizeBytes) {
      for (HttpMeters each : bound) {
        each.message(false, isText, sizeBytes);
      }
    }

    @Override
    public void sent(WebSocket socket, boolean isText, long sizeBytes) {
      for (HttpMeters each : bound) {
        each.message(true, isText, sizeBytes);
      }
    }

    @Override
    public void closed(WebSocket socket, WebSocketEnd end) {
      openSockets.decrement();
    }
  }
}
