package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class SignalSetTest {

  private static long firstWord(SignalSet set) {
    return MemorySegment.ofAddress(set.address())
        .reinterpret(Linux.SIZEOF_SIGSET)
        .get(JAVA_LONG, 0);
  }

  @Test
  void add_signal_setsBitOneLower() {
    SignalSet set = SignalSet.empty();
    set.add(1);
    set.add(64);
    assertEquals(1L | Long.MIN_VALUE, firstWord(set));
    assertEquals("SignalSet[1, 64]", set.toString());
  }

  @Test
  void remove_signal_leavesTheOthers() {
    SignalSet set = SignalSet.full();
    set.remove(Linux.SIGUSR1);
    assertFalse(set.contains(Linux.SIGUSR1));
    assertTrue(set.contains(Linux.SIGUSR2));
    assertEquals(~(1L << (Linux.SIGUSR1 - 1)), firstWord(set));
  }

  @Test
  void of_signals_containsExactlyThese() {
    SignalSet set = SignalSet.of(Linux.SIGTERM, Linux.SIGINT);
    assertEquals("SignalSet[2, 15]", set.toString());
    assertEquals("SignalSet[]", SignalSet.empty().toString());
  }

  @Test
  void signal_outOfRange_isRefused() {
    SignalSet set = SignalSet.empty();
    assertThrows(IllegalArgumentException.class, () -> set.add(0));
    assertThrows(IllegalArgumentException.class, () -> set.add(65));
    assertThrows(IllegalArgumentException.class, () -> set.remove(-1));
    assertThrows(IllegalArgumentException.class, () -> set.contains(65));
  }
}
