package dev.pollux.micrometer;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The own timers of one route, by method and status. Threads: any. */
final class RouteTimers {

  private final String route;
  private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Timer>> byMethod =
      new AtomicReferenceArray<>(Methods.COUNT);

  RouteTimers(String route) {
    this.route = route;
  }

  String route() {
    return route;
  }

  /** The timer, if there is one already. */
  @Nullable Timer get(int method, int status) {
    AtomicReferenceArray<@Nullable Timer> byStatus = byMethod.get(method);
    return byStatus == null ? null : byStatus.get(status);
  }

  /** Puts one there; one at a time does. */
  void put(int method, int status, Timer timer) {
    AtomicReferenceArray<@Nullable Timer> byStatus = byMethod.get(method);
    if (byStatus == null) {
      byStatus = new AtomicReferenceArray<>(Statuses.COUNT);
      byMethod.set(method, byStatus);
    }
    byStatus.set(status, timer);
  }
}
