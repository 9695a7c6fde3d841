package dev.pollux.kqueue;

import dev.pollux.sys.Errno;

/** {@code EVFILT_TIMER}: a timerfd for each. */
final class TimerFilter extends Filter {

  private static final int UNITS =
      Kevent.NOTE_SECONDS | Kevent.NOTE_MSECONDS | Kevent.NOTE_USECONDS | Kevent.NOTE_NSECONDS;

  private final TimerFds calls;

  TimerFilter(Notes notes, TimerFds calls) {
    super(Kevent.EVFILT_TIMER, notes);
    this.calls = calls;
  }

  /** In nanoseconds; -1 if that is no time. What is too long counts as the longest there is. */
  private static long nanos(int fflags, long data) {
    long unit =
        switch (fflags & UNITS) {
          case Kevent.NOTE_SECONDS -> 1_000_000_000L;
          case 0, Kevent.NOTE_MSECONDS -> 1_000_000L;
          case Kevent.NOTE_USECONDS -> 1_000L;
          case Kevent.NOTE_NSECONDS -> 1L;
          default -> 0L;
        };
    if (unit == 0 || data < 0 || (fflags & ~(UNITS | Kevent.NOTE_ABSTIME)) != 0) {
      return -1;
    }
    return data > Long.MAX_VALUE / unit ? Long.MAX_VALUE : Math.max(1, data * unit);
  }

  @Override
  int check(long ident, int fflags, long data) {
    return nanos(fflags, data) < 0 ? Errno.EINVAL : 0;
  }

  @Override
  int flags() {
    return Kevent.EV_CLEAR;
  }

  /** On or off: it runs on as it did. */
  @Override
  boolean takesAnyChange() {
    return false;
  }

  @Override
  int open(Source source, int fflags) {
    return notes.own(source, calls.open((fflags & Kevent.NOTE_ABSTIME) != 0));
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    Source source = note.source;
    boolean isTimeOfDay = (fflags & Kevent.NOTE_ABSTIME) != 0;
    if (!isNew && isTimeOfDay != ((note.fflags & Kevent.NOTE_ABSTIME) != 0)) {
      int failed = anotherClock(source, fflags);
      if (failed != 0) {
        return failed;
      }
    }
    note.fflags = fflags;
    note.data = data;
    long nanos = nanos(fflags, data);
    boolean isOnce = isTimeOfDay || note.is(Kevent.EV_ONESHOT);
    int failed = calls.arm(source.fd, isTimeOfDay, nanos, isOnce ? 0 : nanos);
    return failed == 0 ? toggle(note) : failed;
  }

  /** A timerfd has the clock that it was made with. */
  private int anotherClock(Source source, int fflags) {
    int made = calls.open((fflags & Kevent.NOTE_ABSTIME) != 0);
    if (made < 0) {
      return -made;
    }
    notes.disown(source);
    return notes.own(source, made);
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
    long count = calls.expirations(note.source.fd);
    if (count > 0) {
      notes.give(note, 0, 0, count, out);
    }
  }

  @Override
  void reportDue(Knote note, Kevents out) {}
}
