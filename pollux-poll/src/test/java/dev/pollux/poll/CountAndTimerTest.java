package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.kqueue.KqueueSys;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link EventFd} and {@link TimerFd} by themselves: as Linux's descriptors, and made of kqueue
 * where that is all there is.
 */
@ParameterizedClass(name = "[on {0}]")
@EnumSource(names = {"EPOLL", "KQUEUE"})
class CountAndTimerTest {

  private static final long SECOND = 1_000_000_000;

  private final Sys sys;
  private final Backend backend;
  private final OpenDescriptors descriptors = new OpenDescriptors();

  CountAndTimerTest(Backend backend) {
    Sys linux = NativeSys.open();
    this.backend = backend;
    this.sys = backend == Backend.EPOLL ? linux : KqueueSys.over(linux);
  }

  @AfterEach
  void check() {
    descriptors.assertUnchanged();
  }

  @Test
  void eventFd_counter_isTakenWhole() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      assertEquals(0, source.take());
      assertTrue(source.add(3));
      source.signal();
      assertEquals(4, source.take());
      assertEquals(0, source.take());
    }
  }

  @Test
  void eventFd_semaphore_isTakenOneByOne() throws Exception {
    try (EventFd source = EventFd.openSemaphore(sys)) {
      source.add(2);
      assertEquals(1, source.take());
      assertEquals(1, source.take());
      assertEquals(0, source.take());
    }
  }

  @Test
  void eventFd_atItsMaximum_addsNoMore() throws Exception {
    try (EventFd source = EventFd.open(sys)) {
      assertTrue(source.add(Long.MAX_VALUE));
      assertTrue(source.add(Long.MAX_VALUE));
      assertFalse(source.add(1));
      source.signal();
      assertEquals("18446744073709551614", Long.toUnsignedString(source.take())); // 2^64 - 2
      assertThrows(IllegalArgumentException.class, () -> source.add(0));
      assertThrows(IllegalArgumentException.class, () -> source.add(-1));
    }
  }

  @Test
  void eventFd_afterClose_fails() throws Exception {
    EventFd source = EventFd.open(sys);
    source.close();
    assertThrows(IllegalStateException.class, source::signal);
    assertThrows(IllegalStateException.class, source::take);
  }

  @Test
  void timer_remaining_isWithinWhatWasArmed() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      assertEquals(0, source.remainingNanos());
      source.arm(1000 * SECOND + 5);
      long remaining = source.remainingNanos();
      assertTrue(remaining > 0 && remaining <= 1000 * SECOND + 5, "remaining " + remaining);
      assertTrue(source.remainingNanos() <= remaining);
      source.armAt(sys.nanoTime() + 2000 * SECOND);
      assertTrue(source.remainingNanos() > 1000 * SECOND + 5);
      source.armEvery(3000 * SECOND, SECOND);
      assertTrue(source.remainingNanos() > 2000 * SECOND);
      source.disarm();
      assertEquals(0, source.remainingNanos());
      source.disarm();
    }
  }

  /** The origin of nanoTime is no promise. */
  @Test
  void timer_deadlineOfAClockWithAnotherOrigin_isAsFarAway() throws Exception {
    SysProbe shifted = new SysProbe(sys);
    for (long origin : new long[] {1_000_000 * SECOND, -1_000_000 * SECOND}) {
      shifted.inject(
          (call, _) -> call.equals("nanoTime") ? (Object) (sys.nanoTime() - origin) : null);
      try (TimerFd source = TimerFd.open(shifted.sys())) {
        source.armAt(shifted.sys().nanoTime() + 1000 * SECOND);
        long remaining = source.remainingNanos();
        assertTrue(remaining > 0 && remaining <= 1000 * SECOND, "remaining " + remaining);
      }
    }
  }

  @Test
  void timer_interval_mustBePositive() throws Exception {
    try (TimerFd source = TimerFd.open(sys)) {
      assertThrows(IllegalArgumentException.class, () -> source.armEvery(0, 0));
      source.arm(Long.MAX_VALUE); // 292 years
      assertTrue(source.remainingNanos() > Long.MAX_VALUE / 2);
    }
  }

  @Test
  void timer_armedAgain_forgetsWhatExpired() throws Exception {
    try (TimerFd source = TimerFd.open(sys);
        SourceWatch watch = new SourceWatch(sys, backend)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      source.arm(0);
      watch.expectReadable(registration);
      source.arm(1000 * SECOND);
      watch.expectNothing();
      assertEquals(0, source.takeExpirations());
    }
  }

  @Test
  void timer_realtime_followsTheWallClock() throws Exception {
    try (TimerFd source = TimerFd.openRealtime(sys);
        SourceWatch watch = new SourceWatch(sys, backend)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      long deadline = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) + SECOND / 100;
      source.armAt(deadline);
      watch.expectReadable(registration);
      assertTrue(ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) >= deadline, "early");
      assertEquals(1, source.takeExpirations());
      source.armAt(0); // 1970
      watch.expectReadable(registration);
      source.arm(0);
      watch.expectReadable(registration);
    }
  }

  @Test
  void timer_periodic_keepsItsBeat_whenItIsTakenLate() throws Exception {
    try (TimerFd source = TimerFd.open(sys);
        SourceWatch watch = new SourceWatch(sys, backend)) {
      Registration registration = watch.add(source, Trigger.LEVEL);
      long begun = sys.nanoTime();
      source.armEvery(SECOND / 1000, SECOND / 1000);
      long all = 0;
      while (all < 20) {
        watch.expectReadable(registration);
        all += source.takeExpirations();
      }
      assertTrue(all <= (sys.nanoTime() - begun) / (SECOND / 1000), "more than there were");
    }
  }

  @Test
  void afterClose_allFails() throws Exception {
    TimerFd timer = TimerFd.open(sys);
    timer.close();
    timer.close();
    assertThrows(IllegalStateException.class, timer::fd);
    assertThrows(IllegalStateException.class, timer::takeExpirations);
    assertThrows(IllegalStateException.class, timer::remainingNanos);
    assertThrows(IllegalStateException.class, timer::disarm);
    assertThrows(IllegalStateException.class, () -> timer.arm(1));
    assertTrue(timer.toString().contains("closed"));
  }
}
