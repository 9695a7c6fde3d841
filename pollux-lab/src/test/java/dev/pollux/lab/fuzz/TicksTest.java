package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TicksTest {
  private static final long TICK_NANOS = 12_000_000;

  private long now = 5;
  private final Ticks ticks = new Ticks(() -> now);

  @Test
  void due_isInTheMiddleBetweenTwoTicks() {
    assertEquals(5 + TICK_NANOS / 2, ticks.dueNanos(1));
    assertEquals(5 + TICK_NANOS, ticks.afterNanos(1));
    ticks.pass(2);
    assertEquals(5 + 2 * TICK_NANOS + TICK_NANOS / 2, ticks.dueNanos(1));
    assertEquals(5 + 3 * TICK_NANOS, ticks.afterNanos(1));
  }

  @Test
  void late_isWhoComesNearTheMiddle_andStaysIt() {
    now += TICK_NANOS / 4;
    assertFalse(ticks.isLate());
    ticks.pass(1);
    now += TICK_NANOS;
    assertFalse(ticks.isLate());
    now += TICK_NANOS / 4;
    assertTrue(ticks.isLate());
    ticks.pass(1);
    assertTrue(ticks.isLate());
    ticks.restart(1);
    assertFalse(ticks.isLate());
  }

  @Test
  void scaled_ticksAreLonger() {
    ticks.restart(5);
    assertEquals(now + 5 * TICK_NANOS, ticks.afterNanos(1));
  }
}
