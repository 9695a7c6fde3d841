package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code EVFILT_TIMER}: what one kind of timer is made of another, and the bounds of each. */
class TimerKindsTest extends KqueueCase {

  private static final int SECONDS = Kevent.NOTE_SECONDS;
  private static final int NANOS = Kevent.NOTE_NSECONDS;
  private static final int AT = Kevent.NOTE_ABSTIME;
  private static final long MILLI = 1_000_000;
  private static final long HOUR = 3_600;

  private void assertExpires(long ident) throws Exception {
    List<String> said = within(LONG);
    assertEquals(1, said.size(), said::toString);
    assertEquals(ident, events.ident(0));
    assertTrue(events.data(0) >= 1, events::toString);
  }

  private void assertGone(long ident) {
    assertEquals(Errno.ENOENT, errno(() -> change(ident, TIMER, DELETE)));
  }

  // ---- periodic and once

  @Test
  void periodic_expiresAgainAndAgain() throws Exception {
    change(1, TIMER, ADD, NANOS, MILLI);
    for (int i = 0; i < 4; i++) {
      assertExpires(1);
    }
    change(1, TIMER, DELETE);
    assertEquals(List.of(), now());
  }

  @Test
  void periodic_isNotEarlier_thanItsPeriods() throws Exception {
    long begun = sys.nanoTime();
    change(1, TIMER, ADD, NANOS, 2 * MILLI);
    long count = 0;
    while (count < 5) {
      assertExpires(1);
      count += events.data(0);
      assertTrue(sys.nanoTime() - begun >= count * 2 * MILLI, "early");
    }
  }

  @Test
  void periodic_addedAgainOnce_expiresOnce() throws Exception {
    change(1, TIMER, ADD, NANOS, MILLI);
    assertExpires(1);
    change(1, TIMER, ADD | ONESHOT, NANOS, MILLI);
    assertExpires(1);
    assertEquals(1, events.data(0));
    assertNotEquals(0, events.flags(0) & ONESHOT);
    assertEquals(List.of(), within(SOON));
    assertGone(1);
  }

  @Test
  void once_addedAgainPeriodic_isPeriodic() throws Exception {
    change(1, TIMER, ADD | ONESHOT, SECONDS, HOUR);
    change(1, TIMER, ADD, NANOS, MILLI);
    for (int i = 0; i < 3; i++) {
      assertExpires(1);
      assertEquals(0, events.flags(0) & ONESHOT);
    }
  }

  @Test
  void thereAndBack_isAsItIsSaidLast() throws Exception {
    for (int i = 0; i < 3; i++) {
      change(1, TIMER, ADD | ONESHOT, SECONDS, HOUR);
      change(1, TIMER, ADD, SECONDS, HOUR);
    }
    change(1, TIMER, ADD | ONESHOT, 0, 1);
    assertExpires(1);
    assertEquals(List.of(), within(SOON));
    assertGone(1);
  }

