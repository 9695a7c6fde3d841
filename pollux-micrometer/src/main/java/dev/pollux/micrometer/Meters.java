package dev.pollux.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters that a binder has in one registry.
 *
 * <p>Micrometer's counters of others' numbers know who has these weakly, and a gauge does by
 * default. These gauges know him strongly: so each binder has one at least for each object that it
 * asks, and the registry keeps it until {@link #close}.
 *
 * <p>Threads: any, under its lock.
 */
final class Meters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();
  private boolean isClosed;

  Meters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  MeterRegistry registry() {
    return registry;
  }

  /** These tags, and more. */
  Tags tags(String... more) {
    return tags.and(more);
  }

  /** Whether it may have more. */
  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Takes a meter on; takes it away at once if this is closed. */
  synchronized <M extends Meter> M add(M meter) {
    if (isClosed) {
      var _ = registry.remove(meter);
    } else {
      meters.add(meter);
    }
    return meter;
  }

  /** Something that only grows. */
  <T> void counter(
      String name,
      String help,
      @Nullable String unit,
      T of,
      ToDoubleFunction<T> value,
      String... more) {
    var _ =
        add(
            FunctionCounter.builder(name, of, value)
                .description(help)
                .baseUnit(unit)
                .tags(tags(more))
                .register(registry));
  }

  /** Something that goes up and down. */
  <T> void gauge(
      String name,
      String help,
      @Nullable String unit,
      T of,
      ToDoubleFunction<T> value,
      String... more) {
    var _ =
        add(
            Gauge.builder(name, of, value)
                .description(help)
                .baseUnit(unit)
                .tags(tags(more))
                .strongReference(true)
                .register(registry));
  }

  /** A time, in nanoseconds. */
  <T> void time(String name, String help, T of, ToDoubleFunction<T> nanos, String... more) {
    var _ =
        add(
            TimeGauge.builder(name, of, TimeUnit.NANOSECONDS, nanos)
                .description(help)
                .tags(tags(more))
                .strongReference(true)
                .register(registry));
  }

  /** Takes all of them away. */
  @Override
  public synchronized void close() {
    isClosed = true;
    for (Meter meter : meters) {
      var _ = registry.remove(meter);
    }
    meters.clear();
  }
}
