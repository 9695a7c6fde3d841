package dev.pollux.guide;

import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;

// begin counting
/** Passes system calls on to a kernel and counts them by name. Threads: one. */
final class CountingSys {

  private final Map<String, Integer> counts = new TreeMap<>();
  private final Sys sys;

  CountingSys(Sys kernel) {
    this.sys =
        (Sys)
            Proxy.newProxyInstance(
                Sys.class.getClassLoader(),
                new Class<?>[] {Sys.class},
                (_, call, arguments) -> {
                  counts.merge(call.getName(), 1, Integer::sum);
                  try {
                    return call.invoke(kernel, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  /** What the program under test calls. */
  Sys sys() {
    return sys;
  }

  /** How many calls of these names were made since the last {@link #reset}. */
  int count(String... calls) {
    int sum = 0;
    for (String call : calls) {
      sum += counts.getOrDefault(call, 0);
    }
    return sum;
  }

  void reset() {
    counts.clear();
  }
}
// end counting
