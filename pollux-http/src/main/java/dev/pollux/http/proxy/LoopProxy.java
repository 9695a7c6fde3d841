package dev.pollux.http.proxy;

import dev.pollux.http.HttpException;
import dev.pollux.http.client.HttpClient;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one loop has of a proxy. Threads: the loop's. */
final class LoopProxy {

  private static final long MOST_FIRST_NANOS = 5_000_000_000L; // 5 s

  private final EventLoop loop;
  private final ProxyOptions options;
  private final HttpClient client;
  private final HttpClient looking; // with connections of its own: the others may all be used
  private final List<Target> targets;
  private final List<HealthCheck> checks = new ArrayList<>();
  private final Set<Passage> waiting = new LinkedHashSet<>(); // for a first look
  private final Set<Tunnel> tunnels = new LinkedHashSet<>();
  private final LoopTimer firstLooks = new LoopTimer(this::beLate);
  private boolean isLate; // a first look is not waited for any more
  private int next; // of those that are as good as each other

  LoopProxy(EventLoop loop, List<Target> targets, ProxyOptions options) {
    this.loop = loop;
    this.options = options;
    this.targets = targets;
    this.client = HttpClient.of(loop, options.client());
    this.looking = HttpClient.of(loop, options.client());
    String path = options.healthPath();
    if (path != null) {
      loop.schedule(firstLooks, Math.min(options.healthNanos(), MOST_FIRST_NANOS));
      for (Target target : targets) {
        target.awaitLook();
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

  // ---- looks

  /**
   * Has a request go where a look was good: at once, or when one is, or all have come back.
   *
   * @throws HttpException if as many wait as may
   */
  void await(Passage passage) {
    if (isKnown()) {
      passage.ask();
    } else if (waiting.size() < options.client().waitingRequests()) {
      boolean _ = waiting.add(passage);
    } else {
      throw new HttpException(503, "nothing is known yet of the servers behind");
    }
  }

  /** A request does not wait any more. */
  void forget(Passage passage) {
    boolean _ = waiting.remove(passage);
  }

  private boolean isKnown() {
    long now = loop.nowNanos();
    boolean isAwaited = false;
    for (Target target : targets) {
      if (target.isUp(now)) {
        return true;
      }
      isAwaited |= target.isAwaited();
    }
    return isLate || !isAwaited;
  }

  /** A look at a target has come back. */
  void looked(Target target, boolean isWell, String why) {
    target.setWell(isWell);
    tell(target, why);
    release();
  }

  private void beLate() {
    isLate = true;
    release();
  }

  private void release() {
    if (!waiting.isEmpty() && isKnown()) {
      List<Passage> due = List.copyOf(waiting);
      waiting.clear();
      due.forEach(Passage::goOnAsking);
    }
  }

  /** A target could not be connected to. */
  void failed(Target target, String why) {
    target.failed(loop.nowNanos() + options.downNanos());
    tell(target, why);
  }

  /** A target has answered. */
  void answered(Target target) {
    target.answered();
    tell(target, "it has answered");
  }

  private void tell(Target target, String why) {
    try {
      target.tell(why, options.healthListener());
    } catch (Throwable t) {
      loop.report("the health listener of the proxy to " + target, t);
    }
  }

  void opened(Tunnel tunnel) {
    boolean _ = tunnels.add(tunnel);
  }

  void over(Tunnel tunnel) {
    boolean _ = tunnels.remove(tunnel);
  }

  void close() {
    for (HealthCheck check : checks) {
      check.end();
    }
    targets.forEach(Target::forget);
    loop.cancel(firstLooks);
    List<Passage> left = List.copyOf(waiting);
    waiting.clear();
    left.forEach(Passage::refuse);
    List.copyOf(tunnels).forEach(Tunnel::end);
    client.close();
    looking.close();
  }
}
