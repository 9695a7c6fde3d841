package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.Objects;

/** {@code EVFILT_VNODE}: a file, by inotify; what inotify does not tell apart, by a look at it. */
final class VnodeFilter extends Filter {

  private static final int ENTRIES =
      Linux.IN_CREATE | Linux.IN_DELETE | Linux.IN_MOVED_FROM | Linux.IN_MOVED_TO;

  /** Asked for in any case: the descriptor may be the one that was closed. */
  private static final int ALWAYS = Linux.IN_CLOSE_WRITE | Linux.IN_CLOSE_NOWRITE;

  private static final int OF_ENTRIES = Kevent.NOTE_WRITE | Kevent.NOTE_EXTEND | Kevent.NOTE_LINK;
  private static final int NAMES = Kevent.NOTE_DELETE | Kevent.NOTE_LINK | Kevent.NOTE_ATTRIB;
  private static final int KNOWN = (Kevent.NOTE_READ << 1) - 1;

  private final FileLook look;
  private final Watches watches;

  VnodeFilter(Notes notes, FileLook look, Watches watches) {
    super(Kevent.EVFILT_VNODE, notes);
    this.look = look;
    this.watches = watches;
  }

  @Override
  int checkIdent(long ident) {
    return DescriptorFilter.checkFd(ident);
  }

  @Override
  int check(long ident, int fflags, long data) {
    return (fflags & ~KNOWN) != 0 ? Errno.EINVAL : 0;
  }

  /** On or off: what it waits for, and what has happened, stays. */
  @Override
  boolean takesAnyChange() {
    return false;
  }

  @Override
  int open(Source source, int fflags) {
    source.fd = (int) source.ident;
    int failed = look.at(source.fd);
    if (failed == 0) {
      source.file = new FileState();
      look.copyTo(source.file);
    }
    return failed == 0 && look.isNameless() ? Errno.EINVAL : failed;
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    watches.readAll(); // what happened before is told as was asked for before
    note.fflags = fflags;
    note.data = data;
    note.happened &= fflags;
    int failed = watches.add(note, mask(fflags));
    if (failed == 0) {
      failed = look.at(note.source.fd); // what happens from now on is told
      look.copyTo(state(note));
    }
    return failed == 0 ? toggle(note) : failed;
  }

  private static FileState state(Knote note) {
    FileState state = note.source.file;
    return Objects.requireNonNull(state);
  }

  private static int mask(int fflags) {
    int mask = ALWAYS;
    mask |= (fflags & NAMES) != 0 ? Linux.IN_ATTRIB | Linux.IN_DELETE_SELF : 0;
    mask |= (fflags & (Kevent.NOTE_WRITE | Kevent.NOTE_EXTEND)) != 0 ? Linux.IN_MODIFY : 0;
    mask |= (fflags & OF_ENTRIES) != 0 ? ENTRIES : 0;
    mask |= (fflags & Kevent.NOTE_RENAME) != 0 ? Linux.IN_MOVE_SELF : 0;
    mask |= (fflags & Kevent.NOTE_OPEN) != 0 ? Linux.IN_OPEN : 0;
    mask |= (fflags & Kevent.NOTE_READ) != 0 ? Linux.IN_ACCESS : 0;
    return mask;
  }

  @Override
  int toggle(Knote note) {
    notes.due.set(note, note.happened != 0 && note.isEnabled);
    return 0;
  }

  @Override
  void end(Knote note) {
    notes.due.set(note, false);
    watches.remove(note);
  }

  /** Whether the descriptor is of another file by now, or of none. */
  boolean isGone(Source source) {
    FileState state = source.file;
    return state == null || look.at(source.fd) != 0 || !look.isOf(state);
  }

  /** A file that has no name and is the same; one with a name may be another, of its number. */
  @Override
  boolean watchAgain(Knote note) {
    return !isGone(note.source) && look.links() == 0 && watches.add(note, mask(note.fflags)) == 0;
  }

  @Override
  void happened(Knote note, int mask, boolean isOfEntry) {
    if (isGone(note.source)) {
      notes.forget(note.source, number);
      return;
    }
    FileState state = state(note);
    int what = isOfEntry ? ofEntry(mask, state) : ofItself(mask, state);
    note.happened |= what & note.fflags;
    int _ = toggle(note);
  }

  /** What the look tells of a folder, of which an entry came or went. */
  private int ofEntry(int mask, FileState before) {
    if ((mask & ENTRIES) == 0) {
      return 0;
    }
    int moved = mask & Watches.MOVED;
    int extend = moved == 0 || moved == Watches.MOVED ? 0 : Kevent.NOTE_EXTEND;
    int link = look.links() == before.links ? 0 : Kevent.NOTE_LINK; // by the ".." of a folder
    before.links = look.links();
    return Kevent.NOTE_WRITE | extend | link;
  }

  /** Of what a look sees, an event takes what it is about: of the rest another one tells later. */
  private int ofItself(int mask, FileState before) {
    int what = 0;
    if ((mask & Linux.IN_ATTRIB) != 0) {
      what |= ofNames(before);
      before.links = look.links();
    }
    if ((mask & Linux.IN_MODIFY) != 0) {
      what |= Kevent.NOTE_WRITE | (look.size() > before.size ? Kevent.NOTE_EXTEND : 0);
      before.size = look.size();
    }
    what |= (mask & Linux.IN_DELETE_SELF) != 0 ? Kevent.NOTE_DELETE : 0;
    what |= (mask & Linux.IN_MOVE_SELF) != 0 ? Kevent.NOTE_RENAME : 0;
    what |= (mask & Linux.IN_UNMOUNT) != 0 ? Kevent.NOTE_REVOKE : 0;
    what |= (mask & Linux.IN_OPEN) != 0 ? Kevent.NOTE_OPEN : 0;
    what |= (mask & Linux.IN_ACCESS) != 0 ? Kevent.NOTE_READ : 0;
    what |= (mask & Linux.IN_CLOSE_NOWRITE) != 0 ? Kevent.NOTE_CLOSE : 0;
    what |= (mask & Linux.IN_CLOSE_WRITE) != 0 ? Kevent.NOTE_CLOSE_WRITE : 0;
    return what;
  }

  /** A name that came or went is told as a change of attributes. */
  private int ofNames(FileState before) {
    long links = look.links();
    if (links < before.links) {
      return Kevent.NOTE_DELETE | (links > 0 ? Kevent.NOTE_LINK : 0);
    }
    return links > before.links ? Kevent.NOTE_LINK : Kevent.NOTE_ATTRIB;
  }

  @Override
  void report(Knote note, int mask, Kevents out) {}

  @Override
  void reportDue(Knote note, Kevents out) {
    watches.readAll(); // what is told of is in the event
    if (note.source.isForgotten()) {
      return;
    }
    if (isGone(note.source)) {
      notes.forget(note.source, number);
      return;
    }
    int what = note.happened;
    if (what != 0 && note.isEnabled) {
      note.happened = note.is(Kevent.EV_CLEAR) ? 0 : what;
      notes.give(note, 0, what, 0, out);
    }
    if (note.isDue) {
      int _ = toggle(note);
    }
  }
}
