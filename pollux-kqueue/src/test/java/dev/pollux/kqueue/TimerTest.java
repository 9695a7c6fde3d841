package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code EVFILT_TIMER}: periodic and once, in units and at a time of day; never early. */
class TimerTest extends KqueueCase {

  private static final int NANOS = Kevent.NOTE_NSECONDS;
  private static final long YEAR_SECONDS = 31_536_000;

  @ParameterizedTest
  @CsvSource({"0, 5", "2, 5", "4, 5000", "8, 5000000"})
  void timer_expiresInItsUnit_andNotEarly(int unit, long data) throws Exception {
    long begun = sys.nanoTime();
    change(7, TIMER, ADD | ONESHOT, unit, data);
    assertEquals(1, within(LONG).size());
    assertTrue(sys.nanoTime() - begun > 4_000_000, "early");
    assertEquals(1, events.data(0));
    assertEquals(7, events.ident(0));
    assertEquals(List.of(), within(SOON));
    assertEquals(Errno.ENOENT, errno(() -> change(7, TIMER, DELETE)));
  }

  @Test
  void timer_isPeriodic_andSaysHowOften() throws Exception {
    long begun = sys.nanoTime();
    change(1, TIMER, ADD, NANOS, 1_000_000);
    long end = sys.nanoTime() + 20_000_000;
    while (sys.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertEquals(1, within(LONG).size());
    long most = (sys.nanoTime() - begun) / 1_000_000 + 1;
    assertTrue(events.data(0) >= 19 && events.data(0) <= most, events::toString);
    assertEquals(Kevent.EV_CLEAR, events.flags(0) & CLEAR);
  }

  @Test
  void timer_addedAgain_beginsAgain_asIsSaidNow() throws Exception {
    change(1, TIMER, ADD, Kevent.NOTE_SECONDS, YEAR_SECONDS);
    long begun = sys.nanoTime();
    change(1, TIMER, ADD, NANOS, 2_000_000);
    assertEquals(1, within(LONG).size());
    assertTrue(sys.nanoTime() - begun > 1_000_000, "early");
    change(1, TIMER, DELETE);
    assertEquals(List.of(), within(SOON));
  }

  @Test
  void timer_thatIsOff_countsOn() throws Exception {
    change(1, TIMER, ADD | DISABLE, NANOS, 1_000_000);
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, ENABLE);
    assertEquals(1, now().size());
    assertTrue(events.data(0) >= 19, events::toString);
  }

  @Test
  void timer_thatIsDispatched_isOffThen() throws Exception {
    change(1, TIMER, ADD | DISPATCH, NANOS, 1_000_000);
    assertEquals(1, within(LONG).size());
    assertEquals(List.of(), within(SOON));
    change(1, TIMER, ENABLE);
    assertEquals(1, within(LONG).size());
  }

  @Test
  void timer_atATimeOfDay_expiresOnce() throws Exception {
    long now = sys.nanoTime(); // any clock will do to wait for that long
    long at = java.time.InstantSource.system().millis();
    change(1, TIMER, ADD, Kevent.NOTE_ABSTIME, kernel.equals("model") ? 1 : at + 5);
    assertEquals(1, within(LONG).size());
    assertTrue(kernel.equals("model") || sys.nanoTime() - now > 3_000_000, "early");
    assertEquals(List.of(), within(SOON));
    change(2, TIMER, ADD, Kevent.NOTE_ABSTIME, 1); // long ago
    assertEquals(1, within(LONG).size());
  }

  @Test
  void timer_thatIsNone_isEinval() {
    assertEquals(Errno.EINVAL, errno(() -> change(1, TIMER, ADD, 0, -1)));
    assertEquals(Errno.EINVAL, errno(() -> change(1, TIMER, ADD, 0x8000, 1)));
    int both = Kevent.NOTE_SECONDS | Kevent.NOTE_NSECONDS;
    assertEquals(Errno.EINVAL, errno(() -> change(1, TIMER, ADD, both, 1)));
    assertEquals(Errno.ENOENT, errno(() -> change(1, TIMER, DELETE)));
  }

  @Test
  void timer_ofZero_isAsShortAsThereIs_andOfTooMuchAsLong() throws Exception {
    change(1, TIMER, ADD | ONESHOT, 0, 0);
    assertEquals(1, within(LONG).size());
    change(2, TIMER, ADD, Kevent.NOTE_SECONDS, Long.MAX_VALUE);
    assertEquals(List.of(), now());
  }

  @Test
  void timers_andUsers_ofOneNumber_areTwo() throws Exception {
    change(1, TIMER, ADD | ONESHOT, NANOS, 1);
    change(1, USER, ADD | ONESHOT, Kevent.NOTE_TRIGGER, 0);
    int all = within(LONG).size();
    all += all == 2 ? 0 : within(LONG).size();
    assertEquals(2, all);
  }
}
