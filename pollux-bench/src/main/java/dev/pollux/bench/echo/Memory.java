package dev.pollux.bench.echo;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What this process holds in memory, once everything that nothing refers to is gone. */
final class Memory {

  /** The first collection finds what is unreachable, the next what a cleaner let go of. */
  private static final int COLLECTIONS = 4;

  private Memory() {}

  /** Bytes in use on the heap, after full collections. Blocking: until they are over. */
  static long heapBytes() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }

  /** Bytes of direct buffers and of the segments of arenas: the JVM counts both as one. */
  static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
