package dev.pollux.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The registries that a binder is bound to, each once. Threads: any. */
final class Bindings implements AutoCloseable {

  private final List<Meters> all = new ArrayList<>();
  private final String apart;
  private boolean isClosed;

  /** Of a binder; {@code apart} says in a message how two of its kind are told apart. */
  Bindings(String apart) {
    this.apart = apart;
  }

  /**
   * Has the meters made, unless this registry has them. Errors: those of {@link Meters#make}; then
   * the registry is not bound.
   *
   * @throws IllegalStateException if the binder is closed
   */
  synchronized void bind(MeterRegistry registry, MetricsOptions options, Consumer<Meters> make) {
    if (isClosed) {
      throw new IllegalStateException("the meters were closed: make others");
    }
    if (all.stream().noneMatch(each -> each.registry().equals(registry))) {
      Meters meters = new Meters(registry, options.tags(), apart);
      meters.make(make);
      all.add(meters);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    all.forEach(Meters::close);
    all.clear();
  }
}
