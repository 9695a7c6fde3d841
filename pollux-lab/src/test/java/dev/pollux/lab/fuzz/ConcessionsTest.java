package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import org.junit.jupiter.api.Test;

class ConcessionsTest {
  private final Concessions concessions = new Concessions();

  @Test
  void internetSocket_sendsUpToItsBytes() {
    concessions.record(Op.of(Kind.SOCKET, 0), 0);
    Op all = Op.of(Kind.WRITE, 0, Concessions.SOCKET_BYTES);
    assertTrue(concessions.allows(all));
    assertFalse(concessions.allows(Op.of(Kind.WRITE, 0, Concessions.SOCKET_BYTES + 1)));
    concessions.record(all, Concessions.SOCKET_BYTES);
    assertFalse(concessions.allows(Op.of(Kind.WRITE, 0, 1)));
    assertTrue(concessions.allows(Op.of(Kind.READ, 0, 1)));
  }

  @Test
  void internetSocket_makesUpToItsWrites_byAllItsHandles() {
    concessions.record(Op.of(Kind.ACCEPT, 0, 1), 0);
    concessions.record(Op.of(Kind.DUP, 2, 0), 0);
    for (int i = 0; i < Concessions.SOCKET_WRITES; i++) {
      int handle = i % 2 == 0 ? 0 : 2;
      assertTrue(concessions.allows(Op.of(Kind.WRITE, handle, 1)));
      concessions.record(Op.of(Kind.WRITE, handle, 1), 1);
    }
    assertFalse(concessions.allows(Op.of(Kind.SEND, 2, 1, 0)));
    concessions.record(Op.of(Kind.CLOSE, 2), 0);
    concessions.record(Op.of(Kind.SOCKET, 2), 0);
    assertTrue(concessions.allows(Op.of(Kind.SEND, 2, 1, 0)));
  }

  @Test
  void internetSocket_isNotFilled_othersAre() {
    concessions.record(Op.of(Kind.UDP, 0, 1), 0);
    concessions.record(Op.of(Kind.PAIR, 2, 3), 0);
    concessions.record(Op.of(Kind.PIPE, 4, 5), 0);
    assertFalse(concessions.allows(Op.of(Kind.FILL, 1)));
    assertTrue(concessions.allows(Op.of(Kind.FILL, 2)));
    assertTrue(concessions.allows(Op.of(Kind.FILL, 5)));
  }

  @Test
  void unixSocket_hasNoUrgentData() {
    concessions.record(Op.of(Kind.PAIR, 0, 1), 0);
    assertFalse(concessions.allows(Op.of(Kind.SEND, 0, 1, Linux.MSG_OOB)));
    assertFalse(concessions.allows(Op.of(Kind.RECV, 0, 1, Linux.MSG_OOB)));
    assertTrue(concessions.allows(Op.of(Kind.RECV, 0, 1, Linux.MSG_PEEK)));
  }

  @Test
  void failedOperation_changesNothing() {
    concessions.record(Op.of(Kind.SOCKET, 0), 0);
    concessions.record(Op.of(Kind.CLOSE, 0), -Errno.EBADF);
    concessions.record(Op.of(Kind.WRITE, 0, 1), -Errno.EPIPE);
    assertFalse(concessions.allows(Op.of(Kind.FILL, 0)));
  }

