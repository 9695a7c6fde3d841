package dev.pollux.kqueue;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code EVFILT_READ} and {@code EVFILT_WRITE} of what epoll refuses: regular files, folders, some
 * devices. A regular file is readable unless its position is at its end; inotify tells when it was
 * written to, and each wait begins with a look, as nobody tells of a position that was moved. All
 * else is always ready. Under the queue's lock.
 */
final class Files {

  private final Notes notes;
  private final FileLook look;
  private final Watches watches;

  /** Those to be looked at when a wait begins. */
  private final List<Knote> readers = new ArrayList<>();

  Files(Notes notes, FileLook look, Watches watches) {
    this.notes = notes;
    this.look = look;
    this.watches = watches;
  }

  /** Epoll has refused this one; 0 or an errno. */
  int adopt(Source source) {
    int failed = look.at(source.fd);
    if (failed == 0) {
      FileState state = new FileState();
      look.copyTo(state);
      source.file = state;
    }
    return failed;
  }

  /** Whether the descriptor is of another file by now, or of none. */
  boolean isGone(Source source) {
    FileState state = source.file;
    return state != null && (look.at(source.fd) != 0 || !look.isOf(state));
  }

  private static boolean isRead(Knote note) {
    return note.filter.number == Kevent.EVFILT_READ;
  }

  /** Whether it is quiet at the end of the file that was looked at. */
  private boolean hasEnd(Knote note) {
    return isRead(note) && look.isRegular() && (note.fflags & Kevent.NOTE_FILE_POLL) == 0;
  }

  int begin(Knote note) {
    int failed = look.at(note.source.fd);
    boolean isPolled = (note.fflags & Kevent.NOTE_FILE_POLL) != 0;
    if (failed == 0 && look.isRegular() && !isPolled) {
      failed = watches.add(note, mask(note));
      if (failed == 0 && hasEnd(note) && !note.is(Kevent.EV_CLEAR) && !readers.contains(note)) {
        boolean _ = readers.add(note);
      }
    }
    if (failed == 0 && note.filter.number != Kevent.EVFILT_EXCEPT) { // nothing of it is urgent
      changed(note);
    }
    return failed;
  }

  /** Its end is told anyway. */
  private static int mask(Knote note) {
    return isRead(note) ? Linux.IN_MODIFY : Linux.IN_DELETE_SELF;
  }

  /** As {@link Filter#watchAgain}. */
  boolean watchAgain(Knote note) {
    return !isGone(note.source) && look.links() == 0 && watches.add(note, mask(note)) == 0;
  }

  void toggle(Knote note) {
    notes.due.set(note, note.isTriggered && note.isEnabled);
  }

  void end(Knote note) {
    boolean _ = readers.remove(note);
    watches.remove(note);
    notes.due.set(note, false);
  }

  /** It is to be looked at. */
  void changed(Knote note) {
    note.isTriggered = true;
    toggle(note);
  }

  /** A wait begins. */
  void look() {
    for (int i = 0; i < readers.size(); i++) {
      Knote note = readers.get(i);
      if (note.isEnabled && !note.isDue) {
        changed(note);
      }
    }
  }

  /** Gives it out if it is ready. */
  void report(Knote note, Kevents out) {
    Source source = note.source;
    if (note.watch != null) {
      watches.readAll(); // what is told of is in the amount; that looks at other files
    }
    if (source.isForgotten()) {
      return;
    }
    if (isGone(source)) {
      notes.forget(source, note.filter.number);
      return;
    }
    long amount = !isRead(note) ? 0 : look.isRegular() ? look.toEnd(source.fd) : 1;
    boolean isBelow = note.hasThreshold() && amount >= 0 && amount < note.data;
    boolean isReady = !hasEnd(note) || (amount != 0 && !isBelow);
    boolean isMeant = isReady && note.isTriggered && note.isEnabled;
    note.isTriggered &= isReady && !note.is(Kevent.EV_CLEAR);
    if (isMeant) {
      notes.give(note, 0, 0, amount, out);
    }
    if (note.isDue) {
      toggle(note);
    }
  }
}
