package dev.pollux.cli.serve;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.FailureReason;
import dev.pollux.http.log.HttpMetrics;
import dev.pollux.http.proxy.ProxyOptions;
import dev.pollux.http.proxy.ReverseProxy;
import dev.pollux.http.proxy.TargetHealth;
import dev.pollux.loop.EventLoop;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Answers of servers behind, a line a second at most for what they did not answer, and one for each
 * that goes down or is up again.
 */
final class ProxySite implements Site {

  private static final long BETWEEN_NANOS = 1_000_000_000; // 1 s

  private final List<String> targets;
  private final ReverseProxy proxy;
  private final Consumer<String> told;
  private final AtomicLong nextNanos = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong silent = new AtomicLong();
  private final NanoClock clock;
  private final boolean isLookedAt;

  /** What time it is. */
  interface NanoClock {
    long nanos();
  }

  ProxySite(List<String> targets, ProxyOptions options, NanoClock clock, Consumer<String> told) {
    this.targets = targets;
    this.told = told;
    this.clock = clock;
    this.isLookedAt = options.healthPath() != null;
    ProxyOptions telling =
        options.withFailureListener(this::failed).withHealthListener(this::changed);
    this.proxy = ReverseProxy.to(telling, targets);
  }

  private void failed(URI target, ClientException failure) {
    long now = clock.nanos();
    long next = nextNanos.get();
    boolean isDue = next == Long.MIN_VALUE || now - next >= 0;
    if (isDue && nextNanos.compareAndSet(next, now + BETWEEN_NANOS)) {
      long others = silent.getAndSet(0);
      String more = others == 0 ? "" : " (and " + others + " like it since the last line)";
      told.accept(target + " " + words(failure.reason()) + ": " + failure.getMessage() + more);
    } else {
      silent.incrementAndGet();
    }
  }

  /** What came of asking a target. */
  private static String words(FailureReason reason) {
    return switch (reason) {
      case UNKNOWN_HOST -> "has no address";
      case CONNECT_FAILED -> "cannot be reached";
      case CONNECT_TIMEOUT -> "took no connection in time";
      case TLS_FAILED -> "is not believed to be who it says, or does not believe who asks";
      case HEAD_TIMEOUT, TOTAL_TIMEOUT -> "did not answer in time";
      case BODY_TIMEOUT -> "did not go on in time";
      case CLOSED_EARLY -> "ended before its answer did";
      case BAD_ANSWER -> "sent what is no answer";
      case TOO_LARGE -> "sent more than is taken";
      case TOO_MANY -> "has as many requests as it may be sent";
      case CLIENT_CLOSED -> "is not asked any more";
      case BAD_REDIRECT, CANCELLED, HANDLER_FAILED -> "was asked for what could not be passed on";
    };
  }

  private void changed(URI target, boolean isUp, String why) {
    told.accept(target + (isUp ? " is up again: " : " is down: ") + why);
  }

  /** Without looks it is: who is asked nothing any more could not be found to be up again. */
  @Override
  public boolean isReady() {
    return !isLookedAt || proxy.targets().stream().anyMatch(TargetHealth::isUp);
  }

  @Override
  public void addTo(HttpMetrics metrics) {
    metrics.addGauge(
        "pollux_proxy_target_up", "Whether a target can be asked.", "target", this::targets);
  }

  private Map<String, Long> targets() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (TargetHealth each : proxy.targets()) {
      all.put(each.target().toString(), each.isUp() ? 1L : 0);
    }
    return all;
  }

  @Override
  public HttpHandler handler() {
    return proxy;
  }

  @Override
  public void start(List<EventLoop> loops) {
    proxy.start(loops);
  }

  @Override
  public String text() {
    return String.join(", ", targets);
  }

  @Override
  public void reopen() {}

  @Override
  public void close() {
    proxy.close();
  }
}
