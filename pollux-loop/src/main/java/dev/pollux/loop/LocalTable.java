package dev.pollux.loop;

import java.util.IdentityHashMap;
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
    while (!values.isEmpty()) { // closing one may make another
      LoopLocal<?> key = values.keySet().iterator().next();
      Object value = values.remove(key);
      if (value instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Throwable e) {
          loop.report("closing what belongs to the loop", e);
        }
      }
    }
  }
}
