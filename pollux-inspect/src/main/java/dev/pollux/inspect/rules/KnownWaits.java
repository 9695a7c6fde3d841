package dev.pollux.inspect.rules;

import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The waits that were ever seen: a thread that finds work at each wait is never seen in one again,
 * and what it waits with is known from quieter times.
 */
public final class KnownWaits {

  /** By instance, the last wait on it. */
  private final Map<Integer, ProcessThread> byEpoll = new TreeMap<>();

  /** Remembers those that wait now. */
  public void putAll(List<ProcessThread> threads) {
    for (ProcessThread thread : threads) {
      SystemCall call = thread.call();
      if (call != null && call.kind() == SystemCall.Kind.EPOLL) {
        byEpoll.put(call.fd(), thread);
      }
    }
  }

  /** The waits, by instance. */
  Map<Integer, ProcessThread> byEpoll() {
    return byEpoll;
  }
}
