package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * An array of {@code struct pollfd} in native memory, and the calls that wait on it.
 *
 * <p>The array grows as entries are set. A negative descriptor mutes an entry: the kernel skips it,
 * whereas an entry with no events still reports POLLERR, POLLHUP and POLLNVAL.
 *
 * <p>Ownership: the memory is freed by the garbage collector; the descriptors stay the caller's.
 *
 * <p>Threads: one at a time; not while another thread waits.
 *
 * <p>Errors: {@link SysException}, and {@link Epoll#INTERRUPTED} after a signal. A descriptor that
 * is not open is no error of the call: its entry reports POLLNVAL.
 *
 * <p>Source: poll(2).
 */
public final class Poll {

  // struct pollfd {
  //   int   fd;        0
  //   short events;    4
  //   short revents;   6
  // };
  private static final int FD = Offsets.POLLFD__FD;
  private static final int EVENTS = Offsets.POLLFD__EVENTS;
  private static final int REVENTS = Offsets.POLLFD__REVENTS;
  private static final int SIZE = Linux.SIZEOF_POLLFD;
  private static final int MASK = 0xffff;

  /** Far above any limit of descriptors; 2 GiB of memory. */
  private static final int MAX_CAPACITY = Integer.MAX_VALUE / SIZE;

  private final Sys sys;
  private MemorySegment memory;
  private int size;

  private Poll(Sys sys, int capacity) {
    this.sys = sys;
    this.memory = memory(capacity);
  }

  /** An empty array with room for {@code capacity} entries before it first grows. */
  public static Poll allocate(Sys sys, int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("room for " + capacity + " entries");
    }
    return new Poll(sys, capacity);
  }

  private static MemorySegment memory(int capacity) {
    return Arena.ofAuto().allocate((long) capacity * SIZE, 8);
  }

  /** How many entries a wait looks at: one more than the highest index set. */
  public int size() {
    return size;
  }

  /** Drops the entries from an index on. */
  public void truncate(int newSize) {
    Objects.checkIndex(newSize, size + 1);
    size = newSize;
  }

  /**
   * Writes an entry and clears its result. Entries skipped on the way to a new highest index are
   * muted.
   *
   * @param fd the descriptor; negative to mute the entry
   */
  public void set(int index, int fd, int events) {
    if (index < 0 || index >= MAX_CAPACITY) {
      throw new IndexOutOfBoundsException(index);
    }
    reserve(index + 1);
    for (; size <= index; size++) {
      write(size, -1, 0);
    }
    write(index, fd, events);
  }

  /** The descriptor of an entry. */
  public int fd(int index) {
    return memory.get(JAVA_INT, at(index) + FD);
  }

  /** The events an entry asks for. */
  public int events(int index) {
    return memory.get(JAVA_SHORT, at(index) + EVENTS) & MASK;
  }

  /** What the last wait reported for an entry: 0 if nothing. */
  public int revents(int index) {
    return memory.get(JAVA_SHORT, at(index) + REVENTS) & MASK;
  }

  /**
   * {@code poll(2)}: waits until an entry is ready.
   *
   * @param timeoutMillis > 0: at most so long; 0: does not block; -1: for ever
   * @return how many entries have a result, 0 after the timeout, or {@link Epoll#INTERRUPTED},
   *     after which the results are those of an earlier wait
   */
  public int poll(int timeoutMillis) throws SysException {
    MemorySegment entries = memory;
    try {
      return result("poll", sys.poll(entries.address(), count(entries), timeoutMillis));
    } finally {
      Reference.reachabilityFence(entries);
    }
  }

  /** {@code ppoll(2)}: as above, with a timeout in nanoseconds. */
  public int pollNanos(long timeoutNanos) throws SysException {
    return ppoll(timeoutNanos, 0);
  }

  /** {@code ppoll(2)}: as above, with another signal mask for the duration of the wait. */
  public int pollNanos(long timeoutNanos, SignalSet mask) throws SysException {
    try {
      return ppoll(timeoutNanos, mask.address());
    } finally {
      Reference.reachabilityFence(mask);
    }
  }

  private int ppoll(long timeoutNanos, long maskAddress) throws SysException {
    MemorySegment entries = memory;
    try {
      long timespec = Scratch.timespec().set(timeoutNanos);
      return result("ppoll", sys.ppoll(entries.address(), count(entries), timespec, maskAddress));
    } finally {
      Reference.reachabilityFence(entries);
    }
  }

  /** Never more than this memory holds, even if another thread, against the rules, adds some. */
  private int count(MemorySegment entries) {
    return (int) Math.min(size, entries.byteSize() / SIZE);
  }

  private long at(int index) {
    return (long) Objects.checkIndex(index, size) * SIZE;
  }

  private void write(int index, int fd, int events) {
    long at = (long) index * SIZE;
    memory.set(JAVA_INT, at + FD, fd);
    memory.set(JAVA_SHORT, at + EVENTS, (short) events);
    memory.set(JAVA_SHORT, at + REVENTS, (short) 0);
  }

  private void reserve(int needed) {
    int capacity = (int) (memory.byteSize() / SIZE);
    if (needed > capacity) {
      int doubled = (int) Math.min(capacity * 2L, MAX_CAPACITY);
      MemorySegment larger = memory(Math.max(needed, doubled));
      larger.copyFrom(memory);
      memory = larger;
    }
  }

  private int result(String call, int n) throws SysException {
    if (n < 0 && n != Epoll.INTERRUPTED) {
      throw SysException.of(
          call + "(" + size + " entries)",
          n,
          n == -Errno.EINVAL
              ? "more entries than RLIMIT_NOFILE, or a timeout that is no time"
              : Errno.meaning(-n));
    }
    return n;
  }
}
