package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The word that a {@link NativeKqueue} is closed, told to all who wait: a knote that stays ready
 * once it is said. It is one of {@code EVFILT_USER}; a system that has no such filter, or one that
 * does not work, is given a pipe.
 */
final class EndWord {

  private final Sys sys;
  private final int kq;

  /** Of the pipe; or -1. */
  private final int reader;

  private final int writer;

  private EndWord(Sys sys, int kq, int reader, int writer) {
    this.sys = sys;
    this.kq = kq;
    this.reader = reader;
    this.writer = writer;
  }

  /**
   * Makes it.
   *
   * @throws SysException EMFILE, ENFILE or ENOMEM; then nothing is left open
   */
  static EndWord open(Sys sys, int kq, KeventMemory memory) throws SysException {
    memory.set(0, NativeKqueue.END, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, NativeKqueue.END);
    int result = sys.kevent(kq, memory.address(), 1, 0, 0, 0);
    if (result >= 0) {
      return new EndWord(sys, kq, -1, -1);
    }
    if (result == -Errno.ENOMEM) {
      throw SysException.of("kevent(USER)", result);
    }
    MemorySegment fds = Arena.ofAuto().allocate(2 * Integer.BYTES, Integer.BYTES);
    SysException.check("pipe2", sys.pipe2(fds.address(), Linux.O_CLOEXEC | Linux.O_NONBLOCK));
    int reader = fds.getAtIndex(ValueLayout.JAVA_INT, 0);
    EndWord word = new EndWord(sys, kq, reader, fds.getAtIndex(ValueLayout.JAVA_INT, 1));
    memory.set(0, reader, Kevent.EVFILT_READ, Kevent.EV_ADD, 0, 0, NativeKqueue.END);
    result = sys.kevent(kq, memory.address(), 1, 0, 0, 0);
    if (result < 0) {
      word.close();
      throw SysException.of("kevent(READ)", result);
    }
    return word;
  }

  /** Wakes all who wait, and whoever waits later. */
  void say(KeventMemory memory) {
    if (reader < 0) {
      memory.set(
          0, NativeKqueue.END, Kevent.EVFILT_USER, 0, Kevent.NOTE_TRIGGER, 0, NativeKqueue.END);
      int _ = sys.kevent(kq, memory.address(), 1, 0, 0, 0);
    } else {
      int _ = sys.write(writer, memory.address(), 1); // a byte of it
    }
  }

  void close() {
    if (reader >= 0) {
      int _ = sys.close(reader);
      int _ = sys.close(writer);
    }
  }
}
