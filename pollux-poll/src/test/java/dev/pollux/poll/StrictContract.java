package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Linux;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Poller#openStrict}: a forgotten {@code drained} is noticed, on epoll too. */
abstract class StrictContract extends ContractCase {

  StrictContract(Fixture fixture) {
    super(fixture);
  }

  @BeforeEach
  void openStrictly() throws Exception {
    poller.close();
    poller = Poller.openStrict(probe.sys(), fixture.backend());
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("readingKinds")
  void edge_notDrained_isWithheldAndNamed(Kind kind) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, Trigger.EDGE);
    assertEquals(List.of(), poller.undrained());
    source.arrive();
    expect(poller).ready(registration).nothingElse();
    assertEquals(List.of(registration), poller.undrained());
    source.drain();
    source.arrive();
    expectNothingAndNoSpinning();
    assertEquals(List.of(registration), poller.undrained());
    source.drain();
    registration.drained(source.interest());
    assertEquals(List.of(), poller.undrained());
    source.arrive();
    expect(poller).ready(registration).nothingElse();
  }

  /** The end of a stream is final, and nothing is to be said after it. */
  @Test
  void edge_atTheEndOfTheStream_isNotAccused() throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.EDGE);
    io.close(pipe[1]);
    expect(poller).ready(registration).atLeast();
    assertEquals(
        supports(Capability.READ_CLOSED) ? List.of() : List.of(registration), poller.undrained());
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void edge_arrivalBetweenEagainAndDrained_isNotLost(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.EDGE);
    expect(poller).ready(registration).nothingElse();
    source.drain();
    source.arrive();
    expectNothing();
    registration.drained(source.interest());
    expect(poller).ready(registration).nothingElse();
  }

  @Test
  @ByCapability(value = Capability.EXCLUSIVE, otherwise = "a plain registration stands in")
  void exclusiveEdge_arrivalBetweenEagainAndDrained_isNotLost() throws Exception {
    Source source = Kind.EVENTFD.open(io);
    source.arrive();
    Registration registration =
        supports(Capability.EXCLUSIVE)
            ? track(poller.addExclusive(source.fd, source.interest(), Trigger.EDGE, null))
            : add(source, Trigger.EDGE);
    expect(poller).ready(registration).nothingElse();
    source.drain();
    source.arrive();
    expectNothing();
    registration.drained(source.interest());
    expect(poller).ready(registration).nothingElse();
  }

  @Test
  void edge_drainedInOneDirection_withholdsTheOther() throws Exception {
    int[] pair = io.unixPair();
    Registration registration = add(pair[0], Interest.READ_WRITE, Trigger.EDGE);
    expect(poller).writable(registration).nothingElse();
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
    registration.drained(Interest.READABLE); // which is not true: it is still there
    expect(poller).readable(registration).nothingElse();
    assertEquals(List.of(registration), poller.undrained());
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void modify_ofAnUndrained_rearms(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.EDGE);
    expect(poller).ready(registration).nothingElse();
    registration.modify(source.interest());
    assertEquals(List.of(), poller.undrained());
    expect(poller).ready(registration).nothingElse();
    registration.modify(source.interest(), Trigger.LEVEL);
    assertEquals(List.of(), poller.undrained());
    expect(poller).ready(registration).nothingElse();
    expect(poller).ready(registration).nothingElse();
  }

  @Test
  void remove_ofAnUndrained_isNotNamedAnyMore() throws Exception {
    Registration registration = add(io.eventfd(1), Interest.READABLE, Trigger.EDGE);
    expect(poller).readable(registration).nothingElse();
    registration.remove();
    assertEquals(List.of(), poller.undrained());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(
      value = Trigger.class,
      names = {"LEVEL", "ONESHOT", "EDGE_ONESHOT"})
  void otherTriggers_areNotWithheld(Trigger trigger) throws Exception {
    Registration registration = add(io.eventfd(1), Interest.READABLE, trigger);
    for (int i = 0; i < 3; i++) {
      expect(poller).readable(registration).nothingElse();
      registration.modify(Interest.READABLE);
    }
    assertEquals(List.of(), poller.undrained());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"TCP", "UNIX"})
  @ByCapability(value = Capability.READ_CLOSED, otherwise = "the end is met while draining")
  void edge_endOfStreamWhileUndrained_isNewEvent(Kind kind) throws Exception {
    int[] pair = kind == Kind.TCP ? io.tcpPair() : io.unixPair();
    Registration registration = add(pair[0], Interest.READABLE, Trigger.EDGE);
    int _ = io.write(pair[1], 5);
    expect(poller).readable(registration).nothingElse();
    sys.shutdown(pair[1], Linux.SHUT_WR);
    io.awaitMask(pair[0], Linux.POLLRDHUP);
    if (supports(Capability.READ_CLOSED)) {
      expect(poller).readable(registration).readClosed(registration).nothingElse();
    }
    expectNothingAndNoSpinning();
  }

  @Test
  void drained_duringWait_endsItWithWhatWasWithheld() throws Exception {
    Source source = Kind.PIPE.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.EDGE);
    expect(poller).readable(registration).nothingElse();
    source.drain();
    Waiter waiter = startWaiter(-1).awaitBlocked();
    source.arrive();
    waiter.awaitBlocked(); // withheld
    registration.drained(Interest.READABLE);
    assertEquals(1, waiter.result());
  }

  @Test
  void capabilities_areThoseOfTheBackendWithoutAnEdgePerArrival() {
    Set<Capability> expected = EnumSet.copyOf(fixture.capabilities());
    expected.remove(Capability.EDGE_PER_ARRIVAL);
    assertEquals(expected, poller.capabilities());
    assertFalse(poller.supports(Capability.EDGE_PER_ARRIVAL));
  }

  @Test
  @ByCapability(value = Capability.EDGE_PER_ARRIVAL, otherwise = "every poller can name them")
  void undrained_ofAnOrdinaryPoller_isRefusedWhereTheKernelKeepsEdges() throws Exception {
    try (Poller ordinary = Poller.open(sys, fixture.backend())) {
      if (supports(Capability.EDGE_PER_ARRIVAL)) {
        UnsupportedOperationException e =
            assertThrows(UnsupportedOperationException.class, ordinary::undrained);
        assertEquals(
            fixture.backend().label() + " has edges of its own: open the poller by openStrict",
            e.getMessage());
      } else {
        assertEquals(List.of(), ordinary.undrained());
      }
    }
  }
}
