package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** The timerfds beneath {@code EVFILT_TIMER}. Under the queue's lock. */
final class Timers {

  private static final int UNITS =
      Kevent.NOTE_SECONDS | Kevent.NOTE_MSECONDS | Kevent.NOTE_USECONDS | Kevent.NOTE_NSECONDS;
  private static final int INTERVAL = 0; // of struct itimerspec
  private static final int FIRST = 16;

  private final Sys sys;
  private final MemorySegment spec = Arena.ofAuto().allocate(Linux.SIZEOF_ITIMERSPEC, 8);
  private final IoBuffer eight = IoBuffer.allocate(Long.BYTES);

  Timers(Sys sys) {
    this.sys = sys;
    var _ = eight.buffer().order(ByteOrder.nativeOrder());
  }

  /** A timer for a knote, disarmed; or {@code -errno}. */
  int open(int fflags) {
    boolean isTimeOfDay = (fflags & Kevent.NOTE_ABSTIME) != 0;
    return sys.timerfdCreate(
        isTimeOfDay ? Linux.CLOCK_REALTIME : Linux.CLOCK_MONOTONIC,
        Linux.TFD_CLOEXEC | Linux.TFD_NONBLOCK);
  }

  /** In nanoseconds; -1 if that is no time. What is too long counts as the longest there is. */
  static long nanos(int fflags, long data) {
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

  /** Arms it as the knote says; 0 or an errno. */
  int arm(int fd, Knote note) {
    long nanos = nanos(note.fflags, note.data);
    boolean isTimeOfDay = (note.fflags & Kevent.NOTE_ABSTIME) != 0;
    boolean isOnce = isTimeOfDay || note.is(Kevent.EV_ONESHOT);
    Timespec.write(spec, FIRST, nanos);
    Timespec.write(spec, INTERVAL, isOnce ? 0 : nanos);
    int result =
        sys.timerfdSettime(fd, isTimeOfDay ? Linux.TFD_TIMER_ABSTIME : 0, spec.address(), 0);
    return Math.max(0, -result);
  }

  /** How often it has expired since it was last asked; 0 if not at all. */
  long expirations(int fd) {
    var _ = eight.buffer().clear();
    int count = eight.read(sys, fd);
    return count == Long.BYTES ? eight.buffer().getLong(0) : 0;
  }

  void close(int fd) {
    int _ = sys.close(fd);
  }

  /** What a call that failed says of a knote that cannot be made. */
  static int errno(int result) {
    return result < 0 ? -result : Errno.EINVAL;
  }
}
