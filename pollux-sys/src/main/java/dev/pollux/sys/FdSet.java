package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * An {@code fd_set} of any size: a set of descriptors in native memory, for {@link Select}.
 *
 * <p>The limit of 1024 descriptors is the C library's type, not the kernel's, which takes as many
 * words as {@code nfds} needs.
 *
 * <p>Ownership: the memory is freed by the garbage collector.
 *
 * <p>Threads: one at a time.
 *
 * <p>Errors: a descriptor outside the capacity is an {@code IndexOutOfBoundsException}.
 *
 * <p>Source: select(2).
 */
public final class FdSet {

  /** Above the kernel's own ceiling for descriptors, {@code /proc/sys/fs/nr_open}. */
  private static final int MAX_CAPACITY = 1 << 30; // 128 MiB

  // typedef struct { long fds_bits[1024 / 64]; } fd_set;  Descriptor n is bit n % 64 of word n /
  // 64.
  private final MemorySegment memory;
  private final int capacity;

  private FdSet(int words) {
    this.capacity = words * Long.SIZE;
    this.memory = Arena.ofAuto().allocate(JAVA_LONG, words);
  }

  /** An empty set that holds descriptors below {@code capacity}, rounded up to words of 64. */
  public static FdSet allocate(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "room for " + capacity + " descriptors: from 1 to " + MAX_CAPACITY);
    }
    return new FdSet(Math.ceilDiv(capacity, Long.SIZE));
  }

  /** Descriptors below this number can be in the set. */
  public int capacity() {
    return capacity;
  }

  /** {@code FD_ZERO}: takes every descriptor out of the set. */
  public void zero() {
    memory.fill((byte) 0);
  }

  /** {@code FD_SET}: puts a descriptor into the set. */
  public void set(int fd) {
    int word = word(fd);
    memory.setAtIndex(JAVA_LONG, word, memory.getAtIndex(JAVA_LONG, word) | 1L << fd);
  }

  /** {@code FD_CLR}: takes a descriptor out of the set. */
  public void clear(int fd) {
    int word = word(fd);
    memory.setAtIndex(JAVA_LONG, word, memory.getAtIndex(JAVA_LONG, word) & ~(1L << fd));
  }

  /** {@code FD_ISSET}: whether a descriptor is in the set. */
  public boolean isSet(int fd) {
    return (memory.getAtIndex(JAVA_LONG, word(fd)) & 1L << fd) != 0;
  }

  /**
   * Makes this set equal to another: a call overwrites its sets, so a waiter keeps the originals.
   *
   * @throws IllegalArgumentException if this set is smaller
   */
  public void copyFrom(FdSet source) {
    if (source.capacity > capacity) {
      throw new IllegalArgumentException(
          "a set of " + source.capacity + " descriptors into one of " + capacity);
    }
    zero();
    memory.copyFrom(source.memory);
  }

  /** The address of the first word. Good only for as long as this object is reachable. */
  public long address() {
    return memory.address();
  }

  private int word(int fd) {
    return Objects.checkIndex(fd, capacity) / Long.SIZE;
  }
}
