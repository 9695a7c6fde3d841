package dev.pollux.kqueue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a queue: by slot, for what epoll says; by descriptor, or by filter and number, for
 * what the program says. Looking up takes no memory. Under the queue's lock.
 */
final class Sources {

  private static final int FIRST = 16;

  private @Nullable Source[] slots = new Source[FIRST];
  private int[] generations = new int[FIRST];
  private int[] free = new int[FIRST];
  private int freeCount;
  private int used; // slots that were ever used
  private @Nullable Source[] byFd = new Source[FIRST];
  private final NumberTable timers = new NumberTable();
  private final NumberTable users = new NumberTable();

  /** The one for a filter and an identifier; null if there is none. */
  @Nullable Source find(int filter, long ident) {
    return switch (filter) {
      case Kevent.EVFILT_TIMER -> timers.get(ident);
      case Kevent.EVFILT_USER -> users.get(ident);
      default -> ident >= 0 && ident < byFd.length ? byFd[(int) ident] : null;
    };
  }

  /** The one that has a token; null if it is gone. */
  @Nullable Source named(long token) {
    int slot = (int) token;
    Source source = slot >= 0 && slot < used ? slots[slot] : null;
    return source != null && source.token() == token ? source : null;
  }

  /** Takes one in. */
  void put(int filter, Source source) {
    int slot = freeCount > 0 ? free[--freeCount] : newSlot();
    source.slot = slot;
    source.generation = ++generations[slot];
    slots[slot] = source;
    switch (filter) {
      case Kevent.EVFILT_TIMER -> timers.put(source);
      case Kevent.EVFILT_USER -> users.put(source);
      default -> {
        int fd = (int) source.ident;
        if (fd >= byFd.length) {
          byFd = Arrays.copyOf(byFd, Math.max(fd + 1, 2 * byFd.length));
        }
        byFd[fd] = source;
      }
    }
  }

  private int newSlot() {
    if (used == slots.length) {
      slots = Arrays.copyOf(slots, 2 * used);
      generations = Arrays.copyOf(generations, 2 * used);
      free = Arrays.copyOf(free, 2 * used);
    }
    return used++;
  }

  /** Forgets one. */
  void remove(int filter, Source source) {
    slots[source.slot] = null;
    free[freeCount++] = source.slot;
    source.slot = -1;
    switch (filter) {
      case Kevent.EVFILT_TIMER -> timers.remove(source.ident);
      case Kevent.EVFILT_USER -> users.remove(source.ident);
      default -> byFd[(int) source.ident] = null;
    }
  }

  /** All of them, for the end. */
  @Nullable Source[] all() {
    return Arrays.copyOf(slots, used);
  }
}
