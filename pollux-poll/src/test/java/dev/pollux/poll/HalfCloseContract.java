package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Half-close and errors": every way a connection or a pipe ends, under every trigger. */
abstract class HalfCloseContract extends ContractCase {

  HalfCloseContract(Fixture fixture) {
    super(fixture);
  }

  static Stream<Arguments> socketsByTriggers() {
    return Stream.of(Kind.TCP, Kind.UNIX)
        .flatMap(kind -> triggers().map(trigger -> Arguments.of(kind, trigger)));
  }

  private int[] pair(Kind kind) throws SysException {
    return kind == Kind.TCP ? io.tcpPair() : io.unixPair();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("socketsByTriggers")
  void peerShutdown_withoutData_isReadableAndReadClosed(Kind kind, Trigger trigger)
      throws Exception {
    int[] pair = pair(kind);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    expectNothing();
    sys.shutdown(pair[1], Linux.SHUT_WR);
    expect(poller).readable(registration).readClosed(registration).nothingElse();
    assertEquals(0, io.read(pair[0], 1));
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("socketsByTriggers")
  void peerShutdown_withDataUnread_leavesDataAndWriting(Kind kind, Trigger trigger)
      throws Exception {
    int[] pair = pair(kind);
    int _ = io.write(pair[1], 7);
    sys.shutdown(pair[1], Linux.SHUT_WR);
    io.awaitMask(pair[0], Linux.POLLRDHUP);
    Registration registration = add(pair[0], Interest.READ_WRITE, trigger);
    expect(poller)
        .readable(registration)
        .writable(registration)
        .readClosed(registration)
        .nothingElse();
    assertEquals(7, io.readAll(pair[0]));
    assertEquals(2, io.write(pair[0], 2));
    io.awaitMask(pair[1], Linux.POLLIN);
    assertEquals(2, io.readAll(pair[1]));
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("socketsByTriggers")
  void ownShutdown_alone_isNoEventForTheReader(Kind kind, Trigger trigger) throws Exception {
    int[] pair = pair(kind);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    sys.shutdown(pair[0], Linux.SHUT_WR);
    expectNothing();
    int _ = io.write(pair[1], 1);
    expect(poller).readable(registration).nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("socketsByTriggers")
  void bothHalvesDown_isHungUp(Kind kind, Trigger trigger) throws Exception {
    int[] pair = pair(kind);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    sys.shutdown(pair[0], Linux.SHUT_WR);
    sys.shutdown(pair[1], Linux.SHUT_WR);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("socketsByTriggers")
  void peerShutdown_whileOnlyWritingIsAskedFor_isNoEvent(Kind kind, Trigger trigger)
      throws Exception {
    int[] pair = pair(kind);
    Registration registration = add(pair[0], Interest.WRITABLE, trigger);
    sys.shutdown(pair[1], Linux.SHUT_WR);
    io.awaitMask(pair[0], Linux.POLLRDHUP);
    expect(poller).writable(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void peerClosed_onUnixSocket_isHungUp(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    io.close(pair[1]);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void peerClosed_onTcp_isReadClosedOnly(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    io.close(pair[1]);
    expect(poller).readable(registration).readClosed(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void reset_isErrorInBothDirections(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    reset(pair);
    Registration registration = add(pair[0], Interest.READ_WRITE, trigger);
    expect(poller)
        .readable(registration)
        .writable(registration)
        .readClosed(registration)
        .hangup(registration)
        .error(registration)
        .nothingElse();
    assertEquals(Errno.ECONNRESET, Sockets.socketError(sys, pair[0]));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void reset_whileWatched_isMetByTheNextRead(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    expectNothing();
    reset(pair);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .error(registration)
        .nothingElse();
    assertEquals(-Errno.ECONNRESET, io.read(pair[0], 1));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void reset_withInterestNone_isSilent(Trigger trigger) throws Exception {
    int[] pair = io.tcpPair();
    Registration registration = add(pair[0], Interest.NONE, trigger);
    reset(pair);
    expectNothing();
    registration.modify(Interest.WRITABLE);
    expect(poller)
        .writable(registration)
        .readClosed(registration)
        .hangup(registration)
        .error(registration)
        .nothingElse();
  }

  private void reset(int[] pair) throws SysException {
    Sockets.linger(sys, pair[1], 0);
    io.close(pair[1]);
    io.awaitMask(pair[0], Linux.POLLERR);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void connect_refused_isWritableWithError(Trigger trigger) throws Exception {
    int fd = io.own(Sockets.connecting(sys, io.refusedAddress()));
    Registration registration = add(fd, Interest.WRITABLE, trigger);
    expect(poller)
        .writable(registration)
        .readClosed(registration)
        .hangup(registration)
        .error(registration)
        .nothingElse();
    assertEquals(Errno.ECONNREFUSED, Sockets.socketError(sys, fd));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void connect_accepted_isWritableWithoutError(Trigger trigger) throws Exception {
    int listener = io.listener();
    int fd = io.connect(listener);
    Registration registration = add(fd, Interest.READ_WRITE, trigger);
    expect(poller).writable(registration).nothingElse();
    assertEquals(0, Sockets.socketError(sys, fd));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void neverConnectedSocket_isHungUp(Trigger trigger) throws Exception {
    int fd = io.own(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    Registration registration = add(fd, Interest.READ_WRITE, trigger);
    expect(poller)
        .readable(registration)
        .writable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void pipeWriterGone_withoutData_isHungUpAndReadable(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[0], Interest.READABLE, trigger);
    expectNothing();
    io.close(pipe[1]);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
    assertEquals(0, io.read(pipe[0], 1));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void pipeWriterGone_withData_leavesTheData(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 4);
    io.close(pipe[1]);
    Registration registration = add(pipe[0], Interest.READABLE, trigger);
    expect(poller)
        .readable(registration)
        .readClosed(registration)
        .hangup(registration)
        .nothingElse();
    assertEquals(4, io.read(pipe[0], 100));
    assertEquals(0, io.read(pipe[0], 100));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void pipeReaderGone_isWritableWithError(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    io.close(pipe[0]);
    Registration registration = add(pipe[1], Interest.WRITABLE, trigger);
    expect(poller).writable(registration).error(registration).nothingElse();
    assertEquals(-Errno.EPIPE, io.write(pipe[1], 1));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void pipeReaderGone_whilePipeIsFull_isWritableWithError(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    io.writeAll(pipe[1]);
    Registration registration = add(pipe[1], Interest.WRITABLE, trigger);
    expectNothing();
    io.close(pipe[0]);
    expect(poller).writable(registration).error(registration).nothingElse();
    assertEquals(-Errno.EPIPE, io.write(pipe[1], 1));
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void pipeReaderGone_whileOnlyReadingIsAskedFor_isReadableWithError(Trigger trigger)
      throws Exception {
    int[] pipe = io.pipe();
    io.close(pipe[0]);
    Registration registration = add(pipe[1], Interest.READABLE, trigger);
    expect(poller).readable(registration).error(registration).nothingElse();
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  @ByCapability(value = Capability.READ_CLOSED, otherwise = "silent")
  void pipeWriterGone_whileOnlyPriorityIsAskedFor_isHungUp(Trigger trigger) throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[0], Interest.PRIORITY, trigger);
    io.close(pipe[1]);
    if (supports(Capability.READ_CLOSED)) {
      expect(poller).readClosed(registration).hangup(registration).nothingElse();
    } else {
      expectNothing();
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void halfClosed_afterReadingIsDropped_doesNotSpin(Trigger trigger) throws Exception {
    int[] pair = io.unixPair();
    io.writeAll(pair[0]);
    Registration registration = add(pair[0], Interest.READABLE, trigger);
    sys.shutdown(pair[1], Linux.SHUT_WR);
    expect(poller).readable(registration).readClosed(registration).nothingElse();
    registration.modify(Interest.WRITABLE);
    expectNothing();
    long before = probe.waits();
    assertEquals(0, poller.await(events, 2_000_000));
    assertEquals(0, Math.max(0, probe.waits() - before - 2), "system calls beyond a quiet wait's");
    io.readAll(pair[1]);
    expect(poller).writable(registration).nothingElse();
  }

  @Test
  void accessors_outsideOfAnEvent_fail() {
    assertThrows(IndexOutOfBoundsException.class, () -> events.isReadable());
  }
}
