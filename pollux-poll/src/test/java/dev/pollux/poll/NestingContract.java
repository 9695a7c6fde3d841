package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pollers in pollers, and descriptors shared by several pollers. */
abstract class NestingContract extends ContractCase {

  private static final String NO_DESCRIPTOR = "fd() is refused";
  private static final String NO_EXCLUSIVE = "addExclusive is refused";

  NestingContract(Fixture fixture) {
    super(fixture);
  }

  /** On a backend without the capability: that it says so. */
  private boolean refusesNesting() {
    if (supports(Capability.NESTING)) {
      return false;
    }
    UnsupportedOperationException e =
        assertThrows(UnsupportedOperationException.class, () -> poller.fd());
    assertTrue(e.getMessage().contains(fixture.backend().label()), e.getMessage());
    return true;
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void innerPoller_withReadyDescriptor_isReadable(Trigger trigger) throws Exception {
    if (refusesNesting()) {
      return;
    }
    try (Poller inner = Poller.open(sys, fixture.backend())) {
      Registration nested = add(inner.fd(), Interest.READABLE, trigger);
      expectNothing();
      Source source = Kind.PIPE.open(io);
      Registration innermost = inner.add(source.fd, Interest.READABLE, Trigger.LEVEL, null);
      source.arrive();
      expect(poller).readable(nested).nothingElse();
      expect(inner).readable(innermost).nothingElse();
      nested.remove();
    }
  }

  @Test
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void innerPoller_drained_isSilentAgain() throws Exception {
    if (refusesNesting()) {
      return;
    }
    try (Poller inner = Poller.open(sys, fixture.backend())) {
      Registration nested = add(inner.fd(), Interest.READABLE, Trigger.LEVEL);
      Source source = Kind.EVENTFD.open(io);
      inner.add(source.fd, Interest.READABLE, Trigger.LEVEL, null);
      for (int i = 0; i < 3; i++) {
        source.arrive();
        expect(poller).readable(nested).nothingElse();
        source.drain();
        expectNothing();
      }
      nested.remove();
    }
  }

  @Test
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void poller_inItself_isRefused() throws Exception {
    if (refusesNesting()) {
      return;
    }
    SysException e =
        assertThrows(SysException.class, () -> add(poller.fd(), Interest.READABLE, Trigger.LEVEL));
    assertEquals(Errno.EINVAL, e.errno());
  }

  @Test
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void pollers_inACircle_areRefused() throws Exception {
    if (refusesNesting()) {
      return;
    }
    try (Poller inner = Poller.open(sys, fixture.backend())) {
      Registration nested = add(inner.fd(), Interest.READABLE, Trigger.LEVEL);
      SysException e =
          assertThrows(
              SysException.class,
              () -> inner.add(poller.fd(), Interest.READABLE, Trigger.LEVEL, null));
      assertTrue(e.errno() == Errno.ELOOP || e.errno() == Errno.EINVAL, e.getMessage());
      assertEquals(0, inner.size());
      nested.remove();
    }
  }

  @Test
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void pollers_nestedTooDeep_areRefusedAtTheSixth() throws Exception {
    if (refusesNesting()) {
      return;
    }
    List<Poller> chain = new ArrayList<>();
    int depth = 0;
    try {
      chain.add(Poller.open(sys, fixture.backend()));
      while (depth < 10) {
        Poller outer = Poller.open(sys, fixture.backend());
        chain.add(outer);
        outer.add(chain.get(depth).fd(), Interest.READABLE, Trigger.LEVEL, null);
        depth++;
      }
    } catch (SysException e) {
      assertTrue(e.errno() == Errno.ELOOP || e.errno() == Errno.EINVAL, e.getMessage());
    } finally {
      chain.forEach(Poller::close);
    }
    assertTrue(depth >= 4 && depth <= 5, "chain of " + depth);
  }

  /** The inner one swaps its epoll instance to lose an orphan: see {@link Poller#fd}. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.NESTING, otherwise = NO_DESCRIPTOR)
  void innerPoller_afterLosingAnOrphan_isHeardOnceAddedAgain(Trigger trigger) throws Exception {
    if (refusesNesting()) {
      return;
    }
    try (Poller inner = Poller.open(sys, fixture.backend())) {
      int number = inner.fd();
      Registration before = add(number, Interest.READABLE, trigger);
      int fd = io.eventfd(1);
      io.dup(fd);
      Registration orphan = inner.add(fd, Interest.READABLE, Trigger.LEVEL, null);
      io.close(fd);
      orphan.remove();
      expect(inner).nothing();
      assertEquals(number, inner.fd(), "the number stays");
      before.remove();
      Registration nested = add(number, Interest.READABLE, trigger);
      expectNothing();
      Source source = Kind.EVENTFD.open(io);
      Registration live = inner.add(source.fd, Interest.READABLE, Trigger.LEVEL, null);
      source.arrive();
      expect(poller).readable(nested).nothingElse();
      expect(inner).readable(live).nothingElse();
      nested.remove();
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void descriptor_inTwoPollers_isReportedByBoth(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration mine = add(source, trigger);
    try (Poller other = Poller.open(sys, fixture.backend())) {
      Registration theirs = other.add(source.fd, Interest.READABLE, trigger, null);
      source.arrive();
      expect(poller).readable(mine).nothingElse();
      expect(other).readable(theirs).nothingElse();
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"LEVEL", "EDGE"})
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = NO_EXCLUSIVE)
  void exclusive_onAListener_wakesAtLeastOnePoller(Trigger trigger) throws Exception {
    Source listener = Kind.LISTENER.open(io);
    if (refusesExclusive(listener.fd, trigger)) {
      return;
    }
    Registration mine = track(poller.addExclusive(listener.fd, Interest.READABLE, trigger, null));
    assertTrue(mine.isExclusive());
    try (Poller other = Poller.open(sys, fixture.backend())) {
      other.addExclusive(listener.fd, Interest.READABLE, trigger, null);
      Waiter first = startWaiter(-1).awaitBlocked();
      Waiter second = Waiter.start(kernel, other, -1).awaitBlocked();
      listener.arrive();
      Deadline.forThe("one to wake").await(() -> first.isDone() || second.isDone());
      poller.wakeup();
      other.wakeup();
      assertTrue(first.result() + second.result() >= 1);
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"LEVEL", "EDGE"})
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = NO_EXCLUSIVE)
  void exclusive_whileTwoPollersSleep_wakesOne(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    if (refusesExclusive(source.fd, trigger)) {
      return;
    }
    track(poller.addExclusive(source.fd, Interest.READABLE, trigger, null));
    try (Poller other = Poller.open(sys, fixture.backend())) {
      other.addExclusive(source.fd, Interest.READABLE, trigger, null);
      Waiter first = startWaiter(-1).awaitBlocked();
      Waiter second = Waiter.start(kernel, other, -1).awaitBlocked();
      source.arrive();
      Deadline.forThe("one to wake").await(() -> first.isDone() || second.isDone());
      (first.isDone() ? second : first).awaitBlocked();
      poller.wakeup();
      other.wakeup();
      assertEquals(1, first.result() + second.result());
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"LEVEL", "EDGE"})
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = NO_EXCLUSIVE)
  void exclusive_modified_staysExclusiveAndRearms(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    source.arrive();
    if (refusesExclusive(source.fd, trigger)) {
      return;
    }
    Registration registration =
        track(poller.addExclusive(source.fd, Interest.READABLE, trigger, null));
    for (int i = 0; i < 3; i++) {
      expect(poller).readable(registration).nothingElse();
      registration.modify(Interest.NONE);
      expectNothing();
      registration.modify(Interest.READABLE);
    }
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
    assertTrue(registration.isExclusive());
  }

  @ParameterizedTest(name = "[modified: {0}] {displayName}")
  @ValueSource(booleans = {false, true})
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = NO_EXCLUSIVE)
  void exclusive_oneArrivalForSeveralPollers_doesNotWakeThemAll(boolean modified) throws Exception {
    Source source = Kind.EVENTFD.open(io);
    if (refusesExclusive(source.fd, Trigger.LEVEL)) {
      return;
    }
    List<Poller> pollers = new ArrayList<>();
    List<Waiter> waiters = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Poller each = Poller.open(sys, fixture.backend());
        pollers.add(each);
        Registration registration =
            each.addExclusive(source.fd, Interest.READABLE, Trigger.LEVEL, null);
        if (modified) {
          registration.modify(Interest.READABLE);
        }
        waiters.add(Waiter.start(kernel, each, -1).awaitBlocked());
      }
      source.arrive();
      Deadline.forThe("one to return").await(() -> waiters.stream().anyMatch(Waiter::isDone));
      List<Waiter> others = waiters.stream().filter(waiter -> !waiter.isDone()).toList();
      assertFalse(others.isEmpty(), "all were woken");
      others.getFirst().awaitBlocked();
    } finally {
      pollers.forEach(Poller::close);
      for (Waiter waiter : waiters) {
        assertEnds(waiter);
      }
    }
  }

  /** For an event, or for the close. */
  private static void assertEnds(Waiter waiter) throws Exception {
    try {
      assertEquals(1, waiter.result());
    } catch (ClosedPollerException e) {
      assertTrue(waiter.isDone());
    }
  }

  @Test
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = NO_EXCLUSIVE)
  void exclusive_withOneshotOrPriority_isRefused() throws Exception {
    Source source = Kind.PIPE.open(io);
    if (refusesExclusive(source.fd, Trigger.LEVEL)) {
      return;
    }
    for (Trigger trigger : List.of(Trigger.ONESHOT, Trigger.EDGE_ONESHOT)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> poller.addExclusive(source.fd, Interest.READABLE, trigger, null));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> poller.addExclusive(source.fd, Interest.PRIORITY, Trigger.LEVEL, null));
    Registration registration =
        track(poller.addExclusive(source.fd, Interest.READABLE, Trigger.LEVEL, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> registration.modify(Interest.READABLE, Trigger.ONESHOT));
    assertThrows(
        IllegalArgumentException.class,
        () -> registration.modify(Interest.PRIORITY, Trigger.LEVEL));
    source.arrive();
    expect(poller).readable(registration).nothingElse();
  }

  private boolean refusesExclusive(int fd, Trigger trigger) {
    if (supports(Capability.EXCLUSIVE)) {
      return false;
    }
    UnsupportedOperationException e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> poller.addExclusive(fd, Interest.READABLE, trigger, null));
    assertTrue(e.getMessage().contains("epoll"), e.getMessage());
    assertEquals(0, poller.size());
    return true;
  }
}
