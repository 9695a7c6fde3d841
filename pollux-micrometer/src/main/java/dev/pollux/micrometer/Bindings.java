package dev.pollux.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The registries that a binder is bound to, each once. Threads: any. */
final class Bindings implements AutoCloseable {

  private final List<Meters> all = new ArrayList<>();
  private boolean isClosed;

  /**
   * Has the meters made, unless this registry has them.
   *
   * @throws IllegalStateException if the binder is closed
   */
  synchronized void bind(MeterRegistry registry, MetricsOptions options, Consumer<Meters> make) {
    if (isClosed) {
      throw new IllegalStateException("the meters were closed: make others");
    }
    if (all.stream().noneMatch(each -> each.registry().equals(registry))) {
      Meters meters = new Meters(registry, options.tags());
      all.add(meters);
      make.accept(meters);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    all.forEach(Meters::close);
    all.clear();
  }
}
