package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Always-ready files among others: several waiters, wake-ups, small batches, nested pollers. */
abstract class SharedFileContract extends ContractCase {

  private static final int WAITERS = 3;

  SharedFileContract(Fixture fixture) {
    super(fixture);
  }

  private Registration addFile(Interest interest, Trigger trigger) throws SysException {
    return add(io.open("/dev/null", Linux.O_RDWR), interest, trigger);
  }

  private List<Waiter> startWaiters() throws Exception {
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < (supports(Capability.MULTIPLE_WAITERS) ? WAITERS : 1); i++) {
      waiters.add(startWaiter(-1).awaitBlocked());
    }
    return waiters;
  }

  private static void assertTook(Registration registration, Waiter waiter) throws Exception {
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertSame(registration, waiter.events().registration());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void levelFile_addedWhileSeveralWait_wakesThemAll() throws Exception {
    List<Waiter> waiters = startWaiters();
    Registration file = addFile(Interest.READABLE, Trigger.LEVEL);
    for (Waiter waiter : waiters) {
      assertTook(file, waiter);
    }
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void levelFile_unmutedWhileSeveralWait_wakesThemAll() throws Exception {
    Registration file = addFile(Interest.NONE, Trigger.LEVEL);
    List<Waiter> waiters = startWaiters();
    file.modify(Interest.WRITABLE);
    for (Waiter waiter : waiters) {
      assertTook(file, waiter);
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(
      value = Trigger.class,
      names = {"EDGE", "ONESHOT", "EDGE_ONESHOT"})
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void file_armedWhileSeveralWait_isReportedToOneOfThem(Trigger trigger) throws Exception {
    List<Waiter> waiters = startWaiters();
    Registration file = addFile(Interest.READABLE, trigger);
    for (int round = 0; round < 20; round++) {
      Deadline.forThe("a waiter to return").await(() -> waiters.stream().anyMatch(Waiter::isDone));
      Waiter winner = waiters.stream().filter(Waiter::isDone).findFirst().orElseThrow();
      assertTook(file, winner);
      waiters.remove(winner);
      for (Waiter other : waiters) {
        other.awaitBlocked();
      }
      waiters.add(startWaiter(-1).awaitBlocked());
      file.modify(Interest.READABLE);
    }
  }

  @Test
  void levelFile_afterABurstOfWakeups_costsNoReadsAndWrites() throws Exception {
    Registration file = addFile(Interest.READABLE, Trigger.LEVEL);
    Thread waker =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 2000; i++) {
                poller.wakeup();
              }
            });
    while (waker.isAlive()) {
      assertEquals(1, countEvents());
    }
    waker.join();
    assertEquals(1, countEvents()); // takes what the last one left
    long before = probe.count("read") + probe.count("write");
    long waits = probe.waits();
    for (int i = 0; i < 1000; i++) {
      assertEquals(1, poller.await(events, -1));
      assertTrue(events.next());
      assertSame(file, events.registration());
    }
    assertEquals(before, probe.count("read") + probe.count("write"), "reads and writes");
    assertTrue(probe.waits() - waits <= 1000, "waits: " + (probe.waits() - waits));
  }

  @Test
  void wakeup_besideALevelFile_endsAWaitEachTime() throws Exception {
    addFile(Interest.READABLE, Trigger.LEVEL);
    for (int i = 0; i < 100; i++) {
      poller.wakeup();
      assertEquals(1, countEvents());
    }
    poller.registrations().forEach(Registration::remove);
    expectNothingAndNoSpinning();
  }

  @ParameterizedTest(name = "[{0} files, {1} pipes, {2} at once] {displayName}")
  @CsvSource({"1, 1, 1", "2, 2, 1", "1, 3, 1", "3, 1, 1", "2, 5, 1", "5, 2, 1", "3, 4, 2"})
  void smallBatches_nobodyIsServedThriceBeforeAllOthersHadTheirs(int files, int pipes, int capacity)
      throws Exception {
    List<Registration> all = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      all.add(addFile(Interest.READABLE, Trigger.LEVEL));
    }
    for (int i = 0; i < pipes; i++) {
      Source pipe = Kind.PIPE.open(io);
      pipe.arrive();
      all.add(add(pipe, Trigger.LEVEL));
    }
    Events small = new Events(capacity);
    Map<Registration, Integer> counts = new HashMap<>();
    for (int i = 0; i < 10 * all.size(); i++) {
      assertEquals(capacity, poller.await(small, -1));
      while (small.next()) {
        counts.merge(small.registration(), 1, Integer::sum);
      }
      int least = all.stream().mapToInt(r -> counts.getOrDefault(r, 0)).min().orElseThrow();
      int most = all.stream().mapToInt(r -> counts.getOrDefault(r, 0)).max().orElseThrow();
      assertTrue(most - least <= 2, "unfair: " + counts);
    }
  }

  @Test
  @ByCapability(value = Capability.NESTING, otherwise = "a poller has no descriptor")
  void pollersDescriptor_isReadableWhileAFileIsArmed() throws Exception {
    Registration file = addFile(Interest.NONE, Trigger.LEVEL);
    if (!supports(Capability.NESTING)) {
      assertThrows(UnsupportedOperationException.class, poller::fd);
      return;
    }
    assertEquals(0, io.mask(poller.fd()) & Linux.POLLIN);
    file.modify(Interest.READABLE);
    assertEquals(Linux.POLLIN, io.mask(poller.fd()) & Linux.POLLIN);
    try (Poller outer = Poller.open(sys)) {
      Registration inner = outer.add(poller.fd(), Interest.READABLE, Trigger.LEVEL, null);
      expect(outer).readable(inner).nothingElse();
      file.modify(Interest.READABLE, Trigger.ONESHOT);
      expect(outer).readable(inner).nothingElse();
      expect(poller).readable(file).nothingElse();
      expect(outer).nothing();
      file.modify(Interest.READABLE);
      expect(outer).readable(inner).nothingElse();
      file.remove();
      expect(outer).nothing();
    }
  }
}
