package dev.pollux.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who waits for something of an answer. Passive. */
final class Waiters {

  private @Nullable Runnable forRoom;
  private @Nullable List<Runnable> forTheEnd;
  private @Nullable List<Runnable> forTheStop;

  void clear() {
    forRoom = null;
    forTheEnd = null;
    forTheStop = null;
  }

  /** For room: one at a time. */
  void forRoom(Runnable task) {
    forRoom = task;
  }

  /** For the end: one after the other. */
  void forTheEnd(Runnable task) {
    forTheEnd = with(forTheEnd, task);
  }

  /** For the stop of the server: one after the other. */
  void forTheStop(Runnable task) {
    forTheStop = with(forTheStop, task);
  }

  private static List<Runnable> with(@Nullable List<Runnable> some, Runnable task) {
    List<Runnable> known = some == null ? new ArrayList<>(1) : some;
    known.add(task);
    return known;
  }

  /** There is room, or never will be. */
  void tellRoom() {
    Runnable waiting = forRoom;
    if (waiting != null) {
      forRoom = null;
      waiting.run();
    }
  }

  /** It is over: tells all of them, whatever one throws, which is thrown in the end. */
  void tellEnd() {
    List<Runnable> waiting = forTheEnd;
    forTheEnd = null;
    forTheStop = null;
    tell(waiting);
  }

  /** The server stops: likewise. */
  void tellStop() {
    List<Runnable> waiting = forTheStop;
    forTheStop = null;
    tell(waiting);
  }

  private static void tell(@Nullable List<Runnable> waiting) {
    if (waiting == null) {
      return;
    }
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
