package dev.pollux.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An epoll instance of a process.
 *
 * @param fd the descriptor by which it was looked at
 * @param items its interest list
 * @param hasReady whether its ready list has anything; null if it was not looked at so deeply
 */
public record EpollSet(int fd, List<EpollItem> items, @Nullable Boolean hasReady) {

  /** Copies the list. */
  public EpollSet {
    items = List.copyOf(items);
  }
}
