package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/**
 * The knotes of a queue: what changes make of them, and what of them is an event. Under the queue's
 * lock.
 */
final class Notes {

  private static final int KEPT = Kevent.EV_ONESHOT | Kevent.EV_CLEAR | Kevent.EV_DISPATCH;
  private static final int ENDS = Linux.EPOLLRDHUP | Linux.EPOLLHUP | Linux.EPOLLERR;

  private final Sys sys;
  private final Sources sources = new Sources();
  private final UserNotes triggered = new UserNotes();
  private final Amounts amounts;
  private final Timers timers;
  final Instances instances;

  Notes(Sys sys) throws SysException {
    this.sys = sys;
    this.amounts = new Amounts(sys);
    this.timers = new Timers(sys);
    this.instances = new Instances(sys);
  }

  // ---- changes

  /** Does what an entry says; 0, or an errno. */
  int apply(Kevents list, int index) {
    int filter = list.filterAt(index);
    long ident = list.identAt(index);
    int flags = list.flagsAt(index);
    boolean isOfFd = filter == Kevent.EVFILT_READ || filter == Kevent.EVFILT_WRITE;
    if (!isOfFd && filter != Kevent.EVFILT_TIMER && filter != Kevent.EVFILT_USER) {
      return Errno.EINVAL;
    }
    if (filter == Kevent.EVFILT_WRITE && (list.fflagsAt(index) & Kevent.NOTE_LOWAT) != 0) {
      return Errno.EINVAL; // Linux says that there is some room, and not that there is more
    }
    if (isOfFd && (ident < 0 || ident > Integer.MAX_VALUE)) {
      return Errno.EBADF;
    }
    Source source = sources.find(filter, ident);
    if (source != null && isOfFd && instances.isGone(source)) {
      forget(source);
      source = null;
    }
    Knote note = source == null ? null : of(source, filter);
    if (note == null) {
      return (flags & Kevent.EV_ADD) != 0
          ? create(list, index, source)
          : isOfFd && !isOpen((int) ident) ? Errno.EBADF : Errno.ENOENT;
    }
    if ((flags & Kevent.EV_DELETE) != 0) {
      remove(note);
      return 0;
    }
    return modify(note, list, index);
  }

  private boolean isOpen(int fd) {
    return sys.fcntl(fd, Linux.F_GETFD, 0) >= 0;
  }

  private static @Nullable Knote of(Source source, int filter) {
    return filter == Kevent.EVFILT_WRITE ? source.write : source.read;
  }

  private int create(Kevents list, int index, @Nullable Source there) {
    int filter = list.filterAt(index);
    long ident = list.identAt(index);
    int fflags = list.fflagsAt(index);
    boolean isTimer = filter == Kevent.EVFILT_TIMER;
    if (isTimer && Timers.nanos(fflags, list.dataAt(index)) < 0) {
      return Errno.EINVAL;
    }
    boolean isOfFd = filter == Kevent.EVFILT_READ || filter == Kevent.EVFILT_WRITE;
    int fd = isOfFd ? (int) ident : isTimer ? timers.open(fflags) : -1;
    if (fd < 0 && (isOfFd || isTimer)) {
      return Timers.errno(fd);
    }
    if (isOfFd && !isOpen(fd)) {
      return Errno.EBADF;
    }
    Source source = there == null ? new Source(ident, fd) : there;
    int flags = list.flagsAt(index);
    int kept = (flags & KEPT) | (isTimer ? Kevent.EV_CLEAR : 0);
    Knote note = new Knote(ident, filter, kept, source);
    if (there == null) {
      sources.put(filter, source);
    }
    if (filter == Kevent.EVFILT_WRITE) {
      source.write = note;
    } else {
      source.read = note;
    }
    note.udata = list.udataAt(index);
    note.isEnabled = (flags & Kevent.EV_DISABLE) == 0;
    int failed = begin(note, true, fflags, list.dataAt(index));
    if (failed != 0) {
      remove(note);
    }
    return failed;
  }

  /** Has a new one report, or an old one report as is said now. */
  private int begin(Knote note, boolean isNew, int fflags, long data) {
    boolean isUser = note.filter == Kevent.EVFILT_USER;
    note.fflags = isUser ? userFlags(note, isNew, fflags) : fflags;
    note.data = data;
    return switch (note.filter) {
      case Kevent.EVFILT_USER -> {
        note.isTriggered |= (fflags & Kevent.NOTE_TRIGGER) != 0;
        yield arrange(note);
      }
      case Kevent.EVFILT_TIMER -> {
        int failed = timers.arm(note.source.fd, note);
        yield failed == 0 ? instances.update(note.source) : failed;
      }
      default -> {
        note.isBelow = (fflags & Kevent.NOTE_LOWAT) != 0;
        yield instances.update(note.source);
      }
    };
  }

  private static int userFlags(Knote note, boolean isNew, int fflags) {
    return isNew ? fflags & Kevent.NOTE_FFLAGSMASK : UserNotes.combine(note.fflags, fflags);
  }

