package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timeouts as structures: exact or rounded up, never down. */
class TimespecTest {

  private final Timespec time = Timespec.allocate();

  private static List<Long> at(long address) {
    MemorySegment time = MemorySegment.ofAddress(address).reinterpret(Linux.SIZEOF_TIMESPEC);
    return List.of(time.getAtIndex(JAVA_LONG, 0), time.getAtIndex(JAVA_LONG, 1));
  }

  @Test
  void timespec_isExact() {
    assertEquals(List.of(0L, 0L), at(time.set(0)));
    assertEquals(List.of(0L, 999_999_999L), at(time.set(999_999_999L)));
    assertEquals(List.of(1L, 1L), at(time.set(1_000_000_001L)));
    assertEquals(List.of(9_223_372_036L, 854_775_807L), at(time.set(Long.MAX_VALUE)));
  }

  @Test
  void timeval_isRoundedUpToMicroseconds() {
    assertEquals(List.of(0L, 0L), at(time.setTimeval(0)));
    assertEquals(List.of(0L, 1L), at(time.setTimeval(1)));
    assertEquals(List.of(0L, 1L), at(time.setTimeval(1_000)));
    assertEquals(List.of(0L, 2L), at(time.setTimeval(1_001)));
    assertEquals(List.of(1L, 0L), at(time.setTimeval(999_999_001L)), "the carry goes up");
    assertEquals(List.of(9_223_372_036L, 854_776L), at(time.setTimeval(Long.MAX_VALUE)));
  }

  @Test
  void negative_isTheNullPointer() {
    assertEquals(0, time.set(-1));
    assertEquals(0, time.setTimeval(Long.MIN_VALUE));
  }

  @Test
  void write_thenRead_withinALargerStructure_touchesNothingElse() {
    MemorySegment larger = Arena.ofAuto().allocate(Linux.SIZEOF_ITIMERSPEC, 8);
    Timespec.write(larger, Offsets.ITIMERSPEC__IT_VALUE, 3_000_000_004L);
    assertEquals(3_000_000_004L, Timespec.read(larger, Offsets.ITIMERSPEC__IT_VALUE));
    assertEquals(0, Timespec.read(larger, Offsets.ITIMERSPEC__IT_INTERVAL));
    assertEquals(List.of(3L, 4L), at(larger.address() + Offsets.ITIMERSPEC__IT_VALUE));
  }
}
