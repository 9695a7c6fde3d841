package dev.pollux.kqueue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a queue: by slot, for what epoll says; by filter and number, for what the program
 * says. Looking up takes no memory. Under the queue's lock.
 */
final class Sources {

  private static final int FIRST = 16;

  private @Nullable Source[] slots = new Source[FIRST];
  private int[] generations = new int[FIRST];
  private int[] free = new int[FIRST];
  private int freeCount;
  private int used; // slots that were ever used
  private final NumberTable<Source> descriptors = new NumberTable<>();
  private final NumberTable<Source> vnodes = new NumberTable<>();
  private final NumberTable<Source> processes = new NumberTable<>();
  private final NumberTable<Source> signals = new NumberTable<>();
  private final NumberTable<Source> timers = new NumberTable<>();
  private final NumberTable<Source> users = new NumberTable<>();

  private NumberTable<Source> table(int filter) {
    return switch (filter) {
      case Kevent.EVFILT_VNODE -> vnodes;
      case Kevent.EVFILT_PROC -> processes;
      case Kevent.EVFILT_SIGNAL -> signals;
      case Kevent.EVFILT_TIMER -> timers;
      case Kevent.EVFILT_USER -> users;
      default -> descriptors;
    };
  }

  /** The one for a filter and an identifier; null if there is none. */
  @Nullable Source find(int filter, long ident) {
    return table(filter).get(ident);
  }

  /** The one that has a token; null if it is gone. */
  @Nullable Source named(long token) {
    int slot = (int) token;
    Source source = slot >= 0 && slot < used ? slots[slot] : null;
    return source != null && source.token() == token ? source : null;
  }

  /** Takes one in. */
  void put(int filter, Source source) {
    int slot = freeCount > 0 ? free[freeCount - 1] : newSlot();
    table(filter).put(source.ident, source);
    freeCount -= freeCount > 0 ? 1 : 0;
    used = Math.max(used, slot + 1);
    source.slot = slot;
    source.generation = ++generations[slot];
    slots[slot] = source;
  }

  /** There is room for it then; what is too long does no harm where the next cannot be had. */
  private int newSlot() {
    if (used == slots.length) {
      generations = Arrays.copyOf(generations, 2 * used);
      free = Arrays.copyOf(free, 2 * used);
      slots = Arrays.copyOf(slots, 2 * used);
    }
    return used;
  }

  /** Forgets one. */
  void remove(int filter, Source source) {
    slots[source.slot] = null;
    free[freeCount++] = source.slot;
    source.slot = -1;
    table(filter).remove(source.ident);
  }

  /** One past the highest slot that was ever used. */
  int end() {
    return used;
  }

  /** The one in a slot; null if it is free. */
  @Nullable Source at(int slot) {
    return slots[slot];
  }
}
