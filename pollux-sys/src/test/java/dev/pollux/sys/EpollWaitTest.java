package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which call a timeout becomes. */
class EpollWaitTest {

  private static final long MILLI = 1_000_000;
  private static final int READY = 3;

  private final List<String> calls = new ArrayList<>();
  private int pwait2Result = READY;

  private final EpollWait wait =
      new EpollWait(
          new Sys() {
            @Override
            public int epollWait(int epfd, long events, int maxEvents, int timeoutMillis) {
              calls.add("wait " + epfd + " " + events + " " + maxEvents + " " + timeoutMillis);
              return READY;
            }

            @Override
            public int epollPwait2(int epfd, long events, int max, long timespec, long mask) {
              assertEquals(0, mask);
              calls.add("pwait2 " + epfd + " " + events + " " + max + " " + nanos(timespec));
              return pwait2Result;
            }

            @Override
            public long nanoTime() {
              return 0;
            }
          });

  private static long nanos(long timespec) {
    return timespec == 0
        ? -1
        : Timespec.read(MemorySegment.ofAddress(timespec).reinterpret(2 * JAVA_LONG.byteSize()), 0);
  }

  private void expect(long timeoutNanos, String... expected) {
    calls.clear();
    assertEquals(READY, wait.await(7, 4096, 5, timeoutNanos, Timespec.allocate()));
    assertEquals(List.of(expected), calls);
  }

  @Test
  void await_noTimeoutOrWholeMillis_needsNoTimespec() {
    expect(0, "wait 7 4096 5 0");
    expect(-1, "wait 7 4096 5 -1");
    expect(Long.MIN_VALUE, "wait 7 4096 5 -1");
    expect(MILLI, "wait 7 4096 5 1");
    expect(Integer.MAX_VALUE * MILLI, "wait 7 4096 5 " + Integer.MAX_VALUE);
  }

  @Test
  void await_partsOfMillisOrTooManyForAnInt_isExact() {
    expect(1, "pwait2 7 4096 5 1");
    expect(MILLI + 1, "pwait2 7 4096 5 1000001");
    expect((Integer.MAX_VALUE + 1L) * MILLI, "pwait2 7 4096 5 2147483648000000");
    expect(Long.MAX_VALUE, "pwait2 7 4096 5 " + Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void await_pwait2Refused_roundsUpAndAsksNoMore(int errno) {
    pwait2Result = -errno;
    assertTrue(wait.isExact());
    expect(1, "pwait2 7 4096 5 1", "wait 7 4096 5 1");
    assertFalse(wait.isExact());
    expect(MILLI - 1, "wait 7 4096 5 1");
    expect(MILLI, "wait 7 4096 5 1");
    expect(MILLI + 1, "wait 7 4096 5 2");
    expect(Integer.MAX_VALUE * MILLI + 1, "wait 7 4096 5 " + Integer.MAX_VALUE);
    expect(Long.MAX_VALUE, "wait 7 4096 5 " + Integer.MAX_VALUE);
  }

  @Test
  void await_pwait2FailsOtherwise_isTheResult() {
    pwait2Result = -Errno.EINTR;
    assertEquals(-Errno.EINTR, wait.await(7, 4096, 5, 1, Timespec.allocate()));
    assertTrue(wait.isExact());
    assertEquals(1, calls.size());
  }

  @Test
  void probe_doesNotWait_andTellsWhetherItIsExact() {
    pwait2Result = -Errno.EBADF;
    wait.probe();
    assertTrue(wait.isExact());
    pwait2Result = -Errno.ENOSYS;
    wait.probe();
    assertFalse(wait.isExact());
    assertEquals(List.of("pwait2 -1 0 1 -1", "pwait2 -1 0 1 -1"), calls);
  }

  @Test
  void probe_runningKernel_agreesWithTheCall() {
    Sys sys = NativeSys.open();
    EpollWait real = new EpollWait(sys);
    real.probe();
    int result = sys.epollPwait2(-1, 0, 1, 0, 0);
    assertEquals(result == -Errno.EBADF, real.isExact());
  }
}
