package dev.pollux.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What the {@link LoopLocal}s keep at one loop. */
final class LocalTable {

  private final EventLoop loop;
  private final IdentityHashMap<LoopLocal<?>, Object> values = new IdentityHashMap<>();

  LocalTable(EventLoop loop) {
    this.loop = loop;
  }

  Object of(LoopLocal<?> key, Function<EventLoop, ?> factory) {
    Object value = values.get(key);
    if (value == null) {
      value = factory.apply(loop);
      values.put(key, value);
    }
    return value;
  }

  /** Closes what can be closed, each once; what goes wrong is reported. */
  void close() {
    Set<Object> closed = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Object> left = new ArrayList<>(values.values());
    while (!left.isEmpty()) {
      for (Object value : left) {
        closed.add(value);
        closeIfPossible(value);
      }
      left = new ArrayList<>(values.values()); // closing one may have made another
      left.removeIf(closed::contains);
    }
    values.clear();
  }

  private void closeIfPossible(Object value) {
    if (value instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable e) {
        loop.failures.report("closing what belongs to the loop", e);
      }
    }
  }
}
