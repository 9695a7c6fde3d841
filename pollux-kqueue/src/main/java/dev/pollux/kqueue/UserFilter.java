package dev.pollux.kqueue;

/** {@code EVFILT_USER}: what the program triggers. It takes no descriptor. */
final class UserFilter extends Filter {

  UserFilter(Notes notes) {
    super(Kevent.EVFILT_USER, notes);
  }

  @Override
  int open(Source source, int fflags) {
    return 0;
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    note.fflags = isNew ? fflags & Kevent.NOTE_FFLAGSMASK : combine(note.fflags, fflags);
    note.data = data;
    note.isTriggered |= (fflags & Kevent.NOTE_TRIGGER) != 0;
    return toggle(note);
  }

  /** Sets the flags that are the program's, as the word before them says. */
  private static int combine(int before, int said) {
    int given = said & Kevent.NOTE_FFLAGSMASK;
    return switch (said & Kevent.NOTE_FFCTRLMASK) {
      case Kevent.NOTE_FFAND -> before & given;
      case Kevent.NOTE_FFOR -> before | given;
      case Kevent.NOTE_FFCOPY -> given;
      default -> before;
    };
  }

  @Override
  int toggle(Knote note) {
    notes.due.set(note, note.isTriggered && note.isEnabled);
    return 0;
  }

  @Override
  void end(Knote note) {
    notes.due.set(note, false);
  }

  @Override
  void report(Knote note, int mask, Kevents out) {}

  @Override
  void reportDue(Knote note, Kevents out) {
    boolean isMeant = note.isTriggered && note.isEnabled;
    if (isMeant) {
      note.isTriggered = !note.is(Kevent.EV_CLEAR);
      notes.give(note, 0, note.fflags, note.data, out);
    }
    settle(note);
  }

  /** Off the list, if it was not taken off. */
  private void settle(Knote note) {
    if (note.isDue) {
      int _ = toggle(note);
    }
  }
}