  @Test
  void fullConnection_isNeitherReadNorWritten_untilItIsEmpty() {
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    assertTrue(concessions.allows(Op.of(Kind.READ, 1, 1)));
    concessions.record(Op.of(Kind.FLOOD, 0), 0);
    assertFalse(concessions.allows(Op.of(Kind.READ, 1, 1)));
    assertFalse(concessions.allows(Op.of(Kind.WRITE, 0, 1)));
    assertFalse(concessions.allows(Op.of(Kind.WRITE, 1, 1)));
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 1)));
    concessions.record(Op.of(Kind.EMPTY, 1, 0), 0);
    assertTrue(concessions.allows(Op.of(Kind.READ, 1, 1)));
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)));
  }

  @Test
  void fullConnection_isWrittenByAThreadThatWillBlock_andItsCountIsFree() {
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    concessions.record(Op.of(Kind.FLOOD, 0), 0);
    Op large = Op.of(Kind.WRITE, 0, 65_536).by(1, Op.FOREVER);
    assertTrue(concessions.allows(large));
    assertTrue(concessions.isCountFree(large));
    concessions.started(large);
    concessions.record(Op.of(Kind.EMPTY, 1, 0), 0);
    concessions.returned(1);
    assertFalse(concessions.allows(Op.of(Kind.READ, 1, 1)), "the thread wrote meanwhile");
  }

  @Test
  void fullConnection_isNotFilled_whileAnEventWouldShowSomethingElse() {
    Op fill = Op.of(Kind.FLOOD, 0);
    Op drain = Op.of(Kind.DRAIN, 0);
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    assertTrue(concessions.allows(fill));
    concessions.record(Op.of(Kind.WRITE, 1, 1), 1);
    assertFalse(concessions.allows(fill), "a byte is not read");
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)), "never out of room");
    concessions.record(drain, -Errno.EAGAIN);
    assertTrue(concessions.allows(fill));
    Op wait = Op.of(Kind.WAIT, 2, 64).by(1, Op.FOREVER);
    concessions.started(wait);
    assertFalse(concessions.allows(fill), "a thread waits");
    concessions.returned(1);
    assertTrue(concessions.allows(fill));
    concessions.record(Op.of(Kind.SHUTDOWN, 1, 1), 0);
    concessions.record(drain, 0);
    assertFalse(concessions.allows(fill), "the end stays");
  }

  @Test
  void thread_inACall_makesNoOther() {
    Op call = Op.of(Kind.READ, 0, 1).by(1, Op.FOREVER);
    concessions.started(call);
    assertFalse(concessions.allows(call));
    assertTrue(concessions.allows(call.by(2, Op.FOREVER)));
    assertTrue(concessions.allows(Op.of(Kind.READ, 0, 1)));
    assertFalse(concessions.allows(Op.of(Kind.SETFL, 0, 0)), "under a sleeper");
    concessions.returned(1);
    assertTrue(concessions.allows(call));
  }

  @Test
  void sharedPort_isNotConnectedTo() {
    for (int handle = 0; handle < 2; handle++) {
      concessions.record(Op.of(Kind.SOCKET, handle), 0);
      concessions.record(Op.of(Kind.REUSE, handle, 1, 1), 0);
      assertTrue(concessions.allows(Op.of(Kind.TO, 5, 2)));
      concessions.record(Op.of(Kind.BIND, handle, 2), 0);
    }
    assertFalse(concessions.allows(Op.of(Kind.TO, 5, 2)));
    assertTrue(concessions.allows(Op.of(Kind.TO, 5, 1)));
  }

  @Test
  void burst_isWhatIsSentOnOneSocket() {
    concessions.record(Op.of(Kind.SOCKET, 0), 0);
    concessions.record(Op.of(Kind.WRITE, 0, 1), 1);
    assertTrue(concessions.isBurst(Op.of(Kind.CLOSE, 0)));
    assertFalse(concessions.isBurst(Op.of(Kind.CLOSE, 1)));
    assertFalse(concessions.isBurst(Op.of(Kind.READ, 0, 1)));
    concessions.record(Op.of(Kind.READ, 0, 1), -Errno.EAGAIN);
    assertFalse(concessions.isBurst(Op.of(Kind.CLOSE, 0)));
  }

  @Test
  void fullConnection_isNotMadeWhereAnEpollWatchesAnother() {
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    concessions.record(Op.of(Kind.EPOLL, 2, 1), 0);
    concessions.record(Op.of(Kind.EPOLL, 3, 1), 0);
    concessions.record(Op.of(Kind.CTL, 2, Linux.EPOLL_CTL_ADD, 0, Linux.EPOLLOUT, 1), 0);
    assertTrue(concessions.allows(Op.of(Kind.FLOOD, 0)));
    concessions.record(Op.of(Kind.CTL, 3, Linux.EPOLL_CTL_ADD, 2, Linux.EPOLLIN, 1), 0);
    assertFalse(concessions.allows(Op.of(Kind.FLOOD, 0)));
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 0)));
  }

  @Test
  void counter_hasOneThread_whichAddsLittle() {
    concessions.record(Op.of(Kind.EVENTFD, 0, 0, 1), 0);
    assertFalse(concessions.allows(Op.of(Kind.WRITE, 0, 8).by(1, Op.FOREVER)));
    assertTrue(concessions.allows(Op.of(Kind.WRITE, 0, 8)));
    Op read = Op.of(Kind.READ, 0, 8).by(1, Op.FOREVER);
    assertTrue(concessions.allows(read));
    concessions.started(read);
    assertFalse(concessions.allows(Op.of(Kind.READ, 0, 8).by(2, Op.FOREVER)));
    assertFalse(concessions.allows(Op.of(Kind.COUNT, 0, 1).by(2, Op.FOREVER)));
    concessions.returned(1);
    assertTrue(concessions.allows(Op.of(Kind.READ, 0, 8).by(2, Op.FOREVER)));
  }

  @Test
  void fullConnection_isNotFilled_whileAnEpollWatchesAnother() {
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    concessions.record(Op.of(Kind.EPOLL, 2, 1), 0);
    concessions.record(Op.of(Kind.EPOLL, 3, 1), 0);
    concessions.record(Op.of(Kind.CTL, 2, Linux.EPOLL_CTL_ADD, 0, Linux.EPOLLIN, 0), 0);
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)));
    Op nest = Op.of(Kind.CTL, 2, Linux.EPOLL_CTL_ADD, 3, Linux.EPOLLIN, 3);
    concessions.record(nest, 0);
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 0)));
    concessions.record(nest.with(1, Linux.EPOLL_CTL_DEL), 0);
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)), "deleted");
    concessions.record(nest, 0);
    concessions.record(Op.of(Kind.DUP, 4, 3), 0);
    concessions.record(Op.of(Kind.CLOSE, 3), 0);
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 0)), "kept by a duplicate");
    concessions.record(Op.of(Kind.CLOSE, 4), 0);
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)), "closed");
  }

  @Test
  void fullConnection_isFilledAFewTimes_andNotTowardsADeafPeer() {
    concessions.record(Op.of(Kind.SMALL, 0, 1), 0);
    for (int i = 0; i < Concessions.MAX_FILLS; i++) {
      assertTrue(concessions.allows(Op.of(Kind.LOAD, 0)));
      concessions.record(Op.of(Kind.LOAD, 0), 0);
      concessions.record(Op.of(Kind.EMPTY, 1, 0), 0);
    }
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 0)));
    assertTrue(concessions.allows(Op.of(Kind.LOAD, 1)));
    concessions.record(Op.of(Kind.SHUTDOWN, 0, Linux.SHUT_RD), 0);
    assertFalse(concessions.allows(Op.of(Kind.LOAD, 1)));
  }
}
