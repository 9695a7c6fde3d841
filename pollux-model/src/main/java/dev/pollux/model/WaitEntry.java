package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/** A place on at most one {@link WaitQueue}. Made once by who waits often, and used again. */
final class WaitEntry {

  final Wakeable owner;

  /**
   * Of the exclusive entries on a queue, one wake-up calls only until one says it woke somebody.
   */
  boolean exclusive;

  @Nullable WaitQueue queue;
  @Nullable WaitEntry previous;
  @Nullable WaitEntry next;

  WaitEntry(Wakeable owner) {
    this.owner = owner;
  }

  boolean isQueued() {
    return queue != null;
  }

  /** Leaves the queue it is on, if any. */
  void leave() {
    if (queue != null) {
      queue.remove(this);
    }
  }
}
