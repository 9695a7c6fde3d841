package dev.pollux.net;

import static dev.pollux.net.DatagramBox.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import dev.pollux.sys.UnixAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What datagram endpoints do, on any kernel, by level and by edges. */
abstract class DatagramContract extends DatagramPeersContract {

  // ---- there and back

  @Test
  void datagrams_sentInOneTurn_goByOneCallInOrder() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    assertTrue(a.send("one", b));
    assertTrue(a.send("", b));
    assertTrue(a.send("three", b));
    b.expect("one", "", "three");
    assertEquals(a.address(), b.last);
    assertEquals(1, box.calls("sendmmsg"));
    assertEquals(new DatagramStats(0, 0, 0, 3, 0, 0, 0), a.endpoint.stats());
    assertEquals(new DatagramStats(3, 0, 0, 0, 0, 0, 0), b.endpoint.stats());
  }

  @Test
  void reply_withinReceived_goesToTheSender() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    b.action = data -> assertTrue(b.endpoint.reply(data));
    a.send("echo", b);
    a.expect("echo");
    assertEquals(b.address(), a.last);
    assertThrows(IllegalStateException.class, () -> b.endpoint.reply(bytes("x")));
  }

  @Test
  void datagram_longerThanTheLimit_isTruncatedOrRefused() throws SysException {
    DatagramBox.Peer a = open(SMALL.withDatagramBytes(65));
    DatagramBox.Peer b = open();
    a.send("x".repeat(64), b);
    a.send("y".repeat(65), b);
    b.expect("x".repeat(64), "y".repeat(64) + "…");
    assertEquals(1, b.endpoint.stats().truncated());
    assertThrows(IllegalArgumentException.class, () -> b.send("y".repeat(65), a));
    assertTrue(b.endpoint.isOpen());
  }

  @Test
  void turn_receivesUpToItsLimit_restComesInTheNext() throws SysException {
    DatagramBox.Peer a = open(SMALL.withSendCapacity(20));
    DatagramBox.Peer b = open(SMALL.withReceiveBatch(4).withReceivePerTurn(8));
    b.endpoint.pause();
    for (int i = 0; i < 20; i++) {
      assertTrue(a.send("m" + i, b));
    }
    box.until(() -> a.endpoint.stats().sent() == 20);
    box.turns(2);
    assertEquals(0, b.log.size());
    b.endpoint.resume();
    int seen = 0;
    while (seen < 20) {
      int before = seen;
      box.until(() -> b.log.size() > before);
      seen = b.log.size();
      assertTrue(seen - before <= 8, () -> "more than the limit of a turn");
    }
    for (int i = 0; i < 20; i++) {
      assertEquals("m" + i, b.log.get(i));
    }
  }

  @Test
  void pause_inTheMiddleOfABatch_keepsTheRest() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    b.action = _ -> b.endpoint.pause();
    a.send("1", b);
    a.send("2", b);
    a.send("3", b);
    for (String each : new String[] {"1", "2", "3"}) {
      b.expect(each);
      box.turns(3);
      assertEquals(0, b.log.size());
      b.endpoint.resume();
    }
    a.send("4", b);
    b.expect("4");
  }

  // ---- limits

  @Test
  void queue_full_dropsCountsAndTellsOfRoom() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    for (int i = 0; i < 4; i++) {
      assertTrue(a.send("m" + i, b));
    }
    box.lie("sendmmsg", -Errno.EAGAIN);
    var fifth = bytes("m4");
    assertFalse(a.endpoint.send(fifth, b.address()));
    assertEquals(2, fifth.remaining());
    assertEquals(new DatagramStats(0, 0, 0, 0, 1, 0, 4), a.endpoint.stats());
    assertEquals(1, NetStats.of(box.loop).refused(Limit.DATAGRAM_QUEUE));
    a.expect("drained");
    b.expect("m0", "m1", "m2", "m3");
  }

  /** The queue is a batch, not a bound on what the kernel may take in a turn. */
  @Test
  void burst_atAnIdleKernel_isSent() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    for (int i = 0; i < 42; i++) {
      assertTrue(a.send("m" + i, b));
    }
    box.until(() -> b.log.size() == 42);
    assertEquals("m41", b.log.getLast());
    assertEquals(new DatagramStats(0, 0, 0, 42, 0, 0, 0), a.endpoint.stats());
  }

  @Test
  void burst_withOneThatIsRefused_sendsTheRestAndTellsInItsOwnTurn() throws SysException {
    DatagramBox.Peer a = open(SMALL.withDatagramBytes(70_000));
    DatagramBox.Peer b = open(SMALL);
    a.send("x".repeat(66_000), b);
    for (int i = 0; i < 20; i++) {
      assertTrue(a.send("m" + i, b));
    }
    assertEquals(0, a.log.size());
    a.expect("unsent EMSGSIZE");
    box.until(() -> b.log.size() == 20);
    assertEquals(new DatagramStats(0, 0, 0, 20, 0, 1, 0), a.endpoint.stats());
  }

  /** However many are refused: what is to be told is bounded, too. */
  @Test
  void burst_ofNothingButRefusals_isBounded() throws SysException {
    DatagramBox.Peer a = open(SMALL.withDatagramBytes(70_000));
    DatagramBox.Peer b = open(SMALL);
    int taken = 0;
    for (int i = 0; i < 20; i++) {
      taken += a.send("x".repeat(66_000), b) ? 1 : 0;
    }
    assertEquals(8, taken); // 4 were offered and refused, 4 wait
    int all = taken;
    box.until(() -> a.log.stream().filter("unsent EMSGSIZE"::equals).count() == all);
    assertEquals(20 - taken, a.endpoint.stats().dropped());
    a.log.clear();
    assertTrue(a.send("y", b));
    b.expect("y");
  }

  @Test
  void unix_receiverFull_waitsForRoomAndLosesNothing() throws SysException {
    DatagramBox.Peer a = box.open(UnixAddress.unnamed(), SMALL.withEdge(edge()));
    DatagramBox.Peer b = box.open(UnixAddress.unnamed(), SMALL.withEdge(edge()));
    a.endpoint.connect(b.address());
    b.endpoint.pause();
    int accepted = 0;
    for (int i = 0; i < 400; i++) {
      accepted += a.endpoint.send(bytes("m" + accepted)) ? 1 : 0;
      box.turns(1);
    }
    assertTrue(accepted < 400 && a.endpoint.stats().dropped() == 400 - accepted);
    assertEquals(4, a.endpoint.stats().queued());
    int calls = box.calls("sendmmsg");
    box.turns(10);
    int more = box.calls("sendmmsg") - calls; // on a slow machine it may be time for a look
    assertTrue(more < 5, () -> "a blocked endpoint tries again and again: " + more);
    b.endpoint.resume();
    int expected = accepted;
    box.until(() -> b.log.size() == expected);
    assertEquals("m" + (accepted - 1), b.log.getLast());
    a.expect("drained");
  }

  // ---- errors

  @Test
  void connected_nobodyThere_failsAndGoesOn() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer gone = open();
    SocketAddress nobody = gone.address();
    gone.endpoint.close();
    gone.expect("closed");
    a.endpoint.connect(nobody);
    assertTrue(a.endpoint.send(bytes("x")));
    a.expect("failed ECONNREFUSED");
    DatagramBox.Peer back = box.open(nobody, SMALL);
    assertTrue(a.endpoint.send(bytes("y")));
    back.expect("y");
    assertEquals(2, a.endpoint.stats().sent());
  }

  @Test
  void unixPeer_gone_datagramIsUnsent() throws SysException {
    DatagramBox.Peer a = box.open(UnixAddress.unnamed(), SMALL.withEdge(edge()));
    DatagramBox.Peer gone = box.open(UnixAddress.unnamed(), SMALL);
    SocketAddress nobody = gone.address();
    gone.endpoint.close();
    gone.expect("closed");
    assertTrue(a.endpoint.send(bytes("x"), nobody));
    a.expect("unsent ECONNREFUSED");
    assertEquals(nobody, a.last);
    assertEquals(1, a.endpoint.stats().unsent());
    assertTrue(a.endpoint.isOpen());
  }

  @Test
  void datagram_tooLongForTheKernel_isUnsentAndTheRestGoes() throws SysException {
    DatagramBox.Peer a = open(SMALL.withDatagramBytes(70_000));
    DatagramBox.Peer b = open();
    a.send("1", b);
    a.send("x".repeat(66_000), b);
    a.send("3", b);
    b.expect("1", "3");
    a.expect("unsent EMSGSIZE");
    assertEquals(b.address(), a.last);
  }

  @Test
  void target_withoutAConnection_isUnsent() throws SysException {
    DatagramBox.Peer a = open();
    assertTrue(a.endpoint.send(bytes("x")));
    a.expect("unsent EDESTADDRREQ");
  }

  @Test
  void target_unresolved_isRefusedAtOnce() throws SysException {
    DatagramBox.Peer a = open();
    var nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
    assertThrows(IllegalArgumentException.class, () -> a.endpoint.send(bytes("x"), nowhere));
    assertEquals(0, a.endpoint.stats().queued());
  }

  // ---- a kernel that lies

  @Test
  void send_refusedOnceForAnEarlierDatagram_isSentAllTheSame() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    box.lie("sendmmsg", -Errno.ECONNREFUSED);
    a.send("x", b);
    b.expect("x");
    a.expect("failed ECONNREFUSED");
    assertEquals(0, a.endpoint.stats().unsent());
  }

  @Test
  void send_outOfMemory_dropsOneAndGoesOn() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    box.lie("sendmmsg", -Errno.ENOBUFS, -Errno.ENOBUFS);
    a.send("x", b);
    a.send("y", b);
    b.expect("y");
    a.expect("unsent ENOBUFS");
  }

  @Test
  void send_againThoughReady_isTriedWhenWritable() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    box.lie("sendmmsg", -Errno.EAGAIN, -Errno.EINTR);
    a.send("x", b);
    b.expect("x");
    assertEquals(0, a.log.size());
  }

  @Test
  void receive_againThoughReady_comesLater() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    box.lie("recvmmsg", -Errno.EINTR, -Errno.ENOMEM);
    a.send("x", b);
    b.expect("failed ENOMEM", "x");
  }

  @Test
  void receive_impossible_closes() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    box.lie("recvmmsg", -Errno.EBADF);
    a.send("x", b);
    b.expect("closed SysException");
    assertFalse(b.endpoint.isOpen());
  }

  // ---- opening and closing

  @Test
  void open_addressTaken_leavesNothingOpen() throws SysException {
    DatagramBox.Peer a = open();
    SocketAddress taken = a.address();
    int closes = box.calls("close");
    SysException e = assertThrows(SysException.class, () -> box.open(taken, SMALL));
    assertEquals(Errno.EADDRINUSE, e.errno());
    assertEquals(closes + 1, box.calls("close"));
  }

  @Test
  void open_reusingThePort_sharesTheAddress() throws SysException {
    DatagramBox.Peer a = open(SMALL.withReusePort(true));
    DatagramBox.Peer b = box.open(a.address(), SMALL.withReusePort(true));
    DatagramBox.Peer sender = open();
    sender.send("x", a);
    box.until(() -> a.log.size() + b.log.size() == 1);
  }

  @Test
  void close_withDatagramsQueued_sendsThemFirst() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    a.send("last", b);
    a.endpoint.close();
    a.endpoint.close();
    b.expect("last");
    a.expect("closed");
    assertThrows(IllegalStateException.class, () -> a.endpoint.send(bytes("x"), b.address()));
    assertEquals(1, a.endpoint.stats().sent());
  }

  @Test
  void close_withinReceived_endsTheBatch() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    b.action = _ -> b.endpoint.close();
    a.send("1", b);
    a.send("2", b);
    b.expect("1", "closed");
    box.turns(2);
    assertEquals(0, b.log.size());
  }

  /** Anybody may send a datagram that a handler cannot read. */
  @Test
  void handler_throws_datagramIsDroppedAndServiceLives() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    b.action =
        data -> {
          if (data.get(0) == '1') {
            throw new IllegalStateException("thrown by a test");
          }
          assertTrue(b.endpoint.reply(data));
        };
    a.send("1", b);
    a.send("2", b);
    b.expect("1", "2");
    a.expect("2");
    assertEquals(1, b.endpoint.stats().failed());
    assertEquals(2, b.endpoint.stats().received());
    String report = "received() of a handler of " + b.endpoint + ": thrown by a test";
    assertEquals(List.of(report), box.reported);
  }

  /** Who sends many of them does not write the log full. */
  @Test
  void handler_throwsAgainAndAgain_isReportedOnceASecondWithTheCount() throws SysException {
    DatagramBox.Peer a = open();
    DatagramBox.Peer b = open();
    b.action =
        _ -> {
          throw new IllegalStateException("thrown by a test");
        };
    for (int i = 0; i < 4; i++) {
      a.send("m", b);
    }
    box.until(() -> b.log.size() == 4);
    assertEquals(4, b.endpoint.stats().failed());
    assertEquals(1, box.reported.size());
    box.pass(DatagramCalls.REPORT_NANOS);
    a.send("m", b);
    box.until(() -> b.log.size() == 5);
    assertEquals(2, box.reported.size());
    String second = box.reported.getLast();
    assertTrue(second.contains(" (and 3 calls since the last report)"), second);
  }

  @Test
  void handler_throwsOfWhatItIsTold_isReportedAndServiceLives() throws SysException {
    DatagramBox.Peer a = open(SMALL.withDatagramBytes(70_000));
    DatagramBox.Peer b = open();
    a.onTold =
        _ -> {
          throw new IllegalStateException("thrown by a test");
        };
    a.send("x".repeat(66_000), b);
    a.expect("unsent EMSGSIZE");
    assertEquals(1, a.endpoint.stats().failed());
    a.send("y", b);
    b.expect("y");
    a.endpoint.close();
    a.expect("closed");
    assertEquals(2, box.reported.size());
    assertTrue(box.reported.getFirst().startsWith("unsent() of a handler of "));
    assertTrue(box.reported.getLast().startsWith("closed() of a handler of "));
  }

  @Test
  void loop_closed_endpointsAreTold() throws SysException {
    DatagramBox.Peer a = open();
    box.loop.close();
    assertEquals(List.of("closed ClosedLoopException"), a.log);
  }

  @Test
  void ipv6_loopback_works() throws Exception {
    byte[] one = new byte[16];
    one[15] = 1;
    var six = new InetSocketAddress(InetAddress.getByAddress(one), 0);
    DatagramBox.Peer a = box.open(six, SMALL.withEdge(edge()));
    DatagramBox.Peer b = box.open(six, SMALL.withEdge(edge()));
    b.action = data -> assertTrue(b.endpoint.reply(data));
    a.send("six", b);
    a.expect("six");
    assertEquals(b.address(), a.last);
  }
}
