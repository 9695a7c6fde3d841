package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "Timeouts": by sign, never early, and recomputed from the deadline after a signal. */
abstract class TimeoutContract extends ContractCase {

  private static final long MILLI = 1_000_000;

  TimeoutContract(Fixture fixture) {
    super(fixture);
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(longs = {1, 1_000, 499_999, 999_999, 1_000_000, 1_000_001, 3_500_000})
  void wait_positiveTimeout_isNeverEarly(long nanos) throws Exception {
    for (int i = 0; i < 5; i++) {
      long end = sys.nanoTime() + nanos;
      assertEquals(0, poller.await(events, nanos));
      assertTrue(sys.nanoTime() >= end, "early");
    }
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(longs = {1, 999_999, 2_000_000})
  void waitUntil_future_isNeverEarly(long nanos) throws Exception {
    long end = sys.nanoTime() + nanos;
    assertEquals(0, poller.awaitUntil(events, end));
    assertTrue(sys.nanoTime() >= end, "early");
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(longs = {0, 1, 1_000_000_000})
  void waitUntil_past_doesNotBlock(long nanosAgo) throws Exception {
    Clock clock = new Clock();
    clock.answer = 0;
    assertEquals(0, poller.awaitUntil(events, clock.now.get() - nanosAgo));
    assertEquals(List.of(0L), clock.timeouts);
  }

  @Test
  void wait_zero_doesNotBlock() throws Exception {
    Clock clock = new Clock();
    clock.answer = 0;
    assertEquals(0, poller.await(events, 0));
    assertEquals(List.of(0L), clock.timeouts);
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(longs = {-1, -1_000_000, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000_000_000_000L})
  void wait_negativeOrHuge_blocksUntilWoken(long nanos) throws Exception {
    Waiter waiter = startWaiter(nanos).awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {1, 2, 7})
  void wait_interrupted_recomputesFromTheDeadline(int signals) throws Exception {
    Clock clock = new Clock();
    clock.answer = -Errno.EINTR;
    clock.answers = signals;
    clock.step = 3 * MILLI;
    assertEquals(0, poller.await(events, 100 * MILLI));
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i <= signals; i++) {
      expected.add((100 - 3L * i) * MILLI);
    }
    assertEquals(expected, clock.timeouts);
    assertEquals(100 * MILLI, clock.elapsed(), "returned at its deadline");
  }

  @Test
  void waitUntil_interrupted_recomputesFromTheDeadline() throws Exception {
    Clock clock = new Clock();
    clock.answer = -Errno.EINTR;
    clock.answers = 2;
    clock.step = 10 * MILLI;
    assertEquals(0, poller.awaitUntil(events, clock.now.get() + 25 * MILLI));
    assertEquals(List.of(25 * MILLI, 15 * MILLI, 5 * MILLI), clock.timeouts);
  }

  @Test
  void wait_interruptedPastItsDeadline_returnsWithoutAnotherCall() throws Exception {
    Clock clock = new Clock();
    clock.answer = -Errno.EINTR;
    clock.answers = 1;
    clock.step = 5 * MILLI;
    assertEquals(0, poller.await(events, 4 * MILLI));
    assertEquals(List.of(4 * MILLI), clock.timeouts);
  }

  @Test
  void wait_forEverInterrupted_goesOnForEver() throws Exception {
    Clock clock = new Clock();
    clock.answer = -Errno.EINTR;
    clock.answers = 5;
    clock.step = MILLI;
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    clock.timeouts.clear();
    assertEquals(1, poller.await(events, -1));
    assertEquals(List.of(-1L, -1L, -1L, -1L, -1L, -1L), clock.timeouts);
  }

  /** A kernel that returns early, by the grain of its clock, must not make the wait early. */
  @Test
  void wait_kernelReturnsEarly_waitsForTheRest() throws Exception {
    Clock clock = new Clock();
    clock.answer = 0;
    clock.answers = 2;
    clock.step = 400_000;
    assertEquals(0, poller.await(events, MILLI));
    assertEquals(MILLI, clock.timeouts.getFirst());
    assertTrue(clock.elapsed() >= MILLI, "early by the clock");
  }

  @Test
  void wait_eventDuringTheTimeout_returnsBeforeIt() throws Exception {
    Source source = Kind.PIPE.open(io);
    add(source, Trigger.LEVEL);
    Waiter waiter = startWaiter(60_000 * MILLI).awaitBlocked();
    source.arrive();
    assertEquals(1, waiter.result());
  }

  /** On the others the call with nanoseconds is as old as the backend. */
  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void nanosecondCallMissingFromTheStart_isRoundedUpToMillis(int errno) throws Exception {
    SysProbe old = new SysProbe(sys);
    old.inject((call, arguments) -> call.equals("epollPwait2") ? -errno : null);
    try (Poller rounding = Poller.open(old.sys(), fixture.backend())) {
      boolean rounds = fixture.isOnEpoll() && !fixture.isSeam();
      assertEquals(!rounds, rounding.supports(Capability.NANOSECOND_TIMEOUT));
      long calls = old.count("epollPwait2");
      Clock clock = new Clock(old, errno);
      for (long nanos : new long[] {1, MILLI, MILLI + 1, 5 * MILLI - 1}) {
        clock.timeouts.clear();
        assertEquals(0, rounding.await(events, nanos));
        long up = (nanos + MILLI - 1) / MILLI * MILLI;
        assertEquals(List.of(rounds ? up : nanos), clock.timeouts, "of " + nanos);
      }
      assertEquals(calls, old.count("epollPwait2"), "tried again");
    }
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void nanosecondCallForbiddenLater_isRoundedUpFromThenOn(int errno) throws Exception {
    boolean rounds = fixture.isOnEpoll() && !fixture.isSeam();
    Clock clock = new Clock(probe, errno);
    for (int i = 0; i < 3; i++) {
      clock.timeouts.clear();
      assertEquals(0, poller.await(events, 1_500_000));
      assertEquals(List.of(rounds ? 2 * MILLI : 1_500_000L), clock.timeouts);
    }
    assertEquals(!rounds, poller.supports(Capability.NANOSECOND_TIMEOUT));
    assertTrue(probe.count("epollPwait2") <= 2, "probed once, refused once, latched");
  }

  @Test
  void wait_failing_namesTheErrorAndLeavesThePollerUsable() throws Exception {
    probe.inject((call, arguments) -> SysProbe.WAITS.contains(call) ? -Errno.ENOMEM : null);
    SysException e = assertThrows(SysException.class, () -> poller.await(events, -1));
    assertEquals(Errno.ENOMEM, e.errno());
    assertTrue(e.getMessage().contains("ENOMEM"), e.getMessage());
    probe.inject((call, arguments) -> null);
    assertEquals(0, poller.await(events, 0));
    assertFalse(events.next());
  }

  /**
   * A clock that only the test moves, and waits that pass no time: each records its timeout in
   * nanoseconds, and ends with a given answer so many times, then by sleeping to its end.
   */
  private final class Clock implements SysProbe.Fault {
    final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 7); // differences count, not order
    final long start = now.get();
    final List<Long> timeouts = new ArrayList<>();
    private final int pwait2Errno;
    int answer;
    int answers;
    long step;

    Clock() {
      this(probe, 0);
    }

    Clock(SysProbe on, int pwait2Errno) {
      this.pwait2Errno = pwait2Errno;
      on.inject(this);
    }

    long elapsed() {
      return now.get() - start;
    }

    @Override
    public @Nullable Object answer(String call, Object[] arguments) {
      if (call.equals("nanoTime")) {
        return now.get();
      }
      if (call.equals("epollPwait2") && pwait2Errno != 0) {
        return -pwait2Errno;
      }
      if (!SysProbe.WAITS.contains(call)) {
        return null;
      }
      long timeout = timeout(call, arguments);
      timeouts.add(timeout);
      if (answers-- > 0) {
        now.addAndGet(step);
        return answer;
      }
      if (timeout <= 0) {
        return null;
      }
      now.addAndGet(timeout);
      return 0;
    }

    private static long timeout(String call, Object[] arguments) {
      return switch (call) {
        case "epollWait", "epollPwait" -> millis((Integer) arguments[3]);
        case "poll" -> millis((Integer) arguments[2]);
        case "epollPwait2" -> timespec((Long) arguments[3]);
        case "ppoll" -> timespec((Long) arguments[2]);
        case "kevent without changes" -> timespec((Long) arguments[5]);
        case "pselect" -> timespec((Long) arguments[4]);
        default -> throw new AssertionError("not used by a backend: " + call);
      };
    }

    private static long millis(int millis) {
      return millis < 0 ? -1 : millis * MILLI;
    }

    private static long timespec(long address) {
      if (address == 0) {
        return -1;
      }
      MemorySegment spec = MemorySegment.ofAddress(address).reinterpret(Linux.SIZEOF_TIMESPEC);
      long seconds = spec.get(ValueLayout.JAVA_LONG, 0);
      return seconds * 1_000_000_000 + spec.get(ValueLayout.JAVA_LONG, Long.BYTES);
    }
  }
}
