package dev.pollux.http.proxy;

import dev.pollux.http.client.HttpClient;
import dev.pollux.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one loop has of a proxy. Threads: the loop's. */
final class LoopProxy {

  private final EventLoop loop;
  private final ProxyOptions options;
  private final HttpClient client;
  private final HttpClient looking; // with connections of its own: the others may all be used
  private final List<Target> targets;
  private final List<HealthCheck> checks = new ArrayList<>();
  private int next; // of those that are as good as each other

  LoopProxy(EventLoop loop, List<Target> targets, ProxyOptions options) {
    this.loop = loop;
    this.options = options;
    this.targets = targets;
    this.client = HttpClient.of(loop, options.client());
    this.looking = HttpClient.of(loop, options.client());
    String path = options.healthPath();
    if (path != null) {
      for (Target target : targets) {
        HealthCheck check = new HealthCheck(this, target, path);
        checks.add(check);
        check.look();
      }
    }
  }

  EventLoop loop() {
    return loop;
  }

  ProxyOptions options() {
    return options;
  }

  HttpClient client() {
    return client;
  }

  /** For looks at targets. */
  HttpClient looking() {
    return looking;
  }

  int targetCount() {
    return targets.size();
  }

  /**
   * The one of those that are up, or of all if none is, that has the fewest requests under way; by
   * turns where several have; null if all were tried.
   */
  @Nullable Target choose(Set<Target> tried) {
    long now = loop.nowNanos();
    Target best = null;
    boolean isBestUp = false;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get((next + i) % targets.size());
      boolean isUp = target.isUp(now);
      boolean isBetter =
          best == null || (isUp == isBestUp ? target.active() < best.active() : isUp);
      if (!tried.contains(target) && isBetter) {
        best = target;
        isBestUp = isUp;
      }
    }
    next = (next + 1) % targets.size();
    if (best != null) {
      best.chosen(now + options.downNanos());
    }
    return best;
  }

  /** A target could not be connected to. */
  void failed(Target target) {
    target.failed(loop.nowNanos() + options.downNanos());
  }

  void close() {
    for (HealthCheck check : checks) {
      check.end();
    }
    client.close();
    looking.close();
  }
}
