package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Epoll} on the running kernel. */
@ExtendWith(FdLeakCheck.class)
class EpollTest {

  private static final long MILLI = 1_000_000L;
  private static final int BOUND_MILLIS = 10_000;

  private final Workspace work = new Workspace();
  private final Sys sys = work.sys;
  private final EpollEvents events = EpollEvents.allocate(8);
  private Epoll epoll;

  @BeforeEach
  void open() throws SysException {
    epoll = Epoll.create(sys);
  }

  @AfterEach
  void close() {
    epoll.close();
    work.close();
  }

  @Test
  void wait_readyDescriptor_returnsMaskAndAllBitsOfData() throws SysException {
    epoll.add(work.eventfd(1), Linux.EPOLLIN | Linux.EPOLLOUT, 0xfedcba98_76543210L);
    assertEquals(1, epoll.await(events, 0));
    assertEquals(Linux.EPOLLIN | Linux.EPOLLOUT, events.events(0));
    assertEquals(0xfedcba98_76543210L, events.data(0));
  }

  @Test
  void wait_severalReady_fillsEntriesInOrderOfAdding() throws SysException {
    for (int i = 0; i < 5; i++) {
      epoll.add(work.eventfd(1), Linux.EPOLLIN, i);
    }
    assertEquals(5, epoll.await(events, -1));
    for (int i = 0; i < 5; i++) {
      assertEquals(i, events.data(i));
      assertEquals(Linux.EPOLLIN, events.events(i));
    }
  }

  @Test
  void wait_moreReadyThanRoom_goesRoundAllOfThem() throws SysException {
    EpollEvents two = EpollEvents.allocate(2);
    for (int i = 0; i < 3; i++) {
      epoll.add(work.eventfd(1), Linux.EPOLLIN, i);
    }
    assertEquals(2, epoll.await(two, 0));
    assertEquals(List.of(0L, 1L), List.of(two.data(0), two.data(1)));
    assertEquals(2, epoll.await(two, 0));
    assertEquals(List.of(2L, 0L), List.of(two.data(0), two.data(1)));
  }

