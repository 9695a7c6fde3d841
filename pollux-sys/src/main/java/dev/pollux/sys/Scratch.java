package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A few bytes of native memory for each thread, for the small structures that a call passes in.
 *
 * <p>A thread makes one system call at a time, so one structure of each kind is enough; and the
 * thread, which outlives its call, keeps the memory.
 */
final class Scratch {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MICRO = 1_000L;
  private static final long MICROS_PER_SECOND = 1_000_000L;

  // struct timespec { time_t tv_sec; 0   long        tv_nsec; 8 };
  // struct timeval  { time_t tv_sec; 0   suseconds_t tv_usec; 8 };
  private static final int SECONDS = Offsets.TIMESPEC__TV_SEC;
  private static final int FRACTION = Offsets.TIMESPEC__TV_NSEC; // and tv_usec

  private static final ThreadLocal<MemorySegment> TIME =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linux.SIZEOF_TIMESPEC, 8));

  private static final ThreadLocal<EpollEvents> EVENT =
      ThreadLocal.withInitial(() -> EpollEvents.allocate(1));

  private Scratch() {}

  /** The calling thread's room for one {@code struct epoll_event}. */
  static EpollEvents epollEvent() {
    return EVENT.get();
  }

  /** The address of a {@code struct timespec}, or 0 (for ever) if the timeout is negative. */
  static long timespec(long timeoutNanos) {
    if (timeoutNanos < 0) {
      return 0;
    }
    MemorySegment time = TIME.get();
    time.set(JAVA_LONG, SECONDS, timeoutNanos / NANOS_PER_SECOND);
    time.set(JAVA_LONG, FRACTION, timeoutNanos % NANOS_PER_SECOND);
    return time.address();
  }

  /**
   * The address of a {@code struct timeval}, rounded up to a microsecond, or 0 (for ever) if the
   * timeout is negative.
   */
  static long timeval(long timeoutNanos) {
    if (timeoutNanos < 0) {
      return 0;
    }
    long micros = Math.ceilDiv(timeoutNanos, NANOS_PER_MICRO);
    MemorySegment time = TIME.get();
    time.set(JAVA_LONG, SECONDS, micros / MICROS_PER_SECOND);
    time.set(JAVA_LONG, FRACTION, micros % MICROS_PER_SECOND);
    return time.address();
  }
}
