package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevents;
import java.util.HashMap;
import java.util.Map;

/** Lists of events, of each capacity one, to be used again and again. */
final class Lists {

  private final Map<Integer, Kevents> changes = new HashMap<>();
  private final Map<Integer, Kevents> events = new HashMap<>();

  Kevents changes(int capacity) {
    return empty(changes, capacity);
  }

  Kevents events(int capacity) {
    return empty(events, capacity);
  }

  private static Kevents empty(Map<Integer, Kevents> lists, int capacity) {
    Kevents list = lists.computeIfAbsent(capacity, Kevents::allocate);
    list.clear();
    return list;
  }
}
