package dev.pollux.model;

import org.jspecify.annotations.Nullable;

/**
 * A queue of items that may be ready: first in, first out.
 *
 * <p>A ring of links around a head without an item. A link does not know which list it is on, so
 * that a whole list can be moved to another in a constant time, and an item be taken off whichever
 * list has it.
 */
final class ReadyList {

  /** An item's place on at most one list. */
  static final class Link {

    private final @Nullable EpollItem item;
    private Link previous = this;
    private Link next = this;

    Link(@Nullable EpollItem item) {
      this.item = item;
    }

    boolean isLinked() {
      return next != this;
    }

    /** Takes it off its list, if it is on one. */
    void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }

    private void linkAfter(Link place) {
      if (isLinked()) {
        throw new IllegalStateException("this item is on a list already");
      }
      previous = place;
      next = place.next;
      place.next.previous = this;
      place.next = this;
    }
  }

  private final Link head = new Link(null);

  boolean isEmpty() {
    return !head.isLinked();
  }

  @Nullable EpollItem first() {
    return head.next.item;
  }

  /** The item behind one on this list, or null. */
  @Nullable EpollItem after(EpollItem item) {
    return item.ready.next.item;
  }

  void addLast(EpollItem item) {
    item.ready.linkAfter(head.previous);
  }

  void addFirst(EpollItem item) {
    item.ready.linkAfter(head);
  }

  /** Moves all items of another list, in their order, in front of those here. */
  void takeAllInFront(ReadyList other) {
    if (other.isEmpty()) {
      return;
    }
    Link from = other.head.next;
    Link to = other.head.previous;
    other.head.next = other.head;
    other.head.previous = other.head;
    to.next = head.next;
    head.next.previous = to;
    head.next = from;
    from.previous = head;
  }
}
