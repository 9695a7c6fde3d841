package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the fuzzer has found, as small programs: the model does what the kernel does.
 *
 * <p>The kernel that runs the test is the judge, so nothing is expected here but that both agree.
 */
class RegressionTest {
  private static final int MSG_ERRQUEUE = 0x2000;
  private static final int EVENTFD_OVERFLOW = 5; // the index of ULLONG_MAX - 1

  private final Sys kernel = NativeSys.open();
  private final Lockstep lockstep =
      new Lockstep(
          _ -> kernel, Fuzzer.ORACLE_BASE, Kernels.model(0, kernel::nanoTime), Fuzzer.SUBJECT_BASE);

  private void same(Op... program) {
    Difference difference = lockstep.confirm(List.of(program));
    assertNull(difference, () -> String.valueOf(difference));
    assertEquals(Set.of(), lockstep.unknown(), "what the model does not know is not compared");
    assertEquals(0, lockstep.declined() + lockstep.raced(), "a program without a verdict");
  }

  /** A connection: h8 listens, h0 is the client, h1 the accepted end; then the program. */
  private void sameOnConnection(Op... program) {
    List<Op> whole =
        new ArrayList<>(
            List.of(
                Op.of(Kind.SOCKET, 8),
                Op.of(Kind.LISTEN, 8),
                Op.of(Kind.SOCKET, 0),
                Op.of(Kind.CONNECT, 0, 8),
                Op.of(Kind.ACCEPT, 1, 8)));
    whole.addAll(List.of(program));
    same(whole.toArray(Op[]::new));
  }

  private static Op add(int epoll, int target, int events) {
    return Op.of(Kind.CTL, epoll, Linux.EPOLL_CTL_ADD, target, events, target);
  }

  private static Op await(int epoll) {
    return Op.of(Kind.WAIT, epoll, 8);
  }

  @Test
  void callThatTheModelDoesNotKnow_endsTheProgram_andIsCounted() {
    Op lacking = Op.of(Kind.RECV, 0, 1, MSG_ERRQUEUE);
    List<Op> program = List.of(Op.of(Kind.UDP, 0, 1), lacking, Op.of(Kind.WRITE, 0, 1));
    assertNull(lockstep.run(program, null));
    assertEquals(1, lockstep.declined());
    assertEquals(Set.of("recv(MSG_ERRQUEUE)"), lockstep.unknown());
  }

  @Test
  void threadsCallThatTheModelDoesNotKnow_endsTheProgram_andIsCounted() {
    Op lacking = Op.of(Kind.RECV, 0, 1, MSG_ERRQUEUE).by(1, Op.FOREVER);
    assertNull(lockstep.run(List.of(Op.of(Kind.UDP, 0, 1), lacking), null));
    assertEquals(1, lockstep.declined());
  }

