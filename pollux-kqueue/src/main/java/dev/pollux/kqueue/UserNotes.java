package dev.pollux.kqueue;

import org.jspecify.annotations.Nullable;

/** The knotes of {@code EVFILT_USER} that are triggered and on, in order. Under the lock. */
final class UserNotes {

  private @Nullable Knote first;
  private @Nullable Knote last;
  private int count;

  int count() {
    return count;
  }

  @Nullable Knote first() {
    return first;
  }

  /** Takes one in at the end, which is not there. */
  void add(Knote note) {
    note.before = last;
    note.after = null;
    if (last == null) {
      first = note;
    } else {
      last.after = note;
    }
    last = note;
    count++;
  }

  /** Takes one out; if it is not there, nothing is done. */
  void remove(Knote note) {
    if (!contains(note)) {
      return;
    }
    Knote before = note.before;
    Knote after = note.after;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.before = before;
    }
    note.before = null;
    note.after = null;
    count--;
  }

  boolean contains(Knote note) {
    return note.before != null || note.equals(first);
  }

  /** Sets the flags that are the program's, as the word before them says. */
  static int combine(int before, int said) {
    int given = said & Kevent.NOTE_FFLAGSMASK;
    return switch (said & Kevent.NOTE_FFCTRLMASK) {
      case Kevent.NOTE_FFAND -> before & given;
      case Kevent.NOTE_FFOR -> before | given;
      case Kevent.NOTE_FFCOPY -> given;
      default -> before;
    };
  }
}
