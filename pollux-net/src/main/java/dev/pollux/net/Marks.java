package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/**
 * Who wants to hear when the bytes of a {@link ByteQueue} have left: places in its stream, in
 * order, each by the count of bytes that have left when it comes true.
 *
 * <p>So a mark is no piece of the queue, and nothing that is appended or gathered stops at one.
 *
 * <p>Threads: the loop's.
 */
final class Marks {

  private static final class Mark {
    final Delivery delivery;
    final long at;
    boolean lost;
    @Nullable Mark next;

    Mark(Delivery delivery, long at, boolean lost) {
      this.delivery = delivery;
      this.at = at;
      this.lost = lost;
    }
  }

  private @Nullable Mark first;
  private @Nullable Mark last;
  private long leftBytes;

  /**
   * Adds a mark behind all that is queued, so many bytes.
   *
   * @param lost whether it is told as lost all the same, but in its turn
   */
  void add(Delivery delivery, long queuedBytes, boolean lost) {
    Mark mark = new Mark(delivery, leftBytes + queuedBytes, lost);
    if (last == null) {
      first = mark;
    } else {
      last.next = mark;
    }
    last = mark;
  }

  /** So many bytes have left the queue. */
  void left(long bytes) {
    leftBytes += bytes;
  }

  /** So many bytes, which is all that is queued, will not leave: the marks among them are due. */
  void lost(long queuedBytes) {
    for (Mark mark = first; mark != null; mark = mark.next) {
      mark.lost |= mark.at > leftBytes;
    }
    leftBytes += queuedBytes;
  }

  /** What has left did not arrive: every mark that is here is lost. */
  void lostAll() {
    for (Mark mark = first; mark != null; mark = mark.next) {
      mark.lost = true;
    }
  }

  /** Whether there are marks to be told. */
  boolean hasDue() {
    return first != null && first.at <= leftBytes;
  }

  /** How many marks there are to be told. */
  int dueCount() {
    int count = 0;
    for (Mark mark = first; mark != null && mark.at <= leftBytes; mark = mark.next) {
      count++;
    }
    return count;
  }

  /** Tells the next mark that is due; false if there was none. */
  boolean tell(Connection connection) {
    Mark due = takeDue();
    if (due != null) {
      due.delivery.done(connection, !due.lost);
    }
    return due != null;
  }

  /** Appends the marks that are due to a queue which has now the bytes that were before them. */
  void moveDueTo(ByteQueue other) {
    for (Mark due = takeDue(); due != null; due = takeDue()) {
      other.append(due.delivery, due.lost);
    }
  }

  private @Nullable Mark takeDue() {
    Mark due = first;
    if (due == null || due.at > leftBytes) {
      return null;
    }
    first = due.next;
    if (first == null) {
      last = null;
    }
    return due;
  }
}
