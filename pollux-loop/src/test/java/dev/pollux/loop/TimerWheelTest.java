package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {

  private static final int NO_LIMIT = Integer.MAX_VALUE;
  private static final long TICK = 10;

  private final TimerWheel wheel = new TimerWheel(TICK, 0);

  /** The names of the timers that ran. */
  private final List<String> ran = new ArrayList<>();

  @AfterEach
  void checkInvariants() {
    wheel.checkInvariants();
  }

  private LoopTimer timer(String name) {
    return new LoopTimer(() -> ran.add(name));
  }

  private LoopTimer schedule(String name, long deadlineNanos) {
    LoopTimer timer = timer(name);
    wheel.schedule(timer, deadlineNanos);
    return timer;
  }

  private List<String> expire(long nowNanos) {
    return expire(nowNanos, NO_LIMIT);
  }

  /** The names of those that ran. */
  private List<String> expire(long nowNanos, int limit) {
    ran.clear();
    assertEquals(wheel.expire(nowNanos, limit), ran.size());
    wheel.checkInvariants();
    return List.copyOf(ran);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void wheel_ofNoTick_isRefused(long tickNanos) {
    var e = assertThrows(IllegalArgumentException.class, () -> new TimerWheel(tickNanos, 0));
    assertEquals("tickNanos is at least 1, not " + tickNanos, e.getMessage());
  }

  @Test
  void expire_withoutALimit_isRefused() {
    var e = assertThrows(IllegalArgumentException.class, () -> wheel.expire(0, 0));
    assertEquals("limit is at least 1, not 0", e.getMessage());
  }

  /** A deadline rounded to the nearest tick, or down, would run early here. */
  @ParameterizedTest
  @ValueSource(longs = {1, 4, 5, 6, 9, 10, 11, 631, 639, 640, 641, 649, 40_955, 40_961})
  void timer_betweenTicks_runsAtTheTickAfterAndNeverBefore(long deadlineNanos) {
    schedule("a", deadlineNanos);
    long tick = (deadlineNanos + TICK - 1) / TICK * TICK;
    for (long now = Math.max(0, tick - 3 * TICK); now < tick; now++) {
      assertEquals(List.of(), expire(now), "at " + now);
    }
    assertEquals(List.of("a"), expire(tick));
  }

  /** The wheel was told a moment between ticks: ticks must not be counted from there. */
  @Test
  void timer_scheduledBetweenTicks_isNotEarly() {
    assertEquals(List.of(), expire(19));
    schedule("a", 21);
    assertEquals(List.of(), expire(20));
    assertEquals(List.of(), expire(29));
    assertEquals(List.of("a"), expire(30));
  }

  @Test
  void timer_whoseDeadlineIsNow_runsAtTheNextExpireOfTheSameMoment() {
    assertEquals(List.of(), expire(25));
    schedule("now", 25);
    schedule("before", -1_000);
    assertEquals(25, wheel.nextDeadlineNanos());
    assertEquals(List.of("now", "before"), expire(25));
  }

  @Test
  void timers_ofOneTick_runInTheOrderOfScheduling() {
    schedule("a", 19);
    schedule("b", 11);
    schedule("c", 20);
    assertEquals(List.of("a", "b", "c"), expire(20));
  }

  @Test
  void timers_ofSeveralTicks_runInTheOrderOfTheTicks() {
    schedule("d", 700_000);
    schedule("b", 5_000);
    schedule("a", 30);
    schedule("c", 50_000);
    assertEquals(List.of("a", "b", "c", "d"), expire(1_000_000));
  }

  /** The first comes down two levels, the second one, the third is put where it runs. */
  @Test
  void cascade_ofTimersOfOneTick_keepsTheOrderOfScheduling() {
    long deadline = 4_170 * TICK; // digits 1, 1, 10
    schedule("a", deadline);
    schedule("b", deadline);
    assertEquals(List.of(), expire(4_100 * TICK));
    schedule("c", deadline);
    schedule("d", deadline);
    assertEquals(List.of(), expire(4_165 * TICK));
    schedule("e", deadline);
    assertEquals(List.of("a", "b", "c", "d", "e"), expire(deadline));
  }

  /** A timer at the first tick of a slot above level 0 has no lower level to go to. */
  @ParameterizedTest
  @ValueSource(longs = {64, 128, 4_096, 8_192, 262_144, 1L << 36, 1L << 54})
  void cascade_ofATimerAtTheFirstTickOfASlot_runsItThen(long tick) {
    schedule("a", tick * TICK);
    assertEquals(List.of(), expire(tick * TICK - 1));
    assertEquals(List.of("a"), expire(tick * TICK));
  }

  @Test
  void cancel_ofATimerThatCameDownALevel_takesItOut() {
    LoopTimer a = schedule("a", 70 * TICK);
    schedule("b", 70 * TICK);
    LoopTimer c = schedule("c", 71 * TICK);
    assertEquals(List.of(), expire(65 * TICK));
    assertTrue(wheel.cancel(a));
    assertTrue(wheel.cancel(c));
    assertEquals(70 * TICK, wheel.nextDeadlineNanos());
    assertEquals(List.of("b"), expire(100 * TICK));
  }

  /** The action runs in the call that also moves the others down, and cancels one of them. */
  @Test
  void cancel_inTheCallThatCascades_preventsTheCancelled() {
    LoopTimer far = timer("far");
    LoopTimer near = timer("near");
    wheel.schedule(
        new LoopTimer(() -> {
          ran.add("canceller");
          assertTrue(wheel.cancel(far));
          assertTrue(wheel.cancel(near));
          wheel.checkInvariants();
        }),
        64 * TICK);
    wheel.schedule(near, 66 * TICK);
    wheel.schedule(far, 90 * TICK);
    schedule("last", 91 * TICK);
    assertEquals(List.of("canceller"), expire(70 * TICK));
    assertEquals(List.of("last"), expire(91 * TICK));
  }

  @Test
  void cancel_twice_isFalseTheSecondTime() {
    LoopTimer a = schedule("a", 30);
    assertTrue(a.isScheduled());
    assertTrue(wheel.cancel(a));
    assertFalse(a.isScheduled());
    assertFalse(wheel.cancel(a));
    assertEquals(0, wheel.size());
    assertEquals(TimerWheel.NEVER, wheel.nextDeadlineNanos());
    assertEquals(List.of(), expire(100));
  }

  @Test
  void cancel_ofATimerThatIsDue_preventsIt() {
    schedule("a", 10);
    LoopTimer b = schedule("b", 10);
    schedule("c", 10);
    assertEquals(List.of("a"), expire(10, 1));
    assertTrue(wheel.cancel(b));
    assertEquals(List.of("c"), expire(10));
  }

  @Test
  void schedule_ofAScheduledTimer_movesIt() {
    LoopTimer a = schedule("a", 10);
    schedule("b", 20);
    wheel.schedule(a, 20);
    assertEquals(2, wheel.size());
    assertEquals(20, a.deadlineNanos());
    assertEquals(List.of(), expire(19));
    assertEquals(List.of("b", "a"), expire(20));
    assertEquals(20, a.deadlineNanos());
  }

  @Test
  void schedule_onAnotherWheel_isRefusedWhileScheduled() {
    TimerWheel other = new TimerWheel(1, 0);
    LoopTimer a = schedule("a", 10);
    var e = assertThrows(IllegalStateException.class, () -> other.schedule(a, 10));
    assertEquals("the timer is scheduled on another wheel; cancel it there first", e.getMessage());
    assertFalse(other.cancel(a));
    assertEquals(List.of("a"), expire(10));
    other.schedule(a, 10);
    assertFalse(wheel.cancel(a));
    assertEquals(1, other.size());
    assertEquals(1, other.expire(10, 1));
    other.checkInvariants();
  }

  @Test
  void limit_leavesTheRestForTheNextCalls_inOrder() {
    for (String name : List.of("a", "b", "c")) {
      schedule(name, 10);
    }
    schedule("d", 20);
    assertEquals(List.of("a", "b"), expire(50, 2));
    assertTrue(wheel.nextDeadlineNanos() <= 50);
    assertEquals(2, wheel.size());
    assertEquals(List.of("c", "d"), expire(50, 2));
    assertEquals(List.of(), expire(50, 2));
  }

  @Test
  void timers_thatComeDueLater_runAfterThoseTheLimitLeft() {
    schedule("b", 10);
    schedule("a", 10);
    schedule("c", 20);
    assertEquals(List.of("b"), expire(10, 1));
    assertEquals(List.of("a", "c"), expire(20));
  }

  @Test
  void action_thatSchedulesItselfForThePast_runsOnceInEachCall() {
    LoopTimer[] self = new LoopTimer[1];
    self[0] =
        new LoopTimer(() -> {
          ran.add("self");
          assertFalse(self[0].isScheduled());
          wheel.schedule(self[0], self[0].deadlineNanos());
          assertTrue(self[0].isScheduled());
        });
    wheel.schedule(self[0], 10);
    schedule("other", 10);
    assertEquals(List.of("self", "other"), expire(1_000));
    assertEquals(1_000, wheel.nextDeadlineNanos());
    assertEquals(List.of("self"), expire(1_000));
    assertEquals(List.of("self"), expire(1_000));
  }

  /** Between the deadline and the moment of the call there are ticks that it has passed already. */
  @Test
  void action_thatSchedulesForAMomentThatThisCallReached_runsInTheNext() {
    wheel.schedule(
        new LoopTimer(() -> {
          ran.add("a");
          schedule("b", 500);
          schedule("c", 1_000);
          schedule("d", 1_001);
        }),
        10);
    schedule("e", 990);
    assertEquals(List.of("a", "e"), expire(1_000));
    assertEquals(List.of("b", "c"), expire(1_000));
    assertEquals(List.of("d"), expire(1_010));
  }

  @Test
  void action_thatReschedulesADueTimer_delaysItToTheNextCall() {
    LoopTimer b = timer("b");
    wheel.schedule(
        new LoopTimer(() -> {
          ran.add("a");
          wheel.schedule(b, 0);
        }),
        10);
    wheel.schedule(b, 10);
    schedule("c", 10);
    assertEquals(List.of("a", "c"), expire(10));
    assertEquals(List.of("b"), expire(10));
  }

  @Test
  void action_thatThrows_endsTheCallAndLosesNoOther() {
    schedule("a", 10);
    LoopTimer failing =
        new LoopTimer(() -> {
          throw new IllegalStateException("on purpose");
        });
    wheel.schedule(failing, 10);
    schedule("c", 10);
    var e = assertThrows(IllegalStateException.class, () -> wheel.expire(30, NO_LIMIT));
    assertEquals("on purpose", e.getMessage());
    wheel.checkInvariants();
    assertEquals(List.of("a"), ran);
    assertFalse(failing.isScheduled());
    assertEquals(List.of("c"), expire(30));
  }

  @Test
  void action_thatExpiresItsWheel_isRefused() {
    wheel.schedule(new LoopTimer(() -> wheel.expire(50, 1)), 10);
    assertThrows(IllegalStateException.class, () -> wheel.expire(20, 1));
    schedule("a", 30);
    assertEquals(List.of("a"), expire(30));
  }

  @Test
  void expire_ofAnEarlierMoment_countsAsTheLastOne() {
    assertEquals(List.of(), expire(100));
    schedule("a", 60);
    schedule("b", 110);
    assertEquals(List.of("a"), expire(50));
    assertEquals(List.of("b"), expire(110));
  }

  /** Who keeps a timer to use it again does not keep what once was due with it. */
  @Test
  void timer_takenOut_holdsNoOther() {
    LoopTimer first = schedule("first", 25);
    LoopTimer second = schedule("second", 25);
    LoopTimer third = schedule("third", 25);
    assertTrue(wheel.cancel(second));
    assertEquals(List.of("first", "third"), expire(30));
    for (LoopTimer timer : List.of(first, second, third)) {
      assertEquals(timer, timer.next);
      assertEquals(timer, timer.previous);
    }
  }
}
