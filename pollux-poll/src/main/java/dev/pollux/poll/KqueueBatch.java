package dev.pollux.poll;

import dev.pollux.kqueue.Kevents;
import java.util.Arrays;

/**
 * What one waiter on a {@link KqueueBackend} has found, which is one event a direction; and where
 * the events of its batch stand, so that two of them for one registration become one.
 */
final class KqueueBatch {

  final Kevents found;

  /** By slot: behind the event in the batch that is of it; 0 for none. Never grown in a wait. */
  private int[] places = new int[0];

  KqueueBatch(int capacity) {
    this.found = Kevents.allocate(capacity);
  }

  /** Makes room for so many slots; those that come later have an event a direction. */
  void reserve(int slots) {
    if (slots > places.length) {
      places = Arrays.copyOf(places, Math.max(slots, 2 * places.length));
    }
  }

  /** The index of the event in the batch that is of the slot; -1 for none. */
  int place(int slot) {
    return slot < places.length ? places[slot] - 1 : -1;
  }

  void place(int slot, int index) {
    if (slot < places.length) {
      places[slot] = index + 1;
    }
  }
}
