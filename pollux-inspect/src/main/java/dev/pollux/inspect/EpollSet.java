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

  /** The item that is the same as one of another look; null if it is gone. */
  public @Nullable EpollItem find(EpollItem item) {
    for (EpollItem each : items) {
      if (each.isSame(item)) {
        return each;
      }
    }
    return null;
  }
}
