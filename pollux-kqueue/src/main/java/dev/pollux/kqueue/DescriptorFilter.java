package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;

/**
 * {@code EVFILT_READ}, {@code EVFILT_WRITE} or {@code EVFILT_EXCEPT}: an item of epoll's. What
 * epoll refuses, as it is always ready, is a case of its own: {@link Files}.
 */
final class DescriptorFilter extends Filter {

  private static final int BOTH_ENDS = Linux.EPOLLHUP | Linux.EPOLLERR;

  private final Instances instances;
  private final Amounts amounts;
  private final Files files;
  private final Ticks ticks;
  private final boolean takesErrors;
  private final boolean isRead;
  private final boolean isWrite;
  private final int ready; // what epoll says of it
  private final int ends;

  DescriptorFilter(
      int number, int place, Notes notes, Sys sys, Files files, Ticks ticks, boolean takesErrors) {
    super(number, place, notes);
    this.takesErrors = takesErrors;
    this.instances = notes.instances;
    this.amounts = new Amounts(sys);
    this.files = files;
    this.ticks = ticks;
    this.isRead = number == Kevent.EVFILT_READ;
    this.isWrite = number == Kevent.EVFILT_WRITE;
    this.ready = isRead ? Linux.EPOLLIN : isWrite ? Linux.EPOLLOUT : Linux.EPOLLPRI;
    this.ends = isRead ? BOTH_ENDS | Linux.EPOLLRDHUP : BOTH_ENDS;
  }

  /** EBADF for what is no number of a descriptor. */
  static int checkFd(long ident) {
    return ident < 0 || ident > Integer.MAX_VALUE ? Errno.EBADF : 0;
  }

  @Override
  int checkIdent(long ident) {
    return checkFd(ident);
  }

  @Override
  int open(Source source, int fflags) {
    source.fd = (int) source.ident;
    int type = amounts.socketType(source.fd);
    source.isSocket = type >= 0;
    source.isStream = type == Linux.SOCK_STREAM;
    return type == -Errno.EBADF ? Errno.EBADF : 0;
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    Source source = note.source;
    note.fflags = fflags;
    note.data = data;
    if (source.file != null) {
      return files.begin(note);
    }
    note.isBelow = note.hasThreshold() && (isRead || isWrite); // as far as is known
    int failed = note.isBelow && isWrite ? ticks.open() : 0;
    failed = failed == 0 ? instances.update(source) : failed;
    if (failed == Errno.EPERM) {
      note.isBelow = false;
      failed = files.adopt(source);
      return failed == 0 ? files.begin(note) : failed;
    }
    if (failed == 0) {
      tick(note);
    }
    if (failed == 0 && !isNew) {
      int _ = instances.lookAgain(note);
    }
    return failed;
  }

  @Override
  int toggle(Knote note) {
    if (note.source.file != null) {
      files.toggle(note);
      return 0;
    }
    tick(note);
    return instances.update(note.source);
  }

  private void tick(Knote note) {
    ticks.set(note, note.isBelow && isWrite && note.isEnabled && ticks.isOpen());
  }

  @Override
  void end(Knote note) {
    if (note.source.file != null) {
      files.end(note);
    } else {
      ticks.set(note, false);
      int _ = instances.update(note.source);
    }
  }

  @Override
  boolean watchAgain(Knote note) {
    return files.watchAgain(note);
  }

  @Override
  void happened(Knote note, int mask, boolean isOfEntry) {
    if (isRead) {
      files.changed(note);
    }
  }

  @Override
  void report(Knote note, int mask, Kevents out) {
    Source source = note.source;
    int over = source.isSocket ? ends & ~Linux.EPOLLERR : ends; // an error alone is no end of it
    boolean isEnd = (mask & over) != 0;
    if (!isEnd && (mask & (ready | Linux.EPOLLERR)) == 0) {
      return;
    }
    boolean isAsked = takesErrors && isWrite && source.isStream; // which would take an error
    isEnd |= isAsked && (mask & BOTH_ENDS) == 0 && amounts.isWritingOver(source.fd);
    long amount = amount(source.fd, isEnd);
    if (amount < 0 || (takesErrors && instances.isGone(source))) { // closed: a duplicate speaks
      notes.forget(source, number);
      return;
    }
    if (!isEnd && (mask & Linux.EPOLLERR) == 0 && !amounts.isSure(amount)) {
      if (!amounts.isReady(source.fd, ready)) {
        if (instances.isGone(source)) { // closed: a duplicate speaks
          notes.forget(source, number);
        }
        return; // or another thread has taken it since
      }
      amount = amount == 0 ? amount(source.fd, false) : amount; // it may have come since
    }
    source.error = isEnd ? source.error : 0; // of an end that was one
    boolean isBelow = note.hasThreshold() && !isEnd && amount < note.data;
    if (isBelow != note.isBelow) {
      note.isBelow = isBelow;
      int _ = instances.update(source);
    }
    if (isWrite) {
      tick(note);
    }
    if (!isBelow) {
      int error = takesErrors && (mask & Linux.EPOLLERR) != 0 ? amounts.error(source.fd) : 0;
      if (isEnd) { // the error of an end is told to both directions
        source.error = error == 0 ? source.error : error;
        error = source.error;
      }
      boolean isUrgent = (mask & Linux.EPOLLPRI) != 0 && !isRead && !isWrite;
      int fflags = isUrgent ? Kevent.NOTE_OOB : error;
      notes.give(note, isEnd ? Kevent.EV_EOF : 0, fflags, amount, out);
    }
  }

  private long amount(int fd, boolean isEnd) {
    return isRead ? amounts.toRead(fd) : isWrite ? amounts.toWrite(fd, isEnd) : 0;
  }

  @Override
  void reportDue(Knote note, Kevents out) {
    files.report(note, out);
  }
}
