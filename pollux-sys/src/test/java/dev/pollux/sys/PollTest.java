package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(FdLeakCheck.class)
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.sys.Systems#names")
class PollTest {

  private static final long MILLI = 1_000_000L;

  private final String system;
  private final Workspace work;
  private final Sys sys;
  private final Poll poll;

  PollTest(String system) {
    this.system = system;
    this.work = new Workspace(Systems.sys(system));
    this.sys = work.sys;
    this.poll = Poll.allocate(sys, 1);
  }

  @AfterEach
  void close() {
    work.close();
  }

  @Test
  void poll_someReady_countsAndMarksThem() throws SysException {
    int idle = work.eventfd(0);
    int ready = work.eventfd(1);
    poll.set(0, idle, Linux.POLLIN);
    poll.set(1, ready, Linux.POLLIN | Linux.POLLOUT);
    assertEquals(1, poll.poll(-1));
    assertEquals(0, poll.revents(0));
    assertEquals(Linux.POLLIN | Linux.POLLOUT, poll.revents(1));
    assertEquals(ready, poll.fd(1));
    assertEquals(Linux.POLLIN | Linux.POLLOUT, poll.events(1));
    assertEquals(1, poll.pollNanos(-1));
    assertEquals(1, poll.pollNanos(Long.MAX_VALUE));
  }

  @Test
  void poll_nothingReady_returns0NotBeforeTimeout() throws SysException {
    poll.set(0, work.eventfd(0), Linux.POLLIN);
    long start = sys.nanoTime();
    assertEquals(0, poll.poll(3));
    assertTrue(sys.nanoTime() - start >= 3 * MILLI);
    start = sys.nanoTime();
    assertEquals(0, poll.pollNanos(300_000));
    assertTrue(sys.nanoTime() - start >= 300_000);
    assertEquals(0, poll.poll(0));
    assertEquals(0, poll.pollNanos(0));
  }

  @Test
  void poll_closedDescriptor_isPollnvalAndTheOthersStillCount() throws SysException {
    int closed = work.eventfd(1);
    poll.set(0, closed, Linux.POLLIN);
    poll.set(1, work.eventfd(1), Linux.POLLIN);
    work.close(closed);
    assertEquals(2, poll.poll(-1));
    assertEquals(Linux.POLLNVAL, poll.revents(0));
    assertEquals(Linux.POLLIN, poll.revents(1));
  }

  @Test
  void poll_noEvents_stillReportsHupButNegativeFdIsMute() throws SysException {
    int[] pipe = work.pipe();
    work.close(pipe[1]);
    poll.set(0, pipe[0], 0);
    assertEquals(1, poll.poll(-1));
    assertEquals(Linux.POLLHUP, poll.revents(0));
    poll.set(0, -1, Linux.POLLIN);
    assertEquals(0, poll.revents(0), "set clears the result");
    assertEquals(0, poll.poll(0));
    assertEquals(0, poll.revents(0));
  }

  @Test
  void set_farIndex_growsAndMutesWhatWasSkipped() throws SysException {
    int fd = work.eventfd(1);
    poll.set(0, fd, Linux.POLLIN);
    poll.set(999, fd, Linux.POLLIN);
    assertEquals(1000, poll.size());
    assertEquals(-1, poll.fd(500));
    assertEquals(2, poll.poll(-1));
    assertEquals(Linux.POLLIN, poll.revents(0));
    assertEquals(Linux.POLLIN, poll.revents(999));
    poll.truncate(1);
    assertEquals(1, poll.poll(-1));
    poll.set(2, fd, Linux.POLLIN);
    assertEquals(-1, poll.fd(1), "what was dropped does not come back");
  }

  @Test
  void index_outOfRange_isRefused() {
    poll.set(0, -1, 0);
    assertThrows(IndexOutOfBoundsException.class, () -> poll.set(-1, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> poll.set(Integer.MAX_VALUE / 8, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> poll.revents(1));
    assertThrows(IndexOutOfBoundsException.class, () -> poll.fd(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> poll.events(1));
    assertThrows(IndexOutOfBoundsException.class, () -> poll.truncate(2));
    assertThrows(IllegalArgumentException.class, () -> Poll.allocate(sys, 0));
    assertThrows(
        IllegalArgumentException.class, () -> Poll.allocate(sys, Integer.MAX_VALUE / 8 + 1));
  }

  @Test
  void poll_moreEntriesThanLimit_isEinval() throws SysException {
    poll.set(9, -1, 0);
    assertEquals(0, poll.poll(0)); // loads the classes
    assertThrows(SysException.class, () -> Sockets.pipe(sys, -1));
    try (DescriptorLimit _ = DescriptorLimit.lowerTo(sys, 9)) {
      SysException e = assertThrows(SysException.class, () -> poll.poll(0));
      assertEquals(
          "poll(10 entries): EINVAL (22) more entries than RLIMIT_NOFILE, or a timeout that is no"
              + " time",
          e.getMessage());
    }
  }

  @Test
  void pollNanos_signalLetThroughByMask_returnsInterrupted() throws SysException {
    poll.set(0, work.eventfd(0), Linux.POLLIN);
    if (Systems.isWithoutPpoll(system)) {
      SysException e = assertThrows(SysException.class, () -> poll.pollNanos(0, SignalSet.full()));
      assertEquals(Errno.ENOSYS, e.errno());
      return;
    }
    try (PendingSignal _ = PendingSignal.raise(work, Linux.SIGUSR1)) {
      assertEquals(0, poll.pollNanos(0, SignalSet.full()));
      assertEquals(Epoll.INTERRUPTED, poll.pollNanos(10_000 * MILLI, SignalSet.empty()));
    }
  }

  @Test
  @DisplayName("poll fails with the errno's name, but is merely interrupted by EINTR [injected]")
  void poll_injected_namesErrno() throws SysException {
    FaultySys faults = new FaultySys().fail("poll", Errno.ENOMEM).fail("ppoll", Errno.EINTR);
    Poll faulty = Poll.allocate(faults.sys(), 1);
    SysException e = assertThrows(SysException.class, () -> faulty.poll(0));
    assertEquals("poll(0 entries): ENOMEM (12) out of memory", e.getMessage());
    assertEquals(Epoll.INTERRUPTED, faulty.pollNanos(0));
  }
}
