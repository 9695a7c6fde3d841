package dev.pollux.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The meters that a binder has in one registry: those that it has made, and no others.
 *
 * <p>A registry asked for a meter that is there gives that one, whoever made it. So the meters are
 * looked at before and after, and only what is new is had, and taken away again.
 *
 * <p>Micrometer's counters of others' numbers know who has these weakly, and a gauge does by
 * default. These gauges know him strongly: so each binder has one at least for each object that it
 * asks, and the registry keeps it until {@link #close}.
 *
 * <p>Threads: any, under the monitor of the registry, which two binders have in common.
 */
final class Meters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Tags tags;
  private final String apart;
  private final Set<Meter> made = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean isClosed;

  /** While the meters are made: what was there before. */
  private final Set<Meter> others = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Those of a binder; {@code apart} says how two of its kind are told apart. */
  Meters(MeterRegistry registry, Tags tags, String apart) {
    this.registry = registry;
    this.tags = tags;
    this.apart = apart;
  }

  MeterRegistry registry() {
    return registry;
  }

  /** These tags, and more. */
  Tags tags(String... more) {
    return tags.and(more);
  }

  /**
   * Has them made, all or none. Errors: what {@code maker} throws, and IllegalArgumentException if
   * the registry has one that was not made here; those made before are taken away again.
   */
  void make(Consumer<Meters> maker) {
    synchronized (registry) {
      others.addAll(registry.getMeters());
      try {
        maker.accept(this);
      } catch (RuntimeException | Error e) {
        undo(e);
        throw e;
      } finally {
        others.clear();
      }
    }
  }

  private void undo(Throwable why) {
    try {
      close();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Takes on a meter that the registry gave to the maker. It may be had already: a filter of the
   * registry may make one of two.
   */
  <M extends Meter> M add(M meter) {
    if (others.contains(meter)) {
      throw new IllegalArgumentException(
          "the registry has "
              + text(meter.getId())
              + " already, which is not of this binder: nothing was bound; "
              + apart);
    }
    boolean _ = made.add(meter);
    return meter;
  }

  private static String text(Meter.Id id) {
    return id.getTags().stream()
        .map(tag -> tag.getKey() + "=" + tag.getValue())
        .collect(Collectors.joining(", ", id.getName() + " [", "]"));
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

  /**
   * Records with a timer that may be new. Null if it is another's, and so to be looked for the next
   * time again, as he may take it away; or if the meters were taken away.
   */
  @Nullable Timer record(Timer.Builder builder, long nanos) {
    synchronized (registry) {
      if (isClosed) {
        return null;
      }
      List<Meter> before = registry.getMeters();
      Timer timer = builder.register(registry);
      timer.record(nanos, TimeUnit.NANOSECONDS);
      if (made.contains(timer)) {
        return timer;
      }
      if (isAmong(before, timer)) {
        return null;
      }
      boolean _ = made.add(timer);
      return timer;
    }
  }

  @SuppressWarnings("ReferenceEquality") // meters are equal if their ids are
  private static boolean isAmong(List<Meter> meters, Meter meter) {
    for (Meter each : meters) {
      if (each == meter) {
        return true;
      }
    }
    return false;
  }

  /** Takes away those that are still there. */
  @Override
  public void close() {
    synchronized (registry) {
      isClosed = true;
      for (Meter meter : registry.getMeters()) {
        if (made.contains(meter)) {
          var _ = registry.remove(meter);
        }
      }
      made.clear();
    }
  }
}
