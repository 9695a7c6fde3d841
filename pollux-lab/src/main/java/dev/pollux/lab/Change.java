package dev.pollux.lab;

import dev.pollux.kqueue.Kevent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What a call of kevent changes: a knote, by a handle, or by a number where the filter is of none.
 *
 * @param ident a handle such as {@code r}, or a number
 * @param filter one of {@code EVFILT_…}
 * @param flags some of {@code EV_…}
 * @param fflags some of {@code NOTE_…}
 * @param data what the filter takes
 */
public record Change(String ident, int filter, int flags, int fflags, long data) {

  private static final Map<String, Integer> FILTERS =
      byName(
          Kevent::filterName,
          Kevent.EVFILT_READ,
          Kevent.EVFILT_WRITE,
          Kevent.EVFILT_EXCEPT,
          Kevent.EVFILT_TIMER,
          Kevent.EVFILT_USER);

  private static final Map<String, Integer> FLAGS =
      byName(
          Kevent::flagNames,
          Kevent.EV_ADD,
          Kevent.EV_DELETE,
          Kevent.EV_ENABLE,
          Kevent.EV_DISABLE,
          Kevent.EV_ONESHOT,
          Kevent.EV_CLEAR,
          Kevent.EV_DISPATCH,
          Kevent.EV_RECEIPT);

  private static Map<String, Integer> byName(IntFunction<String> name, int... values) {
    Map<String, Integer> all = new LinkedHashMap<>();
    IntStream.of(values).forEach(value -> all.put(name.apply(value), value));
    return all;
  }

  static Change of(String ident, int filter, int flags) {
    return new Change(ident, filter, flags, 0, 0);
  }

  /**
   * The change in these words, as {@link #text} writes it.
   *
   * @throws IllegalArgumentException for what is none, in words for users
   */
  static Change parse(String text) {
    List<String> words = new ArrayList<>(List.of(text.trim().split(" +", -1)));
    String ident = words.removeFirst();
    int filter = words.isEmpty() ? 0 : FILTERS.getOrDefault(words.removeFirst(), 0);
    if (filter == 0) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no change: that is a handle, one of "
              + FILTERS.keySet()
              + ", then flags");
    }
    int flags = 0;
    int fflags = 0;
    long data = 0;
    for (String word : words) {
      if (word.equals("TRIGGER") && filter == Kevent.EVFILT_USER) {
        fflags = Kevent.NOTE_TRIGGER;
      } else if (word.matches("\\d{1,6}")) {
        data = Long.parseLong(word);
      } else {
        flags |= flags(word);
      }
    }
    return new Change(ident, filter, flags, fflags, data);
  }

  private static int flags(String word) {
    int flags = 0;
    for (String name : word.split("\\|", -1)) {
      Integer flag = FLAGS.get(name);
      if (flag == null) {
        throw new IllegalArgumentException("'" + name + "' is no flag: " + FLAGS.keySet());
      }
      flags |= flag;
    }
    return flags;
  }

  /** Whether its filter is of a handle, and not of a number. */
  boolean isOfHandle() {
    return filter == Kevent.EVFILT_READ
        || filter == Kevent.EVFILT_WRITE
        || filter == Kevent.EVFILT_EXCEPT;
  }

  /** In words: {@code r READ ADD|CLEAR}. */
  String text() {
    boolean isTrigger = filter == Kevent.EVFILT_USER && (fflags & Kevent.NOTE_TRIGGER) != 0;
    String name = ident + " " + Kevent.filterName(filter);
    String how = flags == 0 ? "" : " " + Kevent.flagNames(flags);
    return name + how + (isTrigger ? " TRIGGER" : "") + (data == 0 ? "" : " " + data);
  }
}
