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
   * Has the meters made, unless this registry has them. Errors: what {@code make} throws; then those
   * made before are taken away again, and the registry is not bound.
   *
   * @throws IllegalStateException if the binder is closed
   */
  synchronized void bind(MeterRegistry registry, MetricsOptions options, Consumer<Meters> make) {
    if (isClosed) {
      throw new IllegalStateException("the meters were closed: make others");
    }
    if (all.stream().noneMatch(each -> each.registry().equals(registry))) {
      Meters meters = new Meters(registry, options.tags());
      try {
        make.accept(meters);
      } catch (RuntimeException | Error e) {
        undo(meters, e);
        throw e;
      }
      all.add(meters);
    }
  }

  private static void undo(Meters meters, Throwable why) {
    try {
      meters.close();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    all.forEach(Meters::close);
    all.clear();
  }
}