  @Test
  void dispatched_addedAgainWithoutIt_goesOn() throws Exception {
    change(1, TIMER, ADD | DISPATCH, NANOS, MILLI);
    assertExpires(1);
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, ADD, NANOS, MILLI);
    assertExpires(1);
    assertExpires(1);
  }

  // ---- added again

  @Test
  void addedAgain_forgetsThatItExpired() throws Exception {
    change(1, TIMER, ADD, NANOS, 1);
    assertExpires(1);
    change(1, TIMER, ADD, SECONDS, HOUR);
    assertEquals(List.of(), within(SOON));
  }

  @Test
  void addedAgain_countsAnew() throws Exception {
    change(1, TIMER, ADD | DISABLE, NANOS, MILLI);
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, ADD | ONESHOT, 0, 1);
    assertExpires(1);
    assertEquals(1, events.data(0));
  }

  @Test
  void addedAgain_isInTheUnitSaidNow() throws Exception {
    change(1, TIMER, ADD, SECONDS, HOUR);
    change(1, TIMER, ADD, NANOS, HOUR);
    assertExpires(1);
  }

  @Test
  void enabled_withoutAdd_runsOnAsItDid() throws Exception {
    change(1, TIMER, ADD | DISABLE, SECONDS, HOUR);
    queue.change(1, TIMER, ENABLE, NANOS, 1, 9);
    assertEquals(List.of(), within(SOON));
    change(2, TIMER, ADD | DISABLE | ONESHOT, 0, 1);
    queue.change(2, TIMER, ENABLE, SECONDS, HOUR, 9);
    assertExpires(2);
    assertEquals(9, events.udata(0));
  }

  @Test
  void deletedAndAdded_isAnother() throws Exception {
    change(1, TIMER, ADD | DISABLE, NANOS, 1);
    change(1, TIMER, DELETE);
    change(1, TIMER, ADD, SECONDS, HOUR);
    assertEquals(List.of(), within(SOON));
  }

  // ---- at a time of day

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1000", "4, 1000000", "8, 1000000000", "8, 0", "0, 0"})
  void timeOfDay_thatIsPast_isNow_onceOnly(int unit, long data) throws Exception {
    change(1, TIMER, ADD, AT | unit, data);
    assertExpires(1);
    assertEquals(1, events.data(0));
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, DELETE); // it is not EV_ONESHOT
    assertGone(1);
  }

  @ParameterizedTest
  @CsvSource({"1, 100000000000", "2, 100000000000000", "4, 100000000000000000"})
  void timeOfDay_thatIsFarOff_isNotNow(int unit, long data) throws Exception {
    change(1, TIMER, ADD, AT | unit, data);
    assertEquals(List.of(), within(SOON));
  }

  @Test
  void timeOfDay_once_isGone() throws Exception {
    change(1, TIMER, ADD | ONESHOT, AT, 1);
    assertExpires(1);
    assertGone(1);
  }

  @Test
  void span_addedAgainAsATimeOfDay_isThat_andBack() throws Exception {
    change(1, TIMER, ADD, SECONDS, HOUR);
    change(1, TIMER, ADD, AT | SECONDS, 1);
    assertExpires(1);
    change(1, TIMER, ADD, SECONDS, HOUR);
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, ADD, NANOS, MILLI);
    assertExpires(1);
    assertExpires(1);
  }

  // ---- bounds

  @ParameterizedTest
  @CsvSource({
    "0, 9223372036854775807",
    "1, 9223372036854775807",
    "2, 9223372036854775807",
    "4, 9223372036854775807",
    "8, 9223372036854775807",
    "1, 9223372037",
    "2, 9223372036855"
  })
  void tooLong_isAsLongAsThereIs(int unit, long data) throws Exception {
    change(1, TIMER, ADD, unit, data);
    change(2, TIMER, ADD | ONESHOT, unit, data);
    change(3, TIMER, ADD, unit | AT, data);
    assertEquals(List.of(), within(SOON));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 8})
  void zero_isAtOnce_inEachUnit(int unit) throws Exception {
    change(1, TIMER, ADD | ONESHOT, unit, 0);
    assertExpires(1);
    assertEquals(1, events.data(0));
    assertGone(1);
  }

  @Test
  void zero_isPeriodicToo() throws Exception {
    change(1, TIMER, ADD, 0, 0);
    assertExpires(1);
    assertExpires(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void negative_isEinval(long data) {
    for (int unit : new int[] {0, 1, 2, 4, 8, AT}) {
      assertEquals(Errno.EINVAL, errno(() -> change(1, TIMER, ADD, unit, data)));
    }
    assertGone(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 6, 9, 10, 12, 15, 0x20, 0x100, Integer.MIN_VALUE})
  void unitThatIsNone_isEinval(int fflags) {
    assertEquals(Errno.EINVAL, errno(() -> change(1, TIMER, ADD, fflags, 1)));
    assertGone(1);
  }

  @Test
  void shorter_isTold_beforeLonger() throws Exception {
    change(1, TIMER, ADD | ONESHOT, SECONDS, HOUR);
    change(2, TIMER, ADD | ONESHOT, 0, 3);
    change(3, TIMER, ADD | ONESHOT, 0, 2_000);
    assertExpires(2);
    assertEquals(List.of(), now());
  }

  @Test
  void clear_isSetByItself() throws Exception {
    change(1, TIMER, ADD, 0, 1);
    assertExpires(1);
    assertEquals(CLEAR, events.flags(0));
  }

  @Test
  void timer_wakesWhoWaits() throws Exception {
    CompletableFuture<Integer> waiter = waiting(queue, Kevents.allocate(1));
    change(1, TIMER, ADD | ONESHOT, 0, 3);
    assertEquals(1, get(waiter));
  }
}
