package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * "Removal and reuse": a descriptor closed without remove while a duplicate keeps its description
 * alive. epoll cannot remove such an item any more; no wait may spin over it.
 */
abstract class OrphanContract extends ContractCase {

  OrphanContract(Fixture fixture) {
    super(fixture);
  }

  /** Leaves a ready orphan behind; the duplicate keeps it ready. */
  private void orphan(Trigger trigger) throws Exception {
    int fd = io.eventfd(1);
    int _ = io.dup(fd);
    Registration registration = add(fd, Interest.READABLE, trigger);
    io.close(fd);
    registration.remove();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void orphan_removed_doesNotSpin(Trigger trigger) throws Exception {
    orphan(trigger);
    expectNothingAndNoSpinning();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void orphan_removed_leavesOthersWorking(Trigger trigger) throws Exception {
    Source before = Kind.PIPE.open(io);
    Registration early = add(before, trigger);
    orphan(Trigger.LEVEL);
    expectNothingAndNoSpinning();
    Source after = Kind.PIPE.open(io);
    Registration late = add(after, trigger);
    before.arrive();
    after.arrive();
    expect(poller).readable(early).readable(late).nothingElse();
    early.modify(Interest.READABLE);
    expect(poller).readable(early).atLeast();
    late.remove();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
  void orphan_removed_leavesFiredOneshotsSilentAndRearmable(Trigger trigger) throws Exception {
    Source source = Kind.EVENTFD.open(io);
    source.arrive();
    Registration fired = add(source, trigger);
    expect(poller).readable(fired).nothingElse();
    orphan(Trigger.LEVEL);
    expectNothingAndNoSpinning();
    fired.modify(Interest.READABLE);
    expect(poller).readable(fired).nothingElse();
    expectNothingAndNoSpinning();
  }

  @Test
  void orphan_removed_leavesMutedAndAlwaysReadyOnes() throws Exception {
    Source source = Kind.EVENTFD.open(io);
    source.arrive();
    Registration muted = add(source.fd, Interest.NONE, Trigger.LEVEL);
    int file = io.open("/dev/null", Linux.O_RDWR);
    Registration always = add(file, Interest.READABLE, Trigger.ONESHOT);
    expect(poller).readable(always).nothingElse();
    orphan(Trigger.LEVEL);
    expectNothingAndNoSpinning();
    muted.modify(Interest.READABLE);
    always.modify(Interest.READABLE);
    expect(poller).readable(muted).readable(always).nothingElse();
  }

  @Test
  void orphan_numberReusedByTheDuplicatesTwin_isANewDescriptor() throws Exception {
    int fd = io.eventfd(1);
    int dup = io.dup(fd);
    Registration old = add(fd, Interest.READABLE, Trigger.LEVEL);
    io.close(fd);
    old.remove();
    int same = io.own(sys.dup3(dup, fd, Linux.O_CLOEXEC));
    assertEquals(fd, same); // same number, same description: the kernel's item is still there
    Registration fresh = add(same, Interest.READABLE, Trigger.LEVEL);
    expect(poller).readable(fresh).nothingElse();
    io.readAll(fd);
    expectNothingAndNoSpinning();
    fresh.remove();
  }

  @Test
  void orphan_numberReusedByAnotherFileBeforeTheRemoval_doesNotSpin() throws Exception {
    int fd = io.eventfd(1);
    int _ = io.dup(fd);
    Registration old = add(fd, Interest.READABLE, Trigger.LEVEL);
    int[] pipe = io.pipe();
    assertEquals(fd, sys.dup3(pipe[0], fd, Linux.O_CLOEXEC));
    old.remove();
    expectNothingAndNoSpinning();
  }

  @Test
  void orphan_besideAnArmedFile_leavesItReported() throws Exception {
    int file = io.open("/dev/null", Linux.O_RDWR);
    Registration always = add(file, Interest.READABLE, Trigger.LEVEL);
    orphan(Trigger.LEVEL);
    for (int i = 0; i < 6; i++) {
      Waiter waiter = startWaiter(-1);
      assertEquals(1, waiter.result());
      assertTrue(waiter.events().next());
      assertSame(always, waiter.events().registration());
    }
  }

  @Test
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = "there are no exclusive wake-ups")
  void orphan_numberReusedByTheDuplicatesTwin_canBeExclusive() throws Exception {
    int fd = io.eventfd(1);
    int dup = io.dup(fd);
    Registration old = add(fd, Interest.READABLE, Trigger.LEVEL);
    io.close(fd);
    old.remove();
    assertEquals(fd, io.own(sys.dup3(dup, fd, Linux.O_CLOEXEC)));
    if (!supports(Capability.EXCLUSIVE)) {
      assertThrows(
          UnsupportedOperationException.class,
          () -> poller.addExclusive(fd, Interest.READABLE, Trigger.LEVEL, null));
      return;
    }
    Registration fresh = poller.addExclusive(fd, Interest.READABLE, Trigger.LEVEL, null);
    expect(poller).readable(fresh).nothingElse();
    fresh.remove();
  }

  @Test
  void orphans_many_areAllLost() throws Exception {
    for (int i = 0; i < 20; i++) {
      orphan(Trigger.LEVEL);
    }
    Source source = Kind.PIPE.open(io);
    Registration live = add(source, Trigger.LEVEL);
    expectNothingAndNoSpinning();
    source.arrive();
    expect(poller).readable(live).nothingElse();
  }

  @Test
  void orphan_removedDuringWait_leavesTheWaitInPlace() throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration live = add(source, Trigger.LEVEL);
    int fd = io.eventfd(0);
    int dup = io.dup(fd);
    Registration registration = add(fd, Interest.READABLE, Trigger.LEVEL);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    io.close(fd);
    registration.remove();
    int _ = io.writeNumber(dup, 1); // wakes the wait with an event that nobody owns
    waiter.awaitBlocked();
    source.arrive();
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertSame(live, waiter.events().registration());
    io.readAll(source.fd);
    expectNothingAndNoSpinning();
  }

  @Test
  void orphan_lost_wakeupAndCloseStillWork() throws Exception {
    orphan(Trigger.LEVEL);
    expectNothingAndNoSpinning();
    for (int i = 0; i < 3; i++) {
      Waiter waiter = startWaiter(-1).awaitBlocked();
      poller.wakeup();
      assertEquals(0, waiter.result());
    }
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.close();
    assertThrows(ClosedPollerException.class, waiter::result);
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void orphan_lostWhileAnotherThreadWaits_itHearsNewEvents() throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration live = add(source, Trigger.LEVEL);
    int fd = io.eventfd(0);
    int dup = io.dup(fd);
    Registration registration = add(fd, Interest.READABLE, Trigger.EDGE);
    Waiter first = startWaiter(-1).awaitBlocked();
    if (supports(Capability.MULTIPLE_WAITERS)) {
      startWaiter(-1).awaitBlocked();
    }
    io.close(fd);
    registration.remove();
    int _ = io.writeNumber(dup, 1);
    first.awaitBlocked();
    source.arrive();
    assertEquals(1, first.result());
    assertTrue(first.events().next());
    assertSame(live, first.events().registration());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void orphan_lostWhileTwoThreadsWait_bothHearWhatIsAddedLater() throws Exception {
    int fd = io.eventfd(0);
    int dup = io.dup(fd);
    Registration registration = add(fd, Interest.READABLE, Trigger.EDGE);
    Waiter first = startWaiter(-1).awaitBlocked();
    Waiter second = supports(Capability.MULTIPLE_WAITERS) ? startWaiter(-1).awaitBlocked() : first;
    io.close(fd);
    registration.remove();
    for (int i = 0; i < 2; i++) { // a third would bring back who was left behind
      int _ = io.writeNumber(dup, 1);
      first.awaitBlocked();
      second.awaitBlocked();
    }
    Source source = Kind.PIPE.open(io);
    add(source, Trigger.LEVEL);
    source.arrive();
    assertEquals(1, first.result());
    assertEquals(1, second.result());
  }

  @ParameterizedTest(name = CASES)
  @ValueSource(strings = {"epollCtl", "dup3", "epollCreate1"})
  void orphan_kernelAtItsLimit_costsNoRegistration(String failing) throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration live = add(source, Trigger.LEVEL);
    orphan(Trigger.LEVEL);
    probe.inject((call, arguments) -> call.equals(failing) ? (Object) (-Errno.ENOSPC) : null);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, poller.await(events, 0));
    }
    probe.inject((call, arguments) -> null);
    expectNothingAndNoSpinning();
    source.arrive();
    expect(poller).readable(live).nothingElse();
    poller.wakeup();
    assertEquals(0, poller.await(events, -1) - 1); // the level one is still ready
    while (events.next()) {}
  }

  /** The kernel looks whether an item is there before it counts. */
  private int controlAtTheLimit(int epfd, int op, int fd) {
    Sys real = kernel.sys();
    EpollEvents none = EpollEvents.allocate(1);
    none.set(0, 0, 0);
    if (op != Linux.EPOLL_CTL_ADD) {
      return -Errno.ENOSPC;
    }
    int result = real.epollCtl(epfd, op, fd, none.address());
    int _ = result == 0 ? real.epollCtl(epfd, Linux.EPOLL_CTL_DEL, fd, none.address()) : 0;
    return result == 0 ? -Errno.ENOSPC : result;
  }

  @Test
  void orphan_kernelAtItsLimitForOneItem_costsNoRegistration() throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration live = add(source, Trigger.LEVEL);
    orphan(Trigger.LEVEL);
    probe.inject((call, arguments) ->
        call.equals("epollCtl") && arguments[2].equals(source.fd)
            ? (Object) controlAtTheLimit((int) arguments[0], (int) arguments[1], source.fd)
            : null);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, poller.await(events, 0));
    }
    probe.inject((call, arguments) -> null);
    source.arrive();
    expect(poller).readable(live).nothingElse();
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void orphan_metWhileClosing_doesNotUndoTheClose() throws Exception {
    orphan(Trigger.LEVEL);
    assertEquals(0, poller.await(events, 0)); // met once: the next time it would be lost
    probe.inject((call, arguments) -> {
      if (SysProbe.WAITS.contains(call)) {
        poller.close();
      }
      return null;
    });
    assertThrows(ClosedPollerException.class, () -> poller.await(events, -1));
    if (fixture.backend() == Backend.EPOLL) { // elsewhere a move keeps what ends the waits
      assertEquals(0, probe.count("dup3"));
    }
  }
}
