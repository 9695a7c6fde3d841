package dev.pollux.http;

import org.jspecify.annotations.Nullable;

/** Who waits for something of an answer. Passive. */
final class Waiters {

  private @Nullable Runnable forRoom;
  private @Nullable Runnable forTheEnd;

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
    Runnable known = forTheEnd;
    forTheEnd =
        known == null
            ? task
            : () -> {
              known.run();
              task.run();
            };
  }

  /** There is room, or never will be. */
  void tellRoom() {
    Runnable waiting = forRoom;
    if (waiting != null) {
      forRoom = null;
      waiting.run();
    }
  }

  void tellEnd() {
    Runnable waiting = forTheEnd;
    if (waiting != null) {
      forTheEnd = null;
      waiting.run();
    }
  }
}
