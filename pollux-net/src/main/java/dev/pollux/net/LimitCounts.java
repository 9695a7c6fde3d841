package dev.pollux.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** A number for each {@link Limit}. Threads: any. */
final class LimitCounts {

  /** Filled at once, and not written to any more. */
  private final Map<Limit, AtomicLong> counts = new EnumMap<>(Limit.class);

  LimitCounts() {
    for (Limit limit : Limit.values()) {
      counts.put(limit, new AtomicLong());
    }
  }

  void add(Limit limit) {
    long _ = counter(limit).incrementAndGet();
  }

  long of(Limit limit) {
    return counter(limit).get();
  }

  private AtomicLong counter(Limit limit) {
    return Objects.requireNonNull(counts.get(limit));
  }
}
