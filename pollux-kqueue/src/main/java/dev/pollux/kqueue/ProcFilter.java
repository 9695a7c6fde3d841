package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;

/** {@code EVFILT_PROC}: the end of a process, by a pidfd for each. */
final class ProcFilter extends Filter {

  private static final int REFUSED = Kevent.NOTE_FORK | Kevent.NOTE_EXEC | Kevent.NOTE_TRACK;

  private final Sys sys;
  private final ExitStatus status;

  ProcFilter(Notes notes, Sys sys) {
    super(Kevent.EVFILT_PROC, notes);
    this.sys = sys;
    this.status = new ExitStatus(sys);
  }

  @Override
  int checkIdent(long ident) {
    return ident < 1 || ident > Integer.MAX_VALUE ? Errno.ESRCH : 0;
  }

  @Override
  int check(long ident, int fflags, long data) {
    if ((fflags & REFUSED) != 0) {
      return Errno.EOPNOTSUPP;
    }
    return (fflags & ~Kevent.NOTE_EXIT) != 0 ? Errno.EINVAL : 0;
  }

  /** On or off: what it waits for stays. */
  @Override
  boolean takesAnyChange() {
    return false;
  }

  /** A process ends once. */
  @Override
  int flags() {
    return Kevent.EV_ONESHOT;
  }

  @Override
  int open(Source source, int fflags) {
    int pidfd = sys.pidfdOpen((int) source.ident, 0); // close-on-exec by itself
    boolean isThread = pidfd == -Errno.ENOENT || pidfd == -Errno.EINVAL;
    return notes.own(source, isThread ? -Errno.ESRCH : pidfd);
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    note.fflags = fflags;
    note.data = data;
    return toggle(note);
  }

  @Override
  int toggle(Knote note) {
    return notes.instances.update(note.source);
  }

  @Override
  void end(Knote note) {
    notes.disown(note.source);
  }

  @Override
  void report(Knote note, int mask, Kevents out) {
    if ((note.fflags & Kevent.NOTE_EXIT) == 0) {
      notes.remove(note); // nobody has asked
      return;
    }
    long data = status.of(note.source.fd, (int) note.ident);
    notes.give(note, Kevent.EV_EOF, Kevent.NOTE_EXIT, data, out);
  }

  @Override
  void reportDue(Knote note, Kevents out) {}
}
