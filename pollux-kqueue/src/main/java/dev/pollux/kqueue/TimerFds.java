package dev.pollux.kqueue;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.Timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** The calls on timerfds, with the memory that they need. Under the queue's lock. */
final class TimerFds {

  private static final int INTERVAL = 0; // of struct itimerspec
  private static final int FIRST = 16;

  private final Sys sys;
  private final MemorySegment spec = Arena.ofAuto().allocate(Linux.SIZEOF_ITIMERSPEC, 8);
  private final IoBuffer eight = IoBuffer.allocate(Long.BYTES);

  TimerFds(Sys sys) {
    this.sys = sys;
    var _ = eight.buffer().order(ByteOrder.nativeOrder());
  }

  /** A timer, disarmed; or {@code -errno}. */
  int open(boolean isTimeOfDay) {
    return sys.timerfdCreate(
        isTimeOfDay ? Linux.CLOCK_REALTIME : Linux.CLOCK_MONOTONIC,
        Linux.TFD_CLOEXEC | Linux.TFD_NONBLOCK);
  }

  /** Arms it, or with 0 disarms it; 0 or an errno. */
  int arm(int fd, boolean isTimeOfDay, long firstNanos, long intervalNanos) {
    Timespec.write(spec, FIRST, firstNanos);
    Timespec.write(spec, INTERVAL, intervalNanos);
    int flags = isTimeOfDay ? Linux.TFD_TIMER_ABSTIME : 0;
    return Math.max(0, -sys.timerfdSettime(fd, flags, spec.address(), 0));
  }

  /** How often it has expired since it was last asked; 0 if not at all. */
  long expirations(int fd) {
    var _ = eight.buffer().clear();
    int count = eight.read(sys, fd);
    return count == Long.BYTES ? eight.buffer().getLong(0) : 0;
  }
}
