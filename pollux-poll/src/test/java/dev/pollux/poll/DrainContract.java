package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Draining": what an edge owes after EAGAIN, and what it reports undrained. */
abstract class DrainContract extends ContractCase {

  DrainContract(Fixture fixture) {
    super(fixture);
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void edge_drainedThenNewArrival_isNewEvent(Kind kind) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, Trigger.EDGE);
    for (int round = 0; round < 3; round++) {
      source.arrive();
      expect(poller).ready(registration).nothingElse();
      source.drain();
      registration.drained(source.interest());
      expectNothing();
    }
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
    registration.drained(source.interest());
    expect(poller).ready(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("readingKinds")
  @ByCapability(value = Capability.EDGE_PER_ARRIVAL, otherwise = "silent until drained")
  void edge_secondArrivalWhileUndrained_isNewEvent(Kind kind) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, Trigger.EDGE);
    source.arrive();
    expect(poller).ready(registration).nothingElse();
    source.arrive();
    if (supports(Capability.EDGE_PER_ARRIVAL)) {
      expect(poller).ready(registration).nothingElse();
    } else {
      expectNothing();
      source.drain();
      registration.drained(source.interest());
      source.arrive();
      expect(poller).ready(registration).nothingElse();
    }
    expectNothing();
  }

  @Test
  void drained_ofOneDirection_listensForThatOne() throws Exception {
    int[] pair = io.unixPair();
    int _ = io.write(pair[1], 1);
    Registration registration = add(pair[0], Interest.READ_WRITE, Trigger.EDGE);
    expect(poller).readable(registration).writable(registration).nothingElse();
    io.readAll(pair[0]);
    registration.drained(Interest.READABLE);
    expectNothing();
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).atLeast();
    io.writeAll(pair[0]);
    registration.drained(Interest.WRITABLE);
    expectNothing();
    io.readAll(pair[1]);
    expect(poller).writable(registration).atLeast();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
  void drained_ofFiredOneshot_doesNotRearm(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, trigger);
    expect(poller).readable(registration).nothingElse();
    registration.drained(Interest.READABLE);
    expectNothing();
  }

  @Test
  void drained_ofLevel_changesNothing() throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    registration.drained(Interest.READABLE);
    expect(poller).readable(registration).nothingElse();
  }

  @Test
  void drained_afterRemove_doesNothing() throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.EDGE);
    registration.remove();
    registration.drained(Interest.READABLE);
    expectNothing();
  }

  @Test
  void drained_ofMutedRegistration_staysMuted() throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.EDGE);
    expect(poller).readable(registration).nothingElse();
    registration.modify(Interest.NONE);
    registration.drained(Interest.READ_WRITE);
    expectNothing();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"TCP", "UNIX"})
  void edge_drainedThenEndOfStream_isNewEvent(Kind kind) throws Exception {
    int[] pair = kind == Kind.TCP ? io.tcpPair() : io.unixPair();
    Registration registration = add(pair[0], Interest.READABLE, Trigger.EDGE);
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
    io.readAll(pair[0]);
    registration.drained(Interest.READABLE);
    expectNothing();
    sys.shutdown(pair[1], Linux.SHUT_WR);
    expect(poller).readable(registration).readClosed(registration).nothingElse();
    expectNothing();
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
    expectNothing();
    assertEquals(5, io.readAll(pair[0]));
    assertEquals(0, io.read(pair[0], 1), "the end of the stream");
  }

  @Test
  @ByCapability(value = Capability.READ_CLOSED, otherwise = "the end is met while draining")
  void edge_hangupWhileUndrained_isNewEvent() throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.EDGE);
    int _ = io.write(pipe[1], 5);
    expect(poller).readable(registration).nothingElse();
    io.close(pipe[1]);
    if (supports(Capability.READ_CLOSED)) {
      expect(poller)
          .readable(registration)
          .readClosed(registration)
          .hangup(registration)
          .nothingElse();
    }
    expectNothing();
    assertEquals(5, io.readAll(pipe[0]));
  }

  @Test
  @ByCapability(value = Capability.READ_CLOSED, otherwise = "it is met while draining")
  void edge_resetWhileUndrained_isNewEvent() throws Exception {
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.READABLE, Trigger.EDGE);
    int _ = io.write(pair[1], 5);
    expect(poller).readable(registration).nothingElse();
    Sockets.linger(sys, pair[1], 0);
    io.close(pair[1]);
    io.awaitMask(pair[0], Linux.POLLERR);
    if (supports(Capability.READ_CLOSED)) {
      expect(poller)
          .readable(registration)
          .readClosed(registration)
          .hangup(registration)
          .error(registration)
          .nothingElse();
    }
    expectNothing();
    assertEquals(5, io.read(pair[0], 100), "what came before the reset");
    assertEquals(-Errno.ECONNRESET, io.read(pair[0], 100));
  }

  @Test
  @ByCapability(value = Capability.READ_CLOSED, otherwise = "EPIPE is met while writing")
  void edge_readerGoneWhileUndrained_isNewEvent() throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[1], Interest.WRITABLE, Trigger.EDGE);
    expect(poller).writable(registration).nothingElse();
    io.close(pipe[0]);
    if (supports(Capability.READ_CLOSED)) {
      expect(poller).writable(registration).error(registration).nothingElse();
    }
    expectNothing();
    assertEquals(-Errno.EPIPE, io.write(pipe[1], 1));
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void edge_undrained_doesNotSpin(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.EDGE);
    expect(poller).ready(registration).nothingElse();
    assertEquals(0, waitsMadeBy(2_000_000));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void muted_brokenAndHungUp_doesNotSpin(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    io.close(pair[1]);
    add(pair[0], Interest.NONE, trigger);
    assertEquals(0, waitsMadeBy(2_000_000));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void mutedByModify_thenHungUp_isSilent(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    registration.modify(Interest.NONE);
    io.close(pair[1]);
    expectNothing();
    assertEquals(0, waitsMadeBy(2_000_000));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"EDGE", "ONESHOT", "EDGE_ONESHOT"})
  void delivered_brokenAndHungUp_doesNotSpin(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    Registration registration = add(pair[0], Interest.READ_WRITE, trigger);
    io.close(pair[1]);
    expect(poller)
        .readable(registration)
        .writable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
    assertEquals(0, waitsMadeBy(2_000_000));
  }

  /** System calls beyond those that a quiet wait may make: one that blocks, one after a signal. */
  private long waitsMadeBy(long timeoutNanos) throws Exception {
    assertEquals(0, countEvents(), "an event before the quiet wait");
    long before = probe.waits();
    assertEquals(0, poller.await(events, timeoutNanos));
    return Math.max(0, probe.waits() - before - 2);
  }

  /** An error passes: the descriptor is not deaf after it. */
  @Test
  void edge_errorReadAndDrained_hearsTheNextArrival() throws Exception {
    int[] pair = io.udpPair();
    SocketAddress mine = Sockets.localAddress(sys, pair[1]);
    SocketAddress peers = Sockets.localAddress(sys, pair[0]);
    Registration registration = add(pair[1], Interest.READABLE, Trigger.EDGE);
    io.close(pair[0]);
    int _ = io.write(pair[1], 1);
    io.awaitMask(pair[1], Linux.POLLERR);
    expect(poller).readable(registration).atLeast();
    assertEquals(Errno.ECONNREFUSED, Sockets.socketError(sys, pair[1]));
    io.readAll(pair[1]);
    registration.drained(Interest.READABLE);
    expectNothing();
    int again = io.own(Sockets.datagram(sys, peers));
    assertTrue(Sockets.connect(sys, again, mine));
    int _ = io.write(again, 1);
    expect(poller).readable(registration).nothingElse();
  }

  /** A socket that is not connected hangs up; EINPROGRESS is said like EAGAIN. */
  @Test
  void edge_hungUpThenConnecting_hearsTheConnection() throws Exception {
    SocketAddress address = Sockets.localAddress(sys, io.listener());
    int fd = io.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Registration registration = add(fd, Interest.WRITABLE, Trigger.EDGE);
    poller.await(events, 0); // it may be reported as it is, hung up
    while (events.next()) {}
    boolean _ = Sockets.connect(sys, fd, address);
    registration.drained(Interest.WRITABLE);
    expect(poller).writable(registration).atLeast();
  }
}
