package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long ways in time: jumps, clocks that wrap, and who waits for the next deadline. */
class TimerWheelFarTest {

  private static final long MILLI = 1_000_000;
  private static final long HOUR = 3_600_000 * MILLI;

  /** For a wait that leads to a deadline through the slots above: one for each level. */
  private static final int MOST_WAKES = 11;

  private TimerWheel wheel = new TimerWheel(MILLI, 0);
  private int ran;
  private final LoopTimer timer = new LoopTimer(() -> ran++);

  @AfterEach
  void checkInvariants() {
    wheel.checkInvariants();
  }

  /** Tick after tick it would take hours: 10^15 ticks in each jump. */
  @Test
  void jump_overManyEmptyTicks_isCheap() {
    wheel = new TimerWheel(1, 0);
    LoopTimer beyond = new LoopTimer(() -> ran++);
    long now = 0;
    for (int i = 1; i <= 1_000; i++) {
      long start = now;
      now += 278 * HOUR;
      wheel.schedule(timer, start + HOUR);
      wheel.schedule(beyond, now + 1);
      assertEquals(1, wheel.expire(now, 10));
      assertEquals(i, ran);
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        -1,
        -HOUR,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE - 5 * MILLI / 2,
        Long.MAX_VALUE - HOUR / 2,
        Long.MIN_VALUE
      })
  void clock_ofAnyStart_runsTheTimerAtItsDeadlineAndNotBefore(long start) {
    for (long delay : List.of(MILLI, 3 * MILLI, 64 * MILLI, 65 * MILLI, 5_000 * MILLI, HOUR)) {
      wheel = new TimerWheel(MILLI, start);
      ran = 0;
      wheel.schedule(timer, start + delay);
      assertEquals(0, wheel.expire(start + delay - 1, 1));
      wheel.checkInvariants();
      assertEquals(1, wheel.expire(start + delay, 1));
    }
  }

  /** The count of ticks wraps too: four quarters of all there are, and one more. */
  @Test
  void ticks_thatWrap_keepTimersApart() {
    wheel = new TimerWheel(1, 77);
    long quarter = 1L << 62;
    long now = 77;
    for (int i = 1; i <= 9; i++) {
      wheel.schedule(timer, now + quarter + 5);
      assertTrue(wheel.nextDeadlineNanos() - now <= quarter + 5);
      now += quarter;
      assertEquals(0, wheel.expire(now, 1));
      wheel.checkInvariants();
      assertEquals(0, wheel.expire(now + 4, 1));
      assertEquals(1, wheel.expire(now + 5, 1));
      now += 5;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, MILLI, 1_000 * MILLI, Long.MAX_VALUE})
  void deadline_asFarAsItGoes_isNotEarly(long tickNanos) {
    long start = -12_345;
    wheel = new TimerWheel(tickNanos, start);
    assertEquals(0, wheel.expire(start + tickNanos / 2, 1));
    long now = start + tickNanos / 2;
    wheel.schedule(timer, now + Long.MAX_VALUE);
    assertTrue(wheel.nextDeadlineNanos() - now > 0);
    assertEquals(0, wheel.expire(now + Long.MAX_VALUE - 1, 1));
    wheel.checkInvariants();
    long deadline = now + Long.MAX_VALUE;
    assertEquals(0, ran);
    assertEquals(1, wheel.expire(deadline + tickNanos - 1, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 63, 64, 65, 4_095, 4_096, 4_097, 300_000, 1L << 40, (1L << 43) + 12_345})
  void nextDeadline_whoWaitsForItAgainAndAgain_wakesAtMostOnceForEachLevel(long ticks) {
    wheel.schedule(timer, ticks * MILLI);
    int wakes = 0;
    while (ran == 0) {
      long next = wheel.nextDeadlineNanos();
      assertTrue(next <= ticks * MILLI, "after the deadline: " + next);
      int _ = wheel.expire(next, 1);
      wakes++;
      assertTrue(wakes <= MOST_WAKES, "still waiting");
    }
    assertEquals(TimerWheel.NEVER, wheel.nextDeadlineNanos());
  }

  /** What the Javadoc promises of the default tick. */
  @Test
  void nextDeadline_ofAMinute_wakesTwiceBeforeIt() {
    wheel.schedule(timer, 60_000 * MILLI);
    int early = 0;
    while (wheel.expire(wheel.nextDeadlineNanos(), 1) == 0) {
      early++;
    }
    assertEquals(2, early);
  }

  @Test
  void nextDeadline_atLevel0_isTheDeadlineRoundedUp() {
    wheel.schedule(timer, 4 * MILLI + 1);
    assertEquals(5 * MILLI, wheel.nextDeadlineNanos());
  }

  /** A moment that looks like NEVER would make its loop sleep for ever. */
  @Test
  void nextDeadline_atTheMomentThatMeansNever_isOneEarlier() {
    wheel = new TimerWheel(1, Long.MAX_VALUE - 5);
    wheel.schedule(timer, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE - 1, wheel.nextDeadlineNanos());
    assertEquals(0, wheel.expire(Long.MAX_VALUE - 1, 1));
    assertEquals(Long.MAX_VALUE - 1, wheel.nextDeadlineNanos());
    assertEquals(1, wheel.expire(Long.MAX_VALUE, 1));
  }

  @Test
  void nextDeadline_ofAnOverdueTimerAtTheMomentThatMeansNever_isOneEarlier() {
    wheel = new TimerWheel(1, Long.MAX_VALUE);
    wheel.schedule(timer, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE - 1, wheel.nextDeadlineNanos());
  }
}
