package dev.pollux.model;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Whose turn it is when several calls wait for the same. */
abstract class TurnsContract extends BlockingCase {

  @Test
  void packetReaders_areServedInTheOrderTheyCame() throws Exception {
    int[] p = box.pair(Linux.SOCK_SEQPACKET);
    blocking(p[0]);
    List<Future<String>> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      readers.add(started(own -> own.recv(p[0], 9, 0)));
    }
    box.write(p[1], "a");
    assertEquals(0, onlyOneOf(readers));
    box.write(p[1], "b");
    assertEquals("'a'", end(readers.get(0)));
    assertEquals("'b'", end(readers.get(1)));
  }

  /** The place in the receiver's queue is for the other one. */
  @Test
  void datagramSender_overItsOwnBuffer_takesNobodysTurn() throws Exception {
    SocketAddress full = box.name();
    SocketAddress other = box.name();
    int receiver = bound(full);
    int drained = bound(other);
    int over = datagrams();
    box.memory().set(JAVA_INT, 0, 2_304);
    long value = box.memory().address();
    box.ok(box.sys.setsockopt(over, Linux.SOL_SOCKET, Linux.SO_SNDBUF, value, Integer.BYTES));
    while (box.sendTo(over, "x".repeat(1_000), other) > 0) {
      // Until its buffer is full.
    }
    int filler = datagrams();
    while (box.sendTo(filler, "x", full) > 0) {
      // Until the receiver takes no more.
    }
    blocking(over);
    int patient = blocking(datagrams());
    List<Future<Integer>> senders = new ArrayList<>();
    senders.add(started(own -> own.sendTo(over, "y", full)));
    senders.add(started(own -> own.sendTo(patient, "z", full)));
    assertEquals("'x'", box.read(receiver, 9));
    assertEquals(1, onlyOneOf(senders));
    assertEquals(1, end(senders.get(1)));
    box.drain(drained); // its buffer has room again, and the receiver has none
    assertEquals("'x'", box.read(receiver, 9));
    assertEquals(1, end(senders.get(0)));
  }

  private int datagrams() {
    return box.keep(box.sys.socket(Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK, 0));
  }

  private int bound(SocketAddress name) {
    int fd = datagrams();
    box.ok(box.bind(fd, name));
    return fd;
  }
}
