package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SignalSet;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * {@code EVFILT_SIGNAL}: a signalfd for each, which takes a signal that is blocked. It is blocked
 * in the thread that makes the knote, and in every other it must be: the package says why.
 */
final class SignalFilter extends Filter {

  private static final int MOST_AT_ONCE = 16;

  private final Sys sys;
  private final IoBuffer infos = IoBuffer.allocate(MOST_AT_ONCE * Linux.SIZEOF_SIGNALFD_SIGINFO);

  /** What the thread blocked, to be blocked again if nothing comes of it. */
  private final MemorySegment before = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, Long.BYTES);

  SignalFilter(Notes notes, Sys sys) {
    super(Kevent.EVFILT_SIGNAL, notes);
    this.sys = sys;
  }

  @Override
  int checkIdent(long ident) {
    return ident < 1 || ident > SignalSet.MAX_SIGNAL ? Errno.EINVAL : 0;
  }

  @Override
  int check(long ident, int fflags, long data) {
    return Refusal.ofSignal((int) ident) != null ? Errno.EOPNOTSUPP : 0;
  }

  /** Each event is what came since the last one. */
  @Override
  int flags() {
    return Kevent.EV_CLEAR;
  }

  @Override
  int open(Source source, int fflags) {
    if (Thread.currentThread().isVirtual()) { // which has no mask of its own
      return Errno.EOPNOTSUPP;
    }
    SignalSet set = SignalSet.of((int) source.ident);
    try {
      int result = sys.pthreadSigmask(Linux.SIG_BLOCK, set.address(), before.address());
      if (result < 0) {
        return -result;
      }
      int made = sys.signalfd(-1, set.address(), Linux.SFD_NONBLOCK | Linux.SFD_CLOEXEC);
      int failed = notes.own(source, made);
      if (failed != 0) {
        restore();
      }
      return failed;
    } finally {
      Reference.reachabilityFence(set);
    }
  }

  @Override
  int begin(Knote note, boolean isNew, int fflags, long data) {
    note.fflags = fflags;
    note.data = data;
    int failed = toggle(note);
    if (failed != 0 && isNew) {
      restore();
    }
    return failed;
  }

  /** The thread blocks what it did before the last {@link #open}. */
  private void restore() {
    int _ = sys.pthreadSigmask(Linux.SIG_SETMASK, before.address(), 0);
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
    long all = 0;
    int count = read(note);
    while (count > 0) {
      all += count;
      count = count == MOST_AT_ONCE ? read(note) : 0;
    }
    if (all > 0) {
      notes.give(note, 0, 0, all, out);
    }
  }

  private int read(Knote note) {
    var _ = infos.buffer().clear();
    return infos.read(sys, note.source.fd) / Linux.SIZEOF_SIGNALFD_SIGINFO;
  }

  @Override
  void reportDue(Knote note, Kevents out) {}
}
