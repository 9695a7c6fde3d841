package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of {@code struct epoll_event} in native memory: allocate it once, reuse it for every
 * wait.
 *
 * <p>Ownership: the memory is freed by the garbage collector; there is nothing to close.
 *
 * <p>Threads: one at a time. Threads that wait on one epoll instance each have their own.
 *
 * <p>Errors: an index outside the capacity is an {@code IndexOutOfBoundsException}. Entries from
 * the last wait's count on hold what earlier waits left there.
 *
 * <p>Source: epoll_event(3type).
 */
public final class EpollEvents {

  // typedef union epoll_data { void *ptr; int fd; uint32_t u32; uint64_t u64; } epoll_data_t;
  // struct epoll_event {
  //   uint32_t     events;   0
  //   epoll_data_t data;     4 on x86-64, where the structure is packed; 8 elsewhere
  // };
  private final MemorySegment memory;
  private final int capacity;
  private final int size;
  private final int dataOffset;

  private EpollEvents(int capacity, Abi abi) {
    int maxCapacity = maxCapacity(abi);
    if (capacity < 1 || capacity > maxCapacity) {
      throw new IllegalArgumentException(
          "room for " + capacity + " events: epoll takes from 1 to " + maxCapacity);
    }
    this.capacity = capacity;
    this.size = abi.epollEventSize;
    this.dataOffset = abi.epollDataOffset;
    this.memory = Arena.ofAuto().allocate((long) capacity * size, 8);
  }

  /**
   * Room for {@code capacity} events, laid out for this architecture.
   *
   * @throws IllegalArgumentException if the capacity is not positive, or above the kernel's limit
   *     {@code INT_MAX / sizeof(struct epoll_event)}
   */
  public static EpollEvents allocate(int capacity) {
    return allocate(capacity, Abi.CURRENT);
  }

  /** Room for events, laid out for some architecture. */
  static EpollEvents allocate(int capacity, Abi abi) {
    return new EpollEvents(capacity, abi);
  }

  /** The most events a wait takes: the kernel's {@code EP_MAX_EVENTS}. */
  public static int maxCapacity() {
    return maxCapacity(Abi.CURRENT);
  }

  static int maxCapacity(Abi abi) {
    return Integer.MAX_VALUE / abi.epollEventSize;
  }

  /** How many events there is room for. */
  public int capacity() {
    return capacity;
  }

  /** The event mask at an index. */
  public int events(int index) {
    return memory.get(JAVA_INT_UNALIGNED, (long) index * size);
  }

  /** The 64 bits of user data at an index. */
  public long data(int index) {
    return memory.get(JAVA_LONG_UNALIGNED, (long) index * size + dataOffset);
  }

  /** Writes an entry, as {@code epoll_ctl} reads it. */
  public void set(int index, int events, long data) {
    memory.set(JAVA_INT_UNALIGNED, (long) index * size, events);
    memory.set(JAVA_LONG_UNALIGNED, (long) index * size + dataOffset, data);
  }

  /** The address of entry 0. Good only for as long as this object is reachable. */
  public long address() {
    return memory.address();
  }
}
