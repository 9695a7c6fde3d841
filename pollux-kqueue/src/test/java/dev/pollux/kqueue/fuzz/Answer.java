package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.Kevents;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call must answer on account of its changes: errors and receipts, or its own failure. */
final class Answer {

  /** With {@link Concession#RECEIPT}. */
  private static final int ECHOED = Kevent.EV_ERROR | Kevent.EV_RECEIPT;

  private record Entry(Change change, long ident, int errno) {}

  private final int room;
  private final List<Entry> entries = new ArrayList<>();
  private int failure;

  Answer(int room) {
    this.room = room;
  }

  /** Notes how a change went; false if those behind it are not made. */
  boolean add(Change change, long ident, int errno) {
    if (errno == 0 && !change.has(Kevent.EV_RECEIPT)) {
      return true;
    }
    if (entries.size() < room) {
      entries.add(new Entry(change, ident, errno));
      return true;
    }
    failure = errno;
    return false;
  }

  /** Whether nothing is waited for. */
  boolean isFinal() {
    return failure != 0 || room == 0 || !entries.isEmpty();
  }

  /** What is wrong with what came; null if nothing is. */
  @Nullable String objection(Kevents events, int count) {
    int expected = failure != 0 ? -failure : entries.size();
    if (count != expected) {
      return "kevent returned " + count + ", not " + expected + ": " + events;
    }
    for (int i = 0; i < count; i++) {
      Entry entry = entries.get(i);
      Change change = entry.change;
      boolean isSame =
          events.ident(i) == entry.ident
              && events.filter(i) == change.filter()
              && (events.flags(i) | Kevent.EV_RECEIPT) == (change.flags() | ECHOED)
              && events.fflags(i) == change.fflags()
              && events.data(i) == entry.errno
              && events.udata(i) == change.udata();
      if (!isSame) {
        return events.text(i) + " is not the answer to " + change + ": " + entry.errno;
      }
    }
    return null;
  }
}
