package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One {@code struct timespec} in native memory: how a timeout in nanoseconds goes to the kernel.
 *
 * <p>Ownership: the memory is freed by the garbage collector; there is nothing to close.
 *
 * <p>Threads: one at a time; the kernel reads it at the beginning of the call.
 *
 * <p>Source: timespec(3type), timeval(3type).
 */
public final class Timespec {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MICRO = 1_000L;
  private static final long MICROS_PER_SECOND = 1_000_000L;

  // struct timespec { time_t tv_sec; 0   long        tv_nsec; 8 };
  // struct timeval  { time_t tv_sec; 0   suseconds_t tv_usec; 8 };
  private final MemorySegment memory = Arena.ofAuto().allocate(Linux.SIZEOF_TIMESPEC, Long.BYTES);

  private Timespec() {}

  /** A structure of 0 seconds. */
  public static Timespec allocate() {
    return new Timespec();
  }

  /**
   * Writes a timeout and returns the address, good only for as long as this object is reachable; or
   * 0, the null pointer, which means for ever, if the timeout is negative.
   */
  public long set(long nanos) {
    if (nanos < 0) {
      return 0;
    }
    write(memory, 0, nanos);
    return memory.address();
  }

  /** As {@link #set}, as a {@code struct timeval}: rounded up to a microsecond. */
  long setTimeval(long nanos) {
    if (nanos < 0) {
      return 0;
    }
    long micros = Math.ceilDiv(nanos, NANOS_PER_MICRO);
    put(memory, 0, micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
    return memory.address();
  }

  /** Writes nanoseconds, 0 or more, as a {@code struct timespec} within a larger structure. */
  public static void write(MemorySegment target, long offset, long nanos) {
    put(target, offset, nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }

  /** The nanoseconds of a {@code struct timespec} within a larger structure. */
  public static long read(MemorySegment source, long offset) {
    return source.get(JAVA_LONG_UNALIGNED, offset + Offsets.TIMESPEC__TV_SEC) * NANOS_PER_SECOND
        + source.get(JAVA_LONG_UNALIGNED, offset + Offsets.TIMESPEC__TV_NSEC);
  }

  /**
   * The nanoseconds of a {@code struct timespec} at an address, for a kernel that is given one; -1,
   * for ever, of 0. The address is not checked.
   *
   * @throws IllegalArgumentException if it is none: negative, or with a second of nanoseconds
   */
  public static long readAt(long address) {
    if (address == 0) {
      return -1;
    }
    MemorySegment time = MemorySegment.ofAddress(address).reinterpret(Linux.SIZEOF_TIMESPEC);
    long seconds = time.get(JAVA_LONG_UNALIGNED, Offsets.TIMESPEC__TV_SEC);
    long fraction = time.get(JAVA_LONG_UNALIGNED, Offsets.TIMESPEC__TV_NSEC);
    if (seconds < 0 || fraction < 0 || fraction >= NANOS_PER_SECOND) {
      throw new IllegalArgumentException(seconds + " s " + fraction + " ns is no time");
    }
    boolean isLong = seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1;
    return isLong ? Long.MAX_VALUE : seconds * NANOS_PER_SECOND + fraction;
  }

  private static void put(MemorySegment target, long offset, long seconds, long fraction) {
    target.set(JAVA_LONG_UNALIGNED, offset + Offsets.TIMESPEC__TV_SEC, seconds);
    target.set(JAVA_LONG_UNALIGNED, offset + Offsets.TIMESPEC__TV_NSEC, fraction);
  }
}
