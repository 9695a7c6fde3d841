package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The path of an event allocates nothing: bytes allocated by the thread over 100,000 waits. */
class PollerAllocationTest {

  private static final int WAITS = 100_000;

  /** Enough for the compilers; the interpreter boxes in method handles. */
  private static final int WARM_UP = 30_000;

  private static final long HOUR = 3_600_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Sys sys = NativeSys.open();

  /** What one test runs: so many waits. */
  private interface Loop {
    long run(int waits) throws Exception;
  }

  /**
   * A downcall that captures errno makes a slice of the errno memory, 40 bytes that only the
   * optimising compiler removes. It works in the background and, on a busy machine, late: so this
   * measures again until one run is clean, up to a deadline.
   */
  private static void assertAllocatesNothing(Loop loop, long expectedEvents) throws Exception {
    loop.run(WARM_UP);
    Deadline deadline = Deadline.forThe("run without allocation");
    long allocated = 0;
    do {
      if (deadline.isOver()) {
        throw deadline.missed("; the last one allocated " + allocated + " bytes");
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long seen = loop.run(WAITS);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertEquals(expectedEvents, seen);
    } while (allocated > 0);
  }

  /** Decodes every event in full. */
  private static long decode(Events events) {
    long seen = 0;
    while (events.next()) {
      boolean real =
          events.isReadable()
              || events.isWritable()
              || events.isPriority()
              || events.isReadClosed()
              || events.isHangup()
              || events.isError();
      seen += real && events.registration().fd() >= 0 && events.mask() != 0 ? 1 : 0;
    }
    return seen;
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void waits_withEvents_allocateNothing(Backend backend) throws Exception {
    try (Io io = new Io(sys);
        Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(8);
      for (int i = 0; i < 3; i++) {
        poller.add(io.eventfd(1), Interest.READ_WRITE, Trigger.LEVEL, "attachment");
      }
      Loop loop =
          waits -> {
            long seen = 0;
            for (int i = 0; i < waits; i++) {
              poller.await(events, -1);
              seen += decode(events);
            }
            return seen;
          };
      assertAllocatesNothing(loop, 3L * WAITS);
    }
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void waits_thatAreEmpty_allocateNothing(Backend backend) throws Exception {
    try (Io io = new Io(sys);
        Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(8);
      poller.add(io.eventfd(0), Interest.READABLE, Trigger.LEVEL, null);
      Loop loop =
          waits -> {
            long seen = 0;
            for (int i = 0; i < waits; i++) {
              seen += poller.await(events, 0);
            }
            return seen;
          };
      assertAllocatesNothing(loop, 0);
    }
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void edges_drainedEachTime_allocateNothing(Backend backend) throws Exception {
    try (Io io = new Io(sys);
        Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(8);
      int fd = io.eventfd(0);
      Registration registration = poller.add(fd, Interest.READABLE, Trigger.EDGE, null);
      Loop loop =
          waits -> {
            long seen = 0;
            for (int i = 0; i < waits; i++) {
              int _ = io.writeNumber(fd, 1);
              poller.await(events, -1);
              seen += decode(events);
              int _ = io.read(fd, Long.BYTES);
              registration.drained(Interest.READABLE);
            }
            return seen;
          };
      assertAllocatesNothing(loop, WAITS);
    }
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void oneshots_rearmedEachTime_allocateNothing(Backend backend) throws Exception {
    try (Io io = new Io(sys);
        Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(8);
      Registration registration =
          poller.add(io.eventfd(1), Interest.READABLE, Trigger.ONESHOT, null);
      Loop loop =
          waits -> {
            long seen = 0;
            for (int i = 0; i < waits; i++) {
              poller.await(events, 1_000_000_000);
              seen += decode(events);
              registration.modify(Interest.READABLE);
            }
            return seen;
          };
      assertAllocatesNothing(loop, WAITS);
    }
  }

  @ParameterizedTest(name = "[{0}/native] {displayName}")
  @EnumSource(Backend.class)
  void wakeups_beforeEachWait_allocateNothing(Backend backend) throws Exception {
    try (Poller poller = Poller.open(sys, backend)) {
      Events events = new Events(8);
      Loop loop =
          waits -> {
            long seen = 0;
            for (int i = 0; i < waits; i++) {
              poller.wakeup();
              seen += poller.await(events, -1);
            }
            return seen;
          };
      assertAllocatesNothing(loop, 0);
    }
  }

  @Test
  void counterAndTimer_usedAgainAndAgain_allocateNothing() throws Exception {
    try (EventFd counter = EventFd.open(sys);
        TimerFd timer = TimerFd.open(sys)) {
      Loop loop =
          uses -> {
            long seen = 0;
            for (int i = 0; i < uses; i++) {
              counter.signal();
              seen += counter.take();
              timer.armEvery(HOUR, HOUR);
              seen += timer.remainingNanos() > 0 ? 0 : 1;
              seen += timer.takeExpirations();
              timer.disarm();
            }
            return seen;
          };
      assertAllocatesNothing(loop, WAITS);
    }
  }
}
