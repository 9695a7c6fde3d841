package dev.pollux.inspect.rules;

import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.SystemCall;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The waits that were ever seen: a thread that finds work at each wait is never seen in one again,
 * and what it waits with is known from quieter times.
 */
public final class KnownWaits {

  /** By instance, the last wait on it. */
  private final Map<Integer, ProcessThread> byEpoll = new TreeMap<>();

  /** Remembers those that wait now, and forgets instances that are gone. */
  public void putAll(List<ProcessThread> threads, List<EpollSet> epolls) {
    byEpoll.keySet().retainAll(epolls.stream().map(EpollSet::fd).collect(Collectors.toSet()));
    for (ProcessThread thread : threads) {
      SystemCall call = thread.call();
      if (call != null && call.kind() == SystemCall.Kind.EPOLL) {
        byEpoll.put(call.fd(), thread);
      }
    }
  }

  /** Who waited last on an instance; null if nobody was seen there. */
  @Nullable ProcessThread on(int epfd) {
    return byEpoll.get(epfd);
  }
}
