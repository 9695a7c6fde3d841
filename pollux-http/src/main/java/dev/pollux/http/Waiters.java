package dev.pollux.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who waits for something of an answer. Passive. */
final class Waiters {

  private @Nullable Runnable forRoom;
  private @Nullable List<Runnable> forTheEnd;

  void clear() {
    forRoom = null;
    forTheEnd = null;
  }

  /** For room: one at a time. */
  void forRoom(Runnable task) {
    forRoom = task;
  }

  /** For the end: one after the other. */
  void forTheEnd(Runnable task) {
    List<Runnable> known = forTheEnd;
    if (known == null) {
      known = new ArrayList<>(1);
      forTheEnd = known;
    }
    known.add(task);
  }

  /** There is room, or never will be. */
  void tellRoom() {
    Runnable waiting = forRoom;
    if (waiting != null) {
      forRoom = null;
      waiting.run();
    }
  }

  /** Tells all of them, whatever one throws, which is thrown in the end. */
  void tellEnd() {
    List<Runnable> waiting = forTheEnd;
    if (waiting == null) {
      return;
    }
    forTheEnd = null;
    Throwable first = null;
    for (Runnable task : waiting) {
      try {
        task.run();
      } catch (Throwable t) {
        first = first == null ? t : first;
      }
    }
    switch (first) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(first); // a Runnable throws nothing else
    }
  }
}
