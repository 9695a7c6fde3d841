package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Linux;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The caller's memory: native memory by address, as system calls name it.
 *
 * <p>Threads: no state but the check, which is set once.
 *
 * <p>Errors: callers ask {@link #valid} first and fail with EFAULT, or copy and let {@link
 * BadAddressException} end the call; an address that passes and is not mapped crashes the process,
 * as it would crash any native code. A {@link RangeCheck} makes it exact.
 */
final class Memory {

  /** Everything. The one place that turns an address into memory. */
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** No memory is ever mapped below, so that null pointers are found. */
  private static final long LOWEST = 4096; // one page

  /** The end of a user's addresses, which have 47 or 48 bits; of x86-64 without the last page. */
  private static final long HIGHEST = Abi.CURRENT == Abi.X86_64 ? (1L << 47) - 4096 : 1L << 48;

  private static final int MAX_PATH = 4096; // PATH_MAX

  private final @Nullable RangeCheck check;

  Memory(@Nullable RangeCheck check) {
    this.check = check;
  }

  /** Whether the kernel may touch these bytes; no bytes are always right. */
  boolean valid(long address, long bytes) {
    if (bytes == 0) {
      return true;
    }
    return address >= LOWEST
        && address < HIGHEST
        && bytes <= HIGHEST - address
        && (check == null || check.allows(address, bytes));
  }

  int getByte(long address) {
    require(address, 1);
    return ALL.get(JAVA_BYTE, address) & 0xff;
  }

  /** Whether these are addresses that a program can have at all, whatever is there. */
  boolean isUsers(long address, long bytes) {
    return address >= 0 && address <= HIGHEST && bytes >= 0 && bytes <= HIGHEST - address;
  }

  private void require(long address, long bytes) {
    if (!valid(address, bytes)) {
      throw new BadAddressException(address, bytes);
    }
  }

  int getShort(long address) {
    return ALL.get(JAVA_SHORT_UNALIGNED, address);
  }

  int getInt(long address) {
    return ALL.get(JAVA_INT_UNALIGNED, address);
  }

  long getLong(long address) {
    return ALL.get(JAVA_LONG_UNALIGNED, address);
  }

  void setShort(long address, int value) {
    ALL.set(JAVA_SHORT_UNALIGNED, address, (short) value);
  }

  void setInt(long address, int value) {
    ALL.set(JAVA_INT_UNALIGNED, address, value);
  }

  void setLong(long address, long value) {
    ALL.set(JAVA_LONG_UNALIGNED, address, value);
  }

  void copyOut(byte[] source, int index, long address, int count) {
    require(address, count);
    MemorySegment.copy(source, index, ALL, JAVA_BYTE, address, count);
  }

  void copyIn(long address, byte[] target, int index, int count) {
    require(address, count);
    MemorySegment.copy(ALL, JAVA_BYTE, address, target, index, count);
  }

  /** The bytes at an address as a segment, for the decoders that take one. */
  MemorySegment slice(long address, long bytes) {
    return ALL.asSlice(address, bytes);
  }

  /**
   * A NUL-terminated path, one byte in each character; of one that is too long, one more than is
   * allowed. Null if it cannot be read.
   */
  @Nullable String path(long address) {
    StringBuilder path = new StringBuilder();
    while (path.length() < MAX_PATH) {
      long at = address + path.length();
      if (!valid(at, 1)) {
        return null;
      }
      char c = (char) (ALL.get(JAVA_BYTE, at) & 0xff);
      if (c == 0) {
        break;
      }
      path.append(c);
    }
    return path.toString();
  }

  /** Nanoseconds of a {@code struct timespec}, or -1 if it is no time. */
  long timespec(long address) {
    long seconds = getLong(address);
    long nanos = getLong(address + Long.BYTES);
    if (seconds < 0 || nanos < 0 || nanos >= Kernel.NANOS_PER_SECOND) {
      return -1;
    }
    return seconds >= Kernel.FOREVER / Kernel.NANOS_PER_SECOND
        ? Kernel.FOREVER
        : seconds * Kernel.NANOS_PER_SECOND + nanos;
  }

  void setTimespec(long address, long nanos) {
    setLong(address, nanos / Kernel.NANOS_PER_SECOND);
    setLong(address + Linux.SIZEOF_TIMESPEC / 2, nanos % Kernel.NANOS_PER_SECOND);
  }
}
