package dev.pollux.poll;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Limits": the batch, the table, the descriptors of the process; each at its bound. */
abstract class LimitContract extends ContractCase {

  LimitContract(Fixture fixture) {
    super(fixture);
  }

  private List<Registration> addReady(int count, Trigger trigger) throws SysException {
    List<Registration> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(add(io.eventfd(1), Interest.READABLE, trigger));
    }
    return added;
  }

  @ParameterizedTest(name = "[{0} of {1}] {displayName}")
  @CsvSource({"1, 2", "1, 5", "2, 5", "3, 7", "4, 16"})
  void level_moreReadyThanTheBatchHolds_takesTurns(int capacity, int count) throws Exception {
    Set<Registration> all = new HashSet<>(addReady(count, Trigger.LEVEL));
    Events small = new Events(capacity);
    Map<Registration, Integer> counts = new HashMap<>();
    for (int i = 0; i < 3 * count; i++) {
      assertEquals(capacity, poller.await(small, 0));
      while (small.next()) {
        counts.merge(small.registration(), 1, Integer::sum);
      }
      int least = all.stream().mapToInt(r -> counts.getOrDefault(r, 0)).min().orElseThrow();
      int most = all.stream().mapToInt(r -> counts.getOrDefault(r, 0)).max().orElseThrow();
      assertTrue(most - least <= 1, "unfair: " + counts.values());
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"EDGE", "ONESHOT", "EDGE_ONESHOT"})
  void edgesAndOneshots_moreThanTheBatchHolds_areEachReportedOnce(Trigger trigger)
      throws Exception {
    Set<Registration> all = new HashSet<>(addReady(11, trigger));
    Events small = new Events(3);
    Set<Registration> seen = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      assertEquals(i < 3 ? 3 : 2, poller.await(small, 0));
      while (small.next()) {
        assertTrue(seen.add(small.registration()), "twice");
      }
    }
    assertEquals(all, seen);
    expectNothing();
  }

  @Test
  void batch_filledExactly_isReportedWhole() throws Exception {
    addReady(4, Trigger.LEVEL);
    assertEquals(4, poller.await(new Events(4), 0));
    assertEquals(4, poller.await(new Events(5), 0));
    assertEquals(3, poller.await(new Events(3), 0));
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void batch_ofNoCapacity_isRefused(int capacity) {
    assertThrows(IllegalArgumentException.class, () -> new Events(capacity));
  }

  @Test
  void batch_leftUnread_isGivenAgainFirst() throws Exception {
    List<Registration> all = addReady(3, Trigger.ONESHOT);
    assertEquals(3, poller.await(events, 0));
    assertTrue(events.next());
    Registration first = events.registration();
    long before = probe.waits();
    assertEquals(2, poller.await(events, -1));
    assertEquals(before, probe.waits(), "asked the kernel");
    Set<Registration> seen = new HashSet<>(Set.of(first));
    while (events.next()) {
      seen.add(events.registration());
    }
    assertEquals(new HashSet<>(all), seen);
    expectNothing();
  }

  @Test
  void batch_leftUnread_isNotForAnotherPoller() throws Exception {
    List<Registration> all = addReady(2, Trigger.LEVEL);
    assertEquals(all.size(), poller.await(events, 0));
    assertTrue(events.next());
    try (Poller other = Poller.open(sys, fixture.backend())) {
      assertThrows(IllegalStateException.class, () -> other.await(events, 0));
      assertTrue(events.next()); // it is still there
      assertFalse(events.next());
      assertEquals(0, other.await(events, 0));
    }
  }

  @Test
  void batch_leftUnreadAndRemoved_isNotCounted() throws Exception {
    List<Registration> all = addReady(2, Trigger.LEVEL);
    assertEquals(2, poller.await(events, 0));
    all.forEach(poller::remove);
    assertEquals(0, poller.await(events, 0), "events to read");
    assertFalse(events.next());
  }

  @Test
  void registrations_beyondEveryTablesFirstSize_areAllReported() throws Exception {
    Set<Registration> all = new HashSet<>(addReady(700, Trigger.LEVEL));
    assertEquals(700, poller.size());
    Events batch = new Events(70);
    Set<Registration> seen = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      assertEquals(70, poller.await(batch, 0));
      while (batch.next()) {
        assertTrue(seen.add(batch.registration()), "twice before all had their turn");
      }
    }
    assertEquals(all, seen);
    all.stream().filter(r -> r.fd() % 2 == 0).forEach(poller::remove);
    for (int i = 0; i < 10; i++) {
      poller.await(batch, 0);
      while (batch.next()) {
        assertTrue(batch.registration().fd() % 2 == 1, "removed");
      }
    }
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {1023, 1024, 1025, 2047, 3000})
  void descriptorNumber_pastTheLibrarysFdSetSize_isWatched(int number) throws Exception {
    int[] pipe = io.pipe();
    int high = io.own(sys.dup3(pipe[0], number, Linux.O_CLOEXEC));
    Registration registration = add(high, Interest.READABLE, Trigger.LEVEL);
    expectNothing();
    int _ = io.write(pipe[1], 1);
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_twice_failsWithEexist(Trigger trigger) throws Exception {
    int fd = io.eventfd(1);
    Registration registration = add(fd, Interest.READABLE, trigger);
    SysException e =
        assertThrows(SysException.class, () -> add(fd, Interest.WRITABLE, Trigger.LEVEL));
    assertEquals(Errno.EEXIST, e.errno());
    assertEquals(1, poller.size());
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_ofClosedNumber_failsWithEbadf(Trigger trigger) throws Exception {
    int fd = io.high(io.eventfd(1));
    io.close(fd);
    for (Interest interest : List.of(Interest.READABLE, Interest.READ_WRITE, Interest.NONE)) {
      for (int number : new int[] {fd, -1, Integer.MIN_VALUE}) {
        SysException e = assertThrows(SysException.class, () -> add(number, interest, trigger));
        assertEquals(Errno.EBADF, e.errno());
      }
    }
    assertEquals(0, poller.size());
    int again = io.high(io.eventfd(1));
    assertEquals(fd, again);
    expect(poller).readable(add(again, Interest.READABLE, trigger)).nothingElse();
  }

  /** epoll's limit of watches; the others have none, and fail where they look at the descriptor. */
  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {Errno.ENOSPC, Errno.ENOMEM})
  void add_refusedByTheKernel_leavesNothing(int errno) throws Exception {
    String refused = fixture.isSeam() ? "kevent" : fixture.isOnEpoll() ? "epollCtl" : "fcntl";
    int fd = io.eventfd(1);
    probe.inject((call, arguments) -> call.equals(refused) ? -errno : null);
    SysException e =
        assertThrows(SysException.class, () -> add(fd, Interest.READABLE, Trigger.LEVEL));
    assertEquals(errno, e.errno());
    assertEquals(0, poller.size());
    probe.inject((call, arguments) -> null);
    expectNothing();
    expect(poller).readable(add(fd, Interest.READABLE, Trigger.LEVEL)).nothingElse();
  }

  @ParameterizedTest(name = "[{0}, {1}] {displayName}")
  @CsvSource({
    "eventfd, 24",
    "eventfd, 23",
    "eventfd, 12",
    "epollCreate1, 24",
    "epollCreate1, 12",
    "epollCtl, 28",
    "epollCtl, 12"
  })
  void open_refusedByTheKernel_leavesNothing(String refused, int errno) throws Exception {
    SysProbe failing = new SysProbe(sys);
    String asked = !fixture.isSeam() ? refused : refused.equals("epollCtl") ? "kevent" : "kqueue";
    failing.inject((call, arguments) -> call.equals(asked) ? -errno : null);
    if (refused.startsWith("epoll") && !fixture.isOnEpoll()) {
      Poller.open(failing.sys(), fixture.backend()).close(); // has no use for it
      return;
    }
    var before = kernel.openDescriptors();
    SysException e =
        assertThrows(SysException.class, () -> Poller.open(failing.sys(), fixture.backend()));
    assertEquals(errno, e.errno());
    assertEquals(before, kernel.openDescriptors());
  }

  /** Without eventfd the waker is a pipe: everything works as before. */
  @Test
  void open_withoutEventfd_wakesByPipe() throws Exception {
    SysProbe failing = new SysProbe(sys);
    failing.inject((call, arguments) -> call.equals("eventfd") ? -Errno.ENOSYS : null);
    try (Poller piped = Poller.open(failing.sys(), fixture.backend())) {
      Waiter waiter = Waiter.start(kernel, piped, -1).awaitBlocked();
      piped.wakeup();
      assertEquals(0, waiter.result());
      Waiter closing = Waiter.start(kernel, piped, -1).awaitBlocked();
      piped.wakeup();
      assertEquals(0, closing.result());
    }
  }

  /** The descriptors of the process: as many are left as the number says, and one too few. */
  @ParameterizedTest(name = CASES)
  @ValueSource(ints = {0, 1, 2})
  void open_withFewDescriptorsLeft_failsWithEmfileOrWorks(int left) throws Exception {
    int needed = fixture.isOnEpoll() ? 2 : 1;
    Poller.open(sys, fixture.backend()).close();
    assertThrows(SysException.class, () -> add(-1, Interest.READABLE, Trigger.LEVEL));
    var before = kernel.openDescriptors(); // the JVM has loaded by now what it needs below
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment saved = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      MemorySegment lowered = arena.allocate(Linux.SIZEOF_RLIMIT, 8);
      assertEquals(0, sys.getrlimit(Linux.RLIMIT_NOFILE, saved.address()));
      List<Integer> free = List.of(io.eventfd(0), io.eventfd(0), io.eventfd(0));
      free.forEach(io::close);
      lowered.set(JAVA_LONG, 0, free.get(left)); // struct rlimit { rlim_cur; rlim_max; }
      lowered.set(JAVA_LONG, 8, saved.get(JAVA_LONG, 8));
      int errno = 0;
      assertEquals(0, sys.setrlimit(Linux.RLIMIT_NOFILE, lowered.address()));
      try {
        Poller.open(sys, fixture.backend()).close();
      } catch (SysException e) {
        errno = e.errno();
      } finally {
        sys.setrlimit(Linux.RLIMIT_NOFILE, saved.address());
      }
      assertEquals(left < needed ? Errno.EMFILE : 0, errno);
    }
    assertEquals(before, kernel.openDescriptors());
  }

  @Test
  void poller_takesAsManyDescriptorsAsDocumented() throws Exception {
    int before = kernel.openDescriptors().size();
    try (Poller another = Poller.open(sys, fixture.backend())) {
      assertTrue(another.isOpen());
      int taken = kernel.openDescriptors().size() - before;
      assertEquals(fixture.isOnEpoll() ? 2 : 1, taken);
    }
  }

  @Test
  void capabilities_areThoseDocumented() {
    assertEquals(fixture.capabilities(), poller.capabilities());
    for (Capability capability : Capability.values()) {
      assertEquals(supports(capability), poller.supports(capability), capability.name());
    }
    assertEquals(fixture.backend(), poller.backend());
  }

  @Test
  void poller_ofTheBestBackend_isEpoll_elseKqueue_elsePoll() throws Exception {
    SysProbe neither = new SysProbe(sys);
    Set<String> missing = Set.of("epollCreate1", "kqueue");
    neither.inject((call, arguments) -> missing.contains(call) ? -Errno.ENOSYS : null);
    try (Poller best = Poller.open(sys);
        Poller last = Poller.open(neither.sys())) {
      assertEquals(fixture.isSeam() ? Backend.KQUEUE : Backend.EPOLL, best.backend());
      assertEquals(Backend.POLL, last.backend());
    }
  }
}
