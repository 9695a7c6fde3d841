package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timeouts as structures: exact or rounded up, never down. */
class ScratchTest {

  private static List<Long> at(long address) {
    MemorySegment time = MemorySegment.ofAddress(address).reinterpret(Linux.SIZEOF_TIMESPEC);
    return List.of(time.getAtIndex(JAVA_LONG, 0), time.getAtIndex(JAVA_LONG, 1));
  }

  @Test
  void timespec_isExact() {
    assertEquals(List.of(0L, 0L), at(Scratch.timespec(0)));
    assertEquals(List.of(0L, 999_999_999L), at(Scratch.timespec(999_999_999L)));
    assertEquals(List.of(1L, 1L), at(Scratch.timespec(1_000_000_001L)));
    assertEquals(List.of(9_223_372_036L, 854_775_807L), at(Scratch.timespec(Long.MAX_VALUE)));
  }

  @Test
  void timeval_isRoundedUpToMicroseconds() {
    assertEquals(List.of(0L, 0L), at(Scratch.timeval(0)));
    assertEquals(List.of(0L, 1L), at(Scratch.timeval(1)));
    assertEquals(List.of(0L, 1L), at(Scratch.timeval(1_000)));
    assertEquals(List.of(0L, 2L), at(Scratch.timeval(1_001)));
    assertEquals(List.of(1L, 0L), at(Scratch.timeval(999_999_001L)), "the carry goes up");
    assertEquals(List.of(9_223_372_036L, 854_776L), at(Scratch.timeval(Long.MAX_VALUE)));
  }

  @Test
  void negative_isTheNullPointer() {
    assertEquals(0, Scratch.timespec(-1));
    assertEquals(0, Scratch.timeval(Long.MIN_VALUE));
  }
}