  private int modify(Knote note, Kevents list, int index) {
    int flags = list.flagsAt(index);
    boolean wasEnabled = note.isEnabled;
    if ((flags & Kevent.EV_DISABLE) != 0) {
      note.isEnabled = false;
    } else if ((flags & (Kevent.EV_ENABLE | Kevent.EV_ADD)) != 0) {
      note.isEnabled = true;
    }
    note.udata = list.udataAt(index);
    boolean isTimer = note.filter == Kevent.EVFILT_TIMER;
    if (isTimer && (flags & Kevent.EV_ADD) == 0) { // on or off: it runs on as it did
      return instances.update(note.source);
    }
    if (isTimer && Timers.nanos(list.fflagsAt(index), list.dataAt(index)) < 0) {
      note.isEnabled = wasEnabled;
      return Errno.EINVAL;
    }
    int failed = begin(note, false, list.fflagsAt(index), list.dataAt(index));
    if (failed == 0 && note.source.fd >= 0 && !isTimer) {
      instances.lookAgain(note);
    }
    return failed;
  }

  /** Has a user's one stand in the list if it is to be reported. */
  private int arrange(Knote note) {
    boolean isDue = note.isTriggered && note.isEnabled;
    if (isDue && !triggered.contains(note)) {
      triggered.add(note);
    } else if (!isDue) {
      triggered.remove(note);
    }
    instances.say(triggered.count() > 0);
    return 0;
  }

  private void remove(Knote note) {
    Source source = note.source;
    if (note.filter == Kevent.EVFILT_WRITE) {
      source.write = null;
    } else {
      source.read = null;
    }
    switch (note.filter) {
      case Kevent.EVFILT_USER -> {
        note.isTriggered = false;
        int _ = arrange(note);
      }
      case Kevent.EVFILT_TIMER -> timers.close(source.fd);
      default -> {
        int _ = instances.update(source);
      }
    }
    if (source.isUnused()) {
      sources.remove(note.filter, source);
    }
  }

  /** Its descriptor is not what it was. */
  private void forget(Source source) {
    instances.drop(source);
    source.read = null;
    source.write = null;
    sources.remove(Kevent.EVFILT_READ, source);
  }

  // ---- events

  /** Gives out what epoll says of a source, as far as there is room. */
  void report(long token, int mask, long from, Kevents out) {
    Source source = sources.named(token);
    if (source == null) {
      return;
    }
    Knote read = source.read;
    Knote write = source.write;
    if (read != null && isMeant(read, from, Instances.READ_EDGES)) {
      report(read, mask, out);
    }
    if (write != null && isMeant(write, from, Instances.WRITE_EDGES) && !out.isFull()) {
      report(write, mask, out);
    }
  }

  /** Whether what an instance says is of a knote: ends are said by all. */
  private static boolean isMeant(Knote note, long from, long edges) {
    return note.isEnabled && from == (Instances.isOfEdges(note) ? edges : Instances.LEVELS);
  }

  private void report(Knote note, int mask, Kevents out) {
    if (note.filter == Kevent.EVFILT_TIMER) {
      long count = timers.expirations(note.source.fd);
      if (count > 0) {
        give(note, 0, 0, count, out);
      }
    } else {
      reportData(note, mask, out);
    }
  }

  private void reportData(Knote note, int mask, Kevents out) {
    boolean isRead = note.filter == Kevent.EVFILT_READ;
    boolean isEnd = (mask & (isRead ? ENDS : ENDS & ~Linux.EPOLLRDHUP)) != 0;
    if (!isEnd && (mask & (isRead ? Linux.EPOLLIN : Linux.EPOLLOUT)) == 0) {
      return;
    }
    int fd = note.source.fd;
    long amount = isRead ? amounts.toRead(fd) : isEnd ? 0 : amounts.toWrite(fd);
    boolean hasThreshold = (note.fflags & Kevent.NOTE_LOWAT) != 0;
    boolean isBelow = hasThreshold && !isEnd && amount < note.data;
    if (isBelow != note.isBelow && hasThreshold) {
      note.isBelow = isBelow;
      int _ = instances.update(note.source);
    }
    if (!isBelow) {
      if ((mask & Linux.EPOLLERR) != 0) {
        int error = amounts.error(fd);
        note.source.error = error == 0 ? note.source.error : error;
      }
      give(note, isEnd ? Kevent.EV_EOF : 0, isEnd ? note.source.error : 0, amount, out);
    }
  }

  private void give(Knote note, int more, int fflags, long data, Kevents out) {
    var _ = out.add(note.ident, note.filter, note.flags | more, fflags, data, note.udata);
    if (note.is(Kevent.EV_ONESHOT)) {
      remove(note);
    } else if (note.is(Kevent.EV_DISPATCH)) {
      note.isEnabled = false;
      int _ = note.filter == Kevent.EVFILT_USER ? arrange(note) : instances.update(note.source);
    }
  }

  /** Gives out what the program has triggered, each once, as far as there is room. */
  void reportTriggered(Kevents out) {
    for (int left = triggered.count(); left > 0 && !out.isFull(); left--) {
      Knote note = triggered.first();
      if (note == null) {
        return;
      }
      triggered.remove(note);
      if (note.is(Kevent.EV_CLEAR)) {
        note.isTriggered = false;
      } else if (!note.is(Kevent.EV_DISPATCH)) {
        triggered.add(note); // behind the others
      }
      give(note, 0, note.fflags, note.data, out);
    }
    instances.say(triggered.count() > 0);
  }

  /** Gives all descriptors back. */
  void close() {
    for (Source source : sources.all()) {
      if (source != null && source.fd >= 0 && isTimer(source)) {
        timers.close(source.fd);
      }
    }
    instances.close();
  }

  private static boolean isTimer(Source source) {
    Knote note = source.read;
    return note != null && note.filter == Kevent.EVFILT_TIMER;
  }
}
