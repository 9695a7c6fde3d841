package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Spurious events": what an event promises, and that a wait returns 0 for its reasons only. */
abstract class SpuriousContract extends ContractCase {

  SpuriousContract(Fixture fixture) {
    super(fixture);
  }

  @Test
  void wait_onEmptyPoller_returnsZeroAtItsTime() throws Exception {
    assertEquals(0, poller.await(events, 0));
    assertEquals(0, poller.await(events, 1_000_000));
    assertFalse(events.next());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"TCP", "UNIX", "PIPE", "UDP", "EVENTFD", "TIMERFD"})
  void event_dataTakenBeforeTheHandler_readMeetsEagain(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    add(source, Trigger.LEVEL);
    assertEquals(1, poller.await(events, 0));
    assertTrue(events.next());
    source.drain();
    assertEquals(-Errno.EAGAIN, io.read(source.fd, 8));
    expectNothing();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void readiness_goneBeforeTheWait_isNoEvent(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, trigger);
    source.arrive();
    source.drain();
    expectNothing();
    registration.modify(source.interest()); // an edge of before may be pending
    source.arrive();
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void poller_neverReadsOrWritesTheDescriptor(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    long reads = probe.count("read");
    long writes = probe.count("write");
    Registration registration = add(source, Trigger.LEVEL);
    expect(poller).ready(registration).nothingElse();
    registration.remove();
    assertEquals(reads, probe.count("read"));
    assertEquals(writes, probe.count("write"));
    assertEquals(0, probe.count("close"));
  }

  @Test
  void wait_interruptedByManySignals_returnsForNoneOfThem() throws Exception {
    int[] left = {50};
    probe.inject(
        (call, arguments) -> SysProbe.WAITS.contains(call) && left[0]-- > 0 ? -Errno.EINTR : null);
    Source source = Kind.PIPE.open(io);
    source.arrive();
    add(source, Trigger.LEVEL);
    assertEquals(1, poller.await(events, -1));
    assertTrue(left[0] < 0);
  }

  /** A change from outside ends the system call; the look that follows is the last one. */
  @Test
  void wait_ofZeroTimeoutChangedFromOutside_looksOnceMoreAtMost() throws Exception {
    int fd = io.eventfd(0);
    Registration registration = add(fd, Interest.NONE, Trigger.LEVEL);
    int[] waits = {0};
    probe.inject((call, arguments) -> {
      if (!SysProbe.WAITS.contains(call)) {
        return null;
      }
      waits[0]++;
      try {
        if (waits[0] == 1) {
          registration.modify(Interest.READABLE);
        }
      } catch (SysException e) {
        throw new AssertionError(e);
      }
      assertTrue(waits[0] < 10, "looks again and again");
      return null;
    });
    assertEquals(0, poller.await(events, 0));
    assertTrue(waits[0] <= 2, waits[0] + " calls");
  }
}