  @Test
  void eventfd_writeOfOtherSizes_isInvalid() {
    same(
        Op.of(Kind.EVENTFD, 0, 0, 0),
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.WRITE, 0, 7),
        Op.of(Kind.WRITE, 0, 8),
        Op.of(Kind.WRITE, 0, 9));
  }

  @Test
  void eventfd_overflowingWrite_isRefused() {
    same(
        Op.of(Kind.EVENTFD, 0, 3, 0),
        Op.of(Kind.COUNT, 0, EVENTFD_OVERFLOW),
        Op.of(Kind.READ, 0, 8),
        Op.of(Kind.COUNT, 0, EVENTFD_OVERFLOW),
        Op.of(Kind.COUNT, 0, 1));
  }

  @Test
  void epoll_fionread_isInvalid() {
    same(Op.of(Kind.EPOLL, 0, 1), Op.of(Kind.AVAILABLE, 0));
  }

  @Test
  void select_badDescriptorBehindAnEpoll_leavesTheReadyListAlone() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.PIPE, 1, 2),
        add(0, 1, Linux.EPOLLIN),
        Op.of(Kind.WRITE, 2, 1),
        Op.of(Kind.EVENTFD, 3, 1, 0),
        add(0, 3, Linux.EPOLLIN),
        Op.of(Kind.READ, 1, 1),
        Op.of(Kind.SELECT, 4, 1, 0, 1),
        Op.of(Kind.WRITE, 2, 1),
        await(0));
  }

  @Test
  void udp_send_isAnEdgeForTheSender() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.UDP, 1, 2),
        add(0, 1, Linux.EPOLLOUT | Linux.EPOLLET),
        await(0),
        Op.of(Kind.WRITE, 1, 1),
        await(0));
  }

  @Test
  void udp_readAfterShutdown_wouldBlock() {
    same(Op.of(Kind.UDP, 0, 1), Op.of(Kind.SHUTDOWN, 0, 0), Op.of(Kind.READ, 0, 1));
  }

  @Test
  void udp_receiveOutOfBand_ignoresTheFlag() {
    same(
        Op.of(Kind.UDP, 0, 1),
        Op.of(Kind.RECV, 0, 1, Linux.MSG_OOB),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.RECV, 0, 1, Linux.MSG_OOB));
  }

  @Test
  void udp_disconnected_isHeardNoMore() {
    same(
        Op.of(Kind.UDP, 0, 1),
        Op.of(Kind.DISCONNECT, 1),
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.POLL, 0, Linux.POLLIN, 1, Linux.POLLIN),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.LISTEN, 1));
  }

  @Test
  void unixDatagram_full_refusesTheSame() {
    same(Op.of(Kind.DGRAMS, 0, 1), Op.of(Kind.FILL, 0), Op.of(Kind.DRAIN, 1));
  }

  @Test
  void unixDatagram_failedSend_isAnEdgeForTheSender() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.DGRAMS, 1, 2),
        add(0, 1, Linux.EPOLLOUT | Linux.EPOLLET),
        Op.of(Kind.SHUTDOWN, 2, 0),
        await(0),
        Op.of(Kind.WRITE, 1, 1),
        await(0),
        Op.of(Kind.CLOSE, 2),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.SHUTDOWN, 1, 1),
        Op.of(Kind.WRITE, 1, 1));
  }

  @Test
  void unixDatagram_peerLeavesWithUnreadData_isToldOfAReset() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.DGRAMS, 1, 2),
        add(0, 1, 0),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.DISCONNECT, 2),
        await(0),
        Op.of(Kind.ERROR, 1));
  }

  @Test
  void unixStream_shortReadBelowLowWater_takesTheError() {
    same(
        Op.of(Kind.PAIR, 0, 1),
        Op.of(Kind.LOWAT, 1, 5),
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.CLOSE, 0),
        Op.of(Kind.READ, 1, 8),
        Op.of(Kind.READ, 1, 8));
  }

  @Test
  void unixStream_full_refusesTheSame() {
    same(
        Op.of(Kind.PAIR, 0, 1),
        Op.of(Kind.WRITE, 1, 19_880),
        Op.of(Kind.FILL, 1),
        Op.of(Kind.READ, 0, 4096),
        Op.of(Kind.POLL, 1, Linux.POLLOUT),
        Op.of(Kind.DRAIN, 0));
  }

  @Test
  void tcp_urgentByteReadOver_isNoPriorityAnyMore() {
    sameOnConnection(
        Op.of(Kind.SEND, 1, 1, Linux.MSG_OOB),
        Op.of(Kind.POLL, 0, Linux.POLLPRI),
        Op.of(Kind.READ, 0, 1),
        Op.of(Kind.POLL, 0, Linux.POLLPRI));
  }

  @Test
  void tcp_urgentByteInFront_isNotCountedByFionread() {
    sameOnConnection(
        Op.of(Kind.SEND, 1, 1, Linux.MSG_OOB),
        Op.of(Kind.WRITE, 1, 1),
        Op.of(Kind.AVAILABLE, 0),
        Op.of(Kind.INLINE, 0, 1),
        Op.of(Kind.AVAILABLE, 0),
        Op.of(Kind.READ, 0, 8));
  }

  @Test
  void tcp_urgentByteThatResets_isPriorityAllTheSame() {
    sameOnConnection(
        Op.of(Kind.SHUTDOWN, 0, 2),
        Op.of(Kind.SEND, 1, 1, Linux.MSG_OOB),
        Op.of(Kind.POLL, 0, Linux.POLLPRI),
        Op.of(Kind.RECV, 0, 1, Linux.MSG_OOB));
  }

  @Test
  void tcp_bytesThatEndUrgentAndReset_arePriorityAllTheSame() {
    sameOnConnection(
        Op.of(Kind.SHUTDOWN, 1, 2),
        Op.of(Kind.SEND, 0, 2, Linux.MSG_OOB),
        Op.of(Kind.SELECT, 1, 4),
        Op.of(Kind.RECV, 1, 1, Linux.MSG_OOB),
        Op.of(Kind.AVAILABLE, 1));
  }

  @Test
  void tcp_lowWaterMark_announcesWhatIsThere() {
    sameOnConnection(
        Op.of(Kind.EPOLL, 2, 1),
        add(2, 0, Linux.EPOLLIN | Linux.EPOLLET),
        Op.of(Kind.WRITE, 1, 1),
        await(2),
        Op.of(Kind.LOWAT, 0, 1),
        await(2));
  }

  /** Also where the fuzzer waits for the FIN's acknowledgement. */
  @Test
  void tcp_shutDown_isFollowedByTheRestOfTheProgram() {
    sameOnConnection(Op.of(Kind.SHUTDOWN, 0, 1), Op.of(Kind.READ, 1, 1), Op.of(Kind.WRITE, 1, 1));
  }

  @Test
  void tcp_refusedThenShutDown_isGoodForNothing() {
    same(
        Op.of(Kind.SOCKET, 0),
        Op.of(Kind.REFUSED, 0),
        Op.of(Kind.SHUTDOWN, 0, 0),
        Op.of(Kind.REFUSED, 0),
        Op.of(Kind.LISTEN, 0));
  }

  @Test
  void tcp_refused_givesItsPortBack() {
    same(Op.of(Kind.SOCKET, 0), Op.of(Kind.REFUSED, 0), Op.of(Kind.LISTEN, 0));
  }

  @Test
  void tcp_sendWhereNothingIsConnected_isABrokenPipe() {
    sameOnConnection(
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.CLOSE, 1),
        Op.of(Kind.CONNECT, 0, 8),
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.SEND, 8, 1, 0));
  }

  @Test
  void tcp_disconnectedAndConnectedAgain_hasNoError() {
    sameOnConnection(
        Op.of(Kind.EPOLL, 2, 1),
        Op.of(Kind.DISCONNECT, 0),
        add(2, 0, 0),
        Op.of(Kind.CONNECT, 0, 8),
        await(2),
        Op.of(Kind.RECV, 0, 0, 0));
  }

  @Test
  void tcp_listenerOnAnOldConnection_isNoConnection() {
    sameOnConnection(
        Op.of(Kind.CLOSE, 8),
        Op.of(Kind.LINGER, 1),
        Op.of(Kind.CLOSE, 1),
        Op.of(Kind.ERROR, 0),
        Op.of(Kind.DISCONNECT, 0),
        Op.of(Kind.LISTEN, 0),
        Op.of(Kind.DISCONNECT, 0),
        Op.of(Kind.READ, 0, 1));
  }

  @Test
  void tcp_shutForSending_thenConnectedToItself_isAtItsEnd() {
    same(
        Op.of(Kind.SOCKET, 0),
        Op.of(Kind.BIND, 0, 1),
        Op.of(Kind.SHUTDOWN, 0, 1),
        Op.of(Kind.TO, 0, 1).by(1, Op.FOREVER),
        Op.of(Kind.SELF, 0),
        Op.of(Kind.READ, 0, 1),
        Op.of(Kind.TO, 0, 1));
  }

  @Test
  void tcp_shutBeforeItListens_hasChildrenThatAreShut() {
    for (int halves = 0; halves < 3; halves++) {
      same(
          Op.of(Kind.SOCKET, 8),
          Op.of(Kind.SHUTDOWN, 8, halves),
          Op.of(Kind.LISTEN, 8),
          Op.of(Kind.SOCKET, 0),
          Op.of(Kind.CONNECT, 0, 8),
          Op.of(Kind.ACCEPT, 1, 8),
          Op.of(Kind.EPOLL, 2, 1),
          add(2, 0, Linux.EPOLLIN | Linux.EPOLLRDHUP),
          add(2, 1, Linux.EPOLLIN | Linux.EPOLLRDHUP),
          await(2),
          Op.of(Kind.READ, 1, 1),
          Op.of(Kind.WRITE, 1, 1),
          Op.of(Kind.READ, 0, 2),
          Op.of(Kind.WRITE, 0, 1),
          Op.of(Kind.READ, 1, 1),
          Op.of(Kind.SHUTDOWN, 8, 0),
          Op.of(Kind.LISTEN, 8),
          Op.of(Kind.SOCKET, 3),
          Op.of(Kind.CONNECT, 3, 8),
          Op.of(Kind.ACCEPT, 4, 8),
          Op.of(Kind.READ, 4, 1));
    }
  }

  @Test
  void datagramPort_isNotTheNumberOfAListenersPort() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.UDP, 1, 2),
        add(0, 2, 0),
        Op.of(Kind.SOCKET, 3),
        Op.of(Kind.LISTEN, 3),
        Op.of(Kind.CONNECT, 2, 3),
        Op.of(Kind.WRITE, 2, 1),
        await(0));
  }

  @Test
  void unixDatagramSocket_connectedAgain_isAnEdgeOfItsRoom() {
    for (int second = 0; second < 2; second++) {
      same(
          Op.of(Kind.EPOLL, 0, 1),
          Op.of(Kind.DGRAMS, 1, 2),
          add(0, 1, Linux.EPOLLOUT | Linux.EPOLLET),
          Op.of(Kind.BIND, 2, 0),
          Op.of(Kind.UNIX, 3, 1),
          Op.of(Kind.BIND, 3, 1),
          await(0),
          Op.of(Kind.TO, 1, second),
          await(0));
    }
  }

  @Test
  void tcp_receiveOfNothing_sleepsOnce() {
    Op receive = Op.of(Kind.RECV, 1, 0, 0).by(1, Op.FOREVER);
    same(Op.of(Kind.SMALL, 0, 1), receive, Op.of(Kind.SHUTDOWN, 1, 1));
    same(Op.of(Kind.SMALL, 0, 1), receive, Op.of(Kind.SHUTDOWN, 0, 1));
    same(Op.of(Kind.SMALL, 0, 1), Op.of(Kind.FLOOD, 1), receive, Op.of(Kind.EMPTY, 0, 1));
  }

  @Test
  void select_forRoom_isWokenByBytes_andFindsItsDescriptorClosed() {
    same(
        Op.of(Kind.PAIR, 0, 1),
        Op.of(Kind.FILL, 0),
        Op.of(Kind.SELECT, 0, 2).by(1, Op.FOREVER),
        Op.of(Kind.CLOSE, 0),
        Op.of(Kind.WRITE, 1, 3));
  }

  @Test
  void port_thatWasShared_isSharedOn() {
    for (int option = 0; option < 2; option++) {
      for (int listens = 0; listens < 2; listens++) {
        List<Op> program =
            new ArrayList<>(
                List.of(
                    Op.of(Kind.SOCKET, 0),
                    Op.of(Kind.REUSE, 0, option, 1),
                    Op.of(Kind.BIND, 0, 0),
                    Op.of(Kind.REUSE, 0, option, 0)));
        if (listens == 1) {
          program.add(Op.of(Kind.BACKLOG, 0, 1));
        }
        program.addAll(
            List.of(
                Op.of(Kind.SOCKET, 1),
                Op.of(Kind.REUSE, 1, option, 1),
                Op.of(Kind.BIND, 1, 0),
                Op.of(Kind.BACKLOG, 1, 1),
                Op.of(Kind.SOCKET, 2),
                Op.of(Kind.BIND, 2, 0),
                Op.of(Kind.SOCKET, 3),
                Op.of(Kind.REUSE, 3, 1 - option, 1),
                Op.of(Kind.BIND, 3, 0)));
        same(program.toArray(Op[]::new));
      }
    }
  }

  @Test
  void tcp_leftWhileItWantedRoom_isNotToldOfIt() {
    same(
        Op.of(Kind.EPOLL, 2, 1),
        Op.of(Kind.SMALL, 0, 1),
        add(2, 0, Linux.EPOLLOUT | Linux.EPOLLET),
        Op.of(Kind.LOAD, 0),
        Op.of(Kind.WAIT, 2, 64),
        Op.of(Kind.DISCONNECT, 0),
        Op.of(Kind.WAIT, 2, 64),
        Op.of(Kind.EMPTY, 1, 0),
        Op.of(Kind.WAIT, 2, 64));
  }

  @Test
  void epoll_writtenTo_keepsTheOrderOfItsReadyList() {
    same(
        Op.of(Kind.EPOLL, 0, 1),
        Op.of(Kind.PIPE, 1, 2),
        add(0, 1, Linux.EPOLLIN),
        Op.of(Kind.EPOLL, 3, 1),
        add(0, 3, Linux.EPOLLIN),
        Op.of(Kind.WRITE, 2, 1),
        Op.of(Kind.DRAIN, 1),
        Op.of(Kind.WRITE, 0, 1),
        Op.of(Kind.PAIR, 4, 5),
        add(3, 4, Linux.EPOLLIN),
        Op.of(Kind.WRITE, 5, 1),
        Op.of(Kind.WRITE, 2, 1),
        Op.of(Kind.WAIT, 0, 1));
  }

  @Test
  void connect_thatWaits_asksForTheOutcomeOnly() {
    Op connect = Op.of(Kind.TO, 2, 0).by(1, Op.FOREVER);
    for (int halves = 0; halves < 3; halves++) {
      same(
          Op.of(Kind.SOCKET, 0),
          Op.of(Kind.BIND, 0, 0),
          Op.of(Kind.BACKLOG, 0, 0),
          Op.of(Kind.SOCKET, 1),
          Op.of(Kind.TO, 1, 0),
          Op.of(Kind.SOCKET, 2),
          connect,
          Op.of(Kind.SHUTDOWN, 2, halves),
          Op.of(Kind.ERROR, 2),
          Op.of(Kind.WRITE, 2, 1));
    }
  }

  @Test
  void tcp_receiveOfNothing_isCutByADisconnect() {
    Op receive = Op.of(Kind.RECV, 1, 0, 0).by(1, Op.FOREVER);
    same(Op.of(Kind.SMALL, 0, 1), receive, Op.of(Kind.DISCONNECT, 1), Op.of(Kind.ERROR, 1));
  }

  /** The urgent byte is told, and then the bytes it came with: each wakes one. */
  @Test
  void urgentByte_withOthers_wakesTwoExclusiveWaiters() {
    int events = Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE;
    sameOnConnection(
        Op.of(Kind.EPOLL, 3, 1),
        add(3, 0, events),
        Op.of(Kind.WAIT, 3, 1).by(1, Op.FOREVER),
        Op.of(Kind.EPOLL, 4, 1),
        add(4, 0, events),
        Op.of(Kind.WAIT, 4, 1).by(2, Op.FOREVER),
        Op.of(Kind.SEND, 1, 2, Linux.MSG_OOB));
  }
}
