package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Another soft RLIMIT_NOFILE for as long as it is open. */
final class DescriptorLimit implements AutoCloseable {

  private final Sys sys;
  private final Arena arena = Arena.ofConfined();

  /** {@code struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; }}. */
  private final MemorySegment before = arena.allocate(Linux.SIZEOF_RLIMIT, 8);

  private DescriptorLimit(Sys sys, long soft) {
    this.sys = sys;
    assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, before.address()));
    MemorySegment limit = arena.allocate(Linux.SIZEOF_RLIMIT, 8).copyFrom(before);
    limit.set(JAVA_LONG, 0, soft);
    assertEquals(0, sys.setrlimit(Linux.RLIMIT_NOFILE, limit.address()));
  }

  /** What is open already stays open; new descriptors are below the limit. */
  static DescriptorLimit lowerTo(Sys sys, int soft) {
    return new DescriptorLimit(sys, soft);
  }

  @Override
  public void close() {
    assertEquals(0, sys.setrlimit(Linux.RLIMIT_NOFILE, before.address()));
    arena.close();
  }
}
