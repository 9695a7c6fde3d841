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
}
