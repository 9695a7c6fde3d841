package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Triggers": level, edge, one-shot and edge + one-shot on every kind of descriptor. */
abstract class TriggerContract extends ContractCase {

  TriggerContract(Fixture fixture) {
    super(fixture);
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void add_onNotReady_isSilentUntilArrival(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, trigger);
    expectNothing();
    source.arrive();
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void add_onReady_reportsAtOnce(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void modify_withSameArguments_rearms(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    for (int round = 0; round < 3; round++) {
      expect(poller).ready(registration).nothingElse();
      registration.modify(registration.interest(), trigger);
    }
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void interestNone_onReady_isSilentUntilModified(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source.fd, Interest.NONE, trigger);
    expectNothing();
    registration.modify(source.interest());
    expect(poller).ready(registration).nothingElse();
    registration.modify(Interest.NONE);
    expectNothing();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void level_ready_isReportedByEveryWait(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.LEVEL);
    for (int round = 0; round < 5; round++) {
      assertEquals(1, poller.await(events, 0), "round " + round);
      assertEquals(true, events.next());
      assertSame(registration, events.registration());
    }
    source.drain();
    expectNothing();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void edge_readyAndNotDrained_isReportedOnce(Kind kind) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, Trigger.EDGE);
    source.arrive();
    expect(poller).ready(registration).nothingElse();
    expectNothing();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByOneshots")
  void oneshot_fired_isSilentThroughNewArrivals(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    expect(poller).ready(registration).nothingElse();
    expectNothing();
    source.drain();
    source.arrive();
    expectNothing();
    registration.modify(registration.interest(), trigger);
    expect(poller).ready(registration).nothingElse();
    expectNothing();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByOneshots")
  void oneshot_rearmedWhileNotReady_reportsNextArrival(Kind kind, Trigger trigger)
      throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    expect(poller).ready(registration).nothingElse();
    source.drain();
    registration.modify(registration.interest(), trigger);
    expectNothing();
    source.arrive();
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void oneshot_oneDirectionFired_silencesTheOther(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    io.writeAll(pair[0]);
    Registration registration = add(pair[0], Interest.READ_WRITE, trigger);
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
    io.readAll(pair[1]);
    expectNothing();
    registration.modify(Interest.READ_WRITE);
    expect(poller).readable(registration).writable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void oneshot_firedThenHungUp_isSilentUntilModified(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, trigger);
    expect(poller).readable(registration).nothingElse();
    io.close(pipe[1]);
    expectNothing();
    registration.modify(Interest.READABLE);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void oneshot_firedThenBroken_isSilentUntilModified(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[1], Interest.WRITABLE, trigger);
    expect(poller).writable(registration).nothingElse();
    io.close(pipe[0]);
    expectNothing();
    registration.modify(Interest.WRITABLE);
    expect(poller).writable(registration).error(registration).nothingElse();
  }

  static Stream<Arguments> triggersToTriggers() {
    return triggers().flatMap(from -> triggers().map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("triggersToTriggers")
  void modify_toAnotherTrigger_reportsByTheNewOne(Trigger from, Trigger to) throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, from);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.READABLE, to);
    assertSame(to, registration.trigger());
    expect(poller).readable(registration).nothingElse();
    if (to == Trigger.LEVEL) {
      expect(poller).readable(registration).nothingElse();
    } else {
      expectNothing();
    }
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("triggers")
  void modify_toOtherDirection_reportsThatOneOnly(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    int _ = io.write(pair[1], 1);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.WRITABLE);
    expect(poller).writable(registration).nothingElse();
    registration.modify(Interest.READ_WRITE);
    expect(poller).readable(registration).writable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("triggers")
  void readinessInBothDirections_reportedTogether_isOneEvent(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    int _ = io.write(pair[1], 1);
    add(pair[0], Interest.READ_WRITE, trigger);
    assertEquals(1, poller.await(events, 0));
    assertEquals(true, events.next());
    assertEquals(true, events.isReadable() && events.isWritable());
    assertEquals(false, events.next());
  }

  @Test
  void edge_onListenerWithSeveralPending_onePerEdgeUntilDrained() throws Exception {
    int listener = io.listener();
    Registration registration = add(listener, Interest.READABLE, Trigger.EDGE);
    for (int i = 0; i < 3; i++) {
      io.connect(listener);
    }
    expect(poller).readable(registration).atLeast();
    io.accept(listener);
    registration.modify(Interest.READABLE); // forget edges of connections still underway
    expect(poller).readable(registration).nothingElse();
    expectNothing(); // two are pending, and nobody says so: accept until EAGAIN
    assertEquals(2, io.acceptAll(listener));
    registration.drained(Interest.READABLE);
    expectNothing();
    io.connect(listener);
    expect(poller).readable(registration).nothingElse();
  }

  @Test
  void level_onListenerWithSeveralPending_isReportedUntilAllAreAccepted() throws Exception {
    int listener = io.listener();
    Registration registration = add(listener, Interest.READABLE, Trigger.LEVEL);
    for (int i = 0; i < 3; i++) {
      io.connect(listener);
    }
    for (int i = 0; i < 3; i++) {
      expect(poller).readable(registration).nothingElse();
      io.accept(listener);
    }
    expectNothing();
  }

  /** Another thread modifies it between the system call and the batch. */
  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void oneshot_modifiedWhileItsEventIsOnItsWay_isStillArmed(Trigger trigger) throws Exception {
    Source source = Kind.EVENTFD_WRITING.open(io); // readable, and full
    Registration registration = add(source.fd, Interest.READABLE, trigger);
    boolean[] modified = {false};
    probe.after((call, arguments, result) -> {
      if (SysProbe.WAITS.contains(call) && !modified[0]) {
        modified[0] = true;
        try {
          registration.modify(Interest.WRITABLE);
        } catch (SysException e) {
          throw new AssertionError(e);
        }
      }
    });
    expectNothing();
    source.arrive();
    expect(poller).writable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
  void oneshot_modifyFailsAfterItFired_staysSilent(Trigger trigger) throws Exception {
    Source source = Kind.EVENTFD.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    expect(poller).readable(registration).nothingElse();
    probe.inject((call, arguments) -> Fixture.isChange(call) ? (Object) (-Errno.EBADF) : null);
    assertThrows(SysException.class, () -> registration.modify(Interest.READABLE));
    probe.inject((call, arguments) -> null);
    expectNothing();
    registration.modify(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void modify_toNoneAndBack_reportsAgain(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, trigger);
    source.arrive();
    for (int i = 0; i < 2; i++) {
      registration.modify(Interest.NONE);
      expectNothing();
      registration.modify(source.interest());
      expect(poller).ready(registration).nothingElse();
    }
  }
}
