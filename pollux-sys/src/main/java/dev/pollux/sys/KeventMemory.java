package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct kevent} in native memory, as {@link ReadinessCalls#kevent} takes it. It
 * is laid out as on macOS, OpenBSD and FreeBSD before 12, and its numbers are FreeBSD's; where a
 * system has it otherwise, {@link NativeSys} translates.
 *
 * <p>Ownership: the memory is freed by the garbage collector; there is nothing to close. Of an
 * array {@link #at} an address it is the caller's.
 *
 * <p>Threads: one at a time.
 *
 * <p>Errors: an index outside the capacity is an {@code IndexOutOfBoundsException}.
 *
 * <p>Source: kqueue(2).
 */
public final class KeventMemory {

  // struct kevent { uintptr_t ident; short filter; unsigned short flags; unsigned int fflags;
  //   int64_t data; void *udata; };
  static final int KEVENT__IDENT = 0;
  static final int KEVENT__FILTER = 8;
  static final int KEVENT__FLAGS = 10;
  static final int KEVENT__FFLAGS = 12;
  static final int KEVENT__DATA = 16;
  static final int KEVENT__UDATA = 24;
  static final int SIZEOF_KEVENT = 32;

  private final MemorySegment memory;

  private KeventMemory(MemorySegment memory) {
    this.memory = memory;
  }

  /** Room for {@code capacity} of them, of zeros. */
  public static KeventMemory allocate(int capacity) {
    return new KeventMemory(Arena.ofAuto().allocate(sizeBytes(capacity), Long.BYTES));
  }

  /** Those that stand at an address, for a kernel that is given one. The address is not checked. */
  public static KeventMemory at(long address, int capacity) {
    return new KeventMemory(MemorySegment.ofAddress(address).reinterpret(sizeBytes(capacity)));
  }

  private static long sizeBytes(int capacity) {
    return (long) capacity * SIZEOF_KEVENT;
  }

  /** Where it stands, good only for as long as this object is reachable. */
  public long address() {
    return memory.address();
  }

  /** {@code EV_SET}. */
  public void set(int index, long ident, int filter, int flags, int fflags, long data, long udata) {
    long at = sizeBytes(index);
    memory.set(JAVA_LONG, at + KEVENT__IDENT, ident);
    memory.set(JAVA_SHORT, at + KEVENT__FILTER, (short) filter);
    memory.set(JAVA_SHORT, at + KEVENT__FLAGS, (short) flags);
    memory.set(JAVA_INT, at + KEVENT__FFLAGS, fflags);
    memory.set(JAVA_LONG, at + KEVENT__DATA, data);
    memory.set(JAVA_LONG, at + KEVENT__UDATA, udata);
  }

  /** What it is about: mostly a descriptor. */
  public long ident(int index) {
    return memory.get(JAVA_LONG, sizeBytes(index) + KEVENT__IDENT);
  }

  /** One of {@code EVFILT_…}. */
  public int filter(int index) {
    return memory.get(JAVA_SHORT, sizeBytes(index) + KEVENT__FILTER);
  }

  /** Some of {@code EV_…}. */
  public int flags(int index) {
    return memory.get(JAVA_SHORT, sizeBytes(index) + KEVENT__FLAGS) & 0xffff;
  }

  /** Some of {@code NOTE_…}. */
  public int fflags(int index) {
    return memory.get(JAVA_INT, sizeBytes(index) + KEVENT__FFLAGS);
  }

  /** What the filter says. */
  public long data(int index) {
    return memory.get(JAVA_LONG, sizeBytes(index) + KEVENT__DATA);
  }

  /** What the program said when the knote was made, or last changed. */
  public long udata(int index) {
    return memory.get(JAVA_LONG, sizeBytes(index) + KEVENT__UDATA);
  }
}