  @Test
  void wait_nothingReady_returns0NotBeforeTimeout() throws SysException {
    long start = sys.nanoTime();
    assertEquals(0, epoll.await(events, 5));
    assertTrue(sys.nanoTime() - start >= 5 * MILLI);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 300_000, 2 * MILLI})
  void awaitNanos_nothingReady_returns0NotBeforeTimeout(long nanos) throws SysException {
    long start = sys.nanoTime();
    assertEquals(0, epoll.awaitNanos(events, nanos));
    assertTrue(sys.nanoTime() - start >= nanos);
  }

  @Test
  void awaitNanos_forEver_returnsWhatIsReady() throws SysException {
    epoll.add(work.eventfd(1), Linux.EPOLLIN, 7);
    assertEquals(1, epoll.awaitNanos(events, -1));
    assertEquals(7, events.data(0));
    assertEquals(1, epoll.awaitNanos(events, Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void awaitNanos_callRefused_fallsBackAndDoesNotAskAgain(int errno) throws SysException {
    FaultySys faults = new FaultySys().fail("epollPwait2", errno);
    try (Epoll old = Epoll.create(faults.sys())) {
      long start = sys.nanoTime();
      assertEquals(0, old.awaitNanos(events, MILLI + 1));
      assertTrue(sys.nanoTime() - start >= MILLI + 1, "rounded up, not down");
      assertEquals(0, old.awaitNanos(events, 0));
      assertEquals(
          List.of("epollCreate1", "epollPwait2", "epollWait", "epollWait"),
          faults.calls().stream().filter(call -> call.startsWith("epoll")).toList());
    }
  }

  @Test
  void wait_signalLetThroughByMask_returnsInterrupted() throws SysException {
    try (PendingSignal _ = PendingSignal.raise(work, Linux.SIGUSR1)) {
      assertEquals(0, epoll.await(events, 0), "the signal is blocked by the thread's own mask");
      assertEquals(0, epoll.await(events, 1, SignalSet.full()));
      assertEquals(Epoll.INTERRUPTED, epoll.await(events, BOUND_MILLIS, SignalSet.empty()));
    }
  }

  @Test
  void modify_changesMaskAndData() throws SysException {
    int fd = work.eventfd(1);
    epoll.add(fd, Linux.EPOLLIN, 1);
    epoll.modify(fd, Linux.EPOLLOUT, 2);
    assertEquals(1, epoll.await(events, 0));
    assertEquals(Linux.EPOLLOUT, events.events(0));
    assertEquals(2, events.data(0));
  }

  @Test
  void delete_stopsEvents() throws SysException {
    int fd = work.eventfd(1);
    epoll.add(fd, Linux.EPOLLIN, 1);
    epoll.delete(fd);
    assertEquals(0, epoll.await(events, 0));
    epoll.add(fd, Linux.EPOLLIN, 1);
  }

  @Test
  void edge_reportedOnceAndAgainAfterModify() throws SysException {
    int fd = work.eventfd(1);
    epoll.add(fd, Linux.EPOLLIN | Linux.EPOLLET, 0);
    assertEquals(1, epoll.await(events, 0));
    assertEquals(0, epoll.await(events, 0));
    epoll.modify(fd, Linux.EPOLLIN | Linux.EPOLLET, 0);
    assertEquals(1, epoll.await(events, 0));
  }

  @Test
  void add_exclusiveBesideForbiddenFlag_saysWhichRule() {
    int fd = work.eventfd(0);
    for (int flag : new int[] {Linux.EPOLLONESHOT, Linux.EPOLLPRI, Linux.EPOLLRDHUP}) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> epoll.add(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE | flag, 0));
      assertTrue(e.getMessage().startsWith("EPOLLEXCLUSIVE allows only"), e::getMessage);
      assertTrue(e.getMessage().endsWith("0x" + Integer.toHexString(flag)), e::getMessage);
    }
  }

  @Test
  void add_exclusiveBesideEveryAllowedFlag_works() throws SysException {
    int allowed = Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLERR | Linux.EPOLLHUP | Linux.EPOLLET;
    epoll.add(work.eventfd(1), allowed | Linux.EPOLLEXCLUSIVE, 0);
    epoll.add(work.eventfd(1), Linux.EPOLLIN | Linux.EPOLLWAKEUP | Linux.EPOLLEXCLUSIVE, 0);
    assertEquals(2, epoll.await(events, 0));
  }

  @Test
  void modify_exclusive_saysAddOnly() throws SysException {
    int fd = work.eventfd(0);
    epoll.add(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE, 0);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> epoll.modify(fd, Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE, 0));
    assertTrue(e.getMessage().contains("by add only"), e::getMessage);
    SysException refused =
        assertThrows(SysException.class, () -> epoll.modify(fd, Linux.EPOLLIN, 0));
    assertEquals(Errno.EINVAL, refused.errno());
    assertTrue(refused.getMessage().contains("EPOLLEXCLUSIVE"), refused::getMessage);
  }

  @Test
  void add_exclusiveOnEpoll_failsWithTheReason() throws SysException {
    try (Epoll inner = Epoll.create(sys)) {
      SysException e =
          assertThrows(
              SysException.class,
              () -> epoll.add(inner.fd(), Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE, 0));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(
          e.getMessage().endsWith("an epoll descriptor cannot be watched with EPOLLEXCLUSIVE"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Linux.EPOLLET, Linux.EPOLLONESHOT})
  void wakeup_besideEdgeOrOneShot_saysWhichRule(int flag) throws SysException {
    int fd = work.eventfd(0);
    int mask = Linux.EPOLLIN | Linux.EPOLLWAKEUP | flag;
    var e = assertThrows(IllegalArgumentException.class, () -> epoll.add(fd, mask, 0));
    assertTrue(e.getMessage().startsWith("EPOLLWAKEUP has no effect"), e::getMessage);
    epoll.add(fd, Linux.EPOLLIN | Linux.EPOLLWAKEUP, 0);
    assertThrows(IllegalArgumentException.class, () -> epoll.modify(fd, mask, 0));
  }

  @Test
  void interestList_showsWhatTheKernelHolds() throws SysException {
    int first = work.eventfd(1);
    int second = work.pipe()[0];
    epoll.add(first, Linux.EPOLLIN | Linux.EPOLLONESHOT, -1L);
    epoll.add(second, Linux.EPOLLOUT | Linux.EPOLLET, 0x1234_5678_9abc_def0L);
    int always = Linux.EPOLLERR | Linux.EPOLLHUP;

    List<InterestItem> items = epoll.interestList();
    assertEquals(2, items.size());
    InterestItem item = items.stream().filter(i -> i.fd() == first).findAny().orElseThrow();
    assertEquals(Linux.EPOLLIN | Linux.EPOLLONESHOT | always, item.events());
    assertEquals(-1L, item.data());
    item = items.stream().filter(i -> i.fd() == second).findAny().orElseThrow();
    assertEquals(Linux.EPOLLOUT | Linux.EPOLLET | always, item.events());
    assertEquals(0x1234_5678_9abc_def0L, item.data());
    assertTrue(item.inode() > 0, "this kernel tells the inode");

    assertEquals(1, epoll.await(events, 0));
    item = epoll.interestList().stream().filter(i -> i.fd() == first).findAny().orElseThrow();
    assertEquals(Linux.EPOLLONESHOT, item.events(), "fired: only the mode is left");
  }

  @Test
  void interestList_manyItems_isComplete() throws SysException {
    for (int i = 0; i < 500; i++) { // more text than one read brings
      epoll.add(work.eventfd(0), Linux.EPOLLIN, i);
    }
    assertEquals(
        500, epoll.interestList().stream().mapToLong(InterestItem::data).distinct().count());
  }

  @Test
  void interestItem_oldKernelsLine_isParsed() {
    String text = "pos:\t0\nflags:\t02\ntfd:        7 events:       19 data:  ffffffffffffffff \n";
    assertEquals(List.of(new InterestItem(7, 0x19, -1, -1, -1)), InterestItem.parse(text));
  }

  @Test
  void interestItem_unknownFieldsAndLines_arePassedOver() {
    InterestItem item = new InterestItem(7, 0x19, 5, 0xabc, 0xd);
    String line = "tfd:        7 events:       19 data:                5  pos:-1 ino:abc sdev:d";
    for (String text :
        List.of(
            line,
            line + " weight: 3",
            line + " owner:somebody",
            line.replace("events", "since:12345 events"),
            "lock: none\n" + line + "\nfuture line\n")) {
      assertEquals(List.of(item), InterestItem.parse(text), text);
    }
    InterestItem untold = new InterestItem(7, 0x19, 5, -1, -1);
    assertEquals(List.of(untold), InterestItem.parse(line.replaceAll("ino.*", "")));
    for (String text : List.of("", "tfd: seven", "tfd: 7 events: 1", "tfd:", "tfd: 99999999999")) {
      assertEquals(List.of(), InterestItem.parse(text), text);
    }
  }

  @Test
  void interestList_readFails_leaksNothing() throws SysException {
    Sys faulty = new FaultySys().fail("read", Errno.EIO).sys();
    assertThrows(SysException.class, () -> Epoll.interestList(faulty, epoll.fd()));
    Sys broken =
        new FaultySys()
            .after(
                "read",
                () -> {
                  throw new OutOfMemoryError();
                })
            .sys();
    assertThrows(OutOfMemoryError.class, () -> Epoll.interestList(broken, epoll.fd()));
  }

  @Test
  void createWithSize_anyPositiveSize_isNotALimit() throws SysException {
    try (Epoll small = Epoll.createWithSize(sys, 1)) {
      small.add(work.eventfd(1), Linux.EPOLLIN, 0);
      small.add(work.eventfd(1), Linux.EPOLLIN, 1);
      assertEquals(2, small.await(events, 0));
      assertEquals(0, sys.fcntl(small.fd(), Linux.F_GETFD, 0) & Linux.FD_CLOEXEC);
    }
  }

  @Test
  void create_isCloseOnExec() {
    assertEquals(Linux.FD_CLOEXEC, sys.fcntl(epoll.fd(), Linux.F_GETFD, 0));
  }

  @Test
  void close_twice_closesOnce() throws SysException {
    int fd = epoll.fd();
    epoll.close();
    int reused = work.own(sys.fcntl(work.eventfd(0), Linux.F_DUPFD, fd));
    epoll.close();
    assertTrue(sys.fcntl(reused, Linux.F_GETFD, 0) >= 0, "the number's next owner is untouched");
  }

  @Test
  void close_thrice_makesOneCall() throws SysException {
    FaultySys counted = new FaultySys();
    Epoll other = Epoll.create(counted.sys());
    other.close();
    other.close();
    other.close();
    assertEquals(List.of("epollCreate1", "close"), counted.calls());
  }

  @Test
  void closed_everyCall_isIllegalState() {
    epoll.close();
    assertThrows(IllegalStateException.class, () -> epoll.fd());
    assertThrows(IllegalStateException.class, () -> epoll.add(0, 0, 0));
    assertThrows(IllegalStateException.class, () -> epoll.modify(0, 0, 0));
    assertThrows(IllegalStateException.class, () -> epoll.delete(0));
    assertThrows(IllegalStateException.class, () -> epoll.await(events, 0));
    assertThrows(IllegalStateException.class, () -> epoll.awaitNanos(events, 0));
    assertThrows(IllegalStateException.class, () -> epoll.interestList());
  }
}
