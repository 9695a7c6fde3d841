package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code EVFILT_READ} and {@code EVFILT_WRITE} of sockets: connections, half closes, errors. */
class SocketTest extends KqueueCase {

  /** Waits for the end of READ, whatever comes before. */
  private void assertEnd(int fd, long left) throws Exception {
    String end = readable(fd, left) + " EOF";
    long begun = sys.nanoTime();
    List<String> said = within(LONG);
    while (!said.contains(end) && sys.nanoTime() - begun < LONG) {
      said = within(LONG);
    }
    assertTrue(said.contains(end), said::toString);
  }

  private int refused(int type) throws Exception {
    int bound = mine(Sockets.open(sys, Linux.AF_INET, type));
    Sockets.bind(sys, bound, ANY);
    SocketAddress address = Sockets.localAddress(sys, bound);
    close(bound);
    int fd = mine(Sockets.open(sys, Linux.AF_INET, type));
    try {
      boolean _ = Sockets.connect(sys, fd, address);
    } catch (SysException e) {
      assertEquals(Errno.ECONNREFUSED, e.errno());
    }
    return fd;
  }

  // ---- bytes

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void read_saysHowMuch(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    change(ends[0], READ, ADD);
    write(ends[1], 100);
    write(ends[1], 23);
    assertEquals(1, within(LONG).size());
    assertEquals(100, read(ends[0], 100));
    assertEquals(List.of(readable(ends[0], 23)), within(LONG));
    assertEquals(23, read(ends[0], 100));
    assertEquals(List.of(), now());
  }

  @Test
  void write_saysRoom_asLongAsThereIsSome() throws Exception {
    int[] tcp = tcp();
    change(tcp[0], WRITE, ADD);
    assertEquals(1, within(LONG).size());
    assertTrue(events.data(0) > 0, events::toString);
    assertEquals(0, events.flags(0) & EOF);
  }

  @Test
  void write_ofAFullOne_isQuiet_untilItIsRead() throws Exception {
    int[] pair = pair();
    int all = fill(pair[0]);
    change(pair[0], WRITE, ADD | CLEAR);
    assertEquals(List.of(), now());
    drain(pair[1], all);
    assertEquals(1, now().size());
    assertTrue(events.data(0) >= all / 2, events::toString);
    assertEquals(List.of(), now());
  }

  // ---- datagrams

  @Test
  void datagram_saysItsSize() throws Exception {
    int[] pair = pair(Linux.SOCK_DGRAM);
    change(pair[0], READ, ADD);
    write(pair[1], 7);
    assertEquals(List.of(readable(pair[0], 7)), now());
    assertEquals(7, read(pair[0], 100));
    assertEquals(List.of(), now());
  }

  @Test
  void datagramOfUdp_isToldOncePerArrival() throws Exception {
    int receiver = mine(Sockets.datagram(sys, ANY));
    int sender = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_DGRAM));
    boolean _ = Sockets.connect(sys, sender, Sockets.localAddress(sys, receiver));
    change(receiver, READ, ADD | CLEAR);
    for (int i = 0; i < 3; i++) {
      write(sender, 10);
      assertEquals(List.of(readable(receiver, 10)), within(LONG));
      assertEquals(10, read(receiver, 100));
      assertEquals(List.of(), now());
    }
  }

  @Test
  void emptyDatagram_isAnEvent() throws Exception {
    int[] pair = pair(Linux.SOCK_DGRAM);
    change(pair[0], READ, ADD);
    write(pair[1], 0);
    assertEquals(List.of(readable(pair[0], 0)), now());
    assertEquals(0, events.flags(0) & EOF);
    assertEquals(0, read(pair[0], 9));
    assertEquals(List.of(), now());
  }

  @Test
  void packets_haveAnEnd() throws Exception {
    int[] pair = pair(Linux.SOCK_SEQPACKET);
    change(pair[0], READ, ADD);
    write(pair[1], 4);
    assertEquals(List.of(readable(pair[0], 4)), now());
    close(pair[1]);
    assertEnd(pair[0], 4);
  }

  // ---- listeners

  @Test
  void listener_isReadable_untilAllAreAccepted() throws Exception {
    int listener = listener();
    change(listener, READ, ADD);
    assertEquals(List.of(), now());
    for (int i = 0; i < 2; i++) {
      int _ = mine(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    }
    for (int i = 0; i < 2; i++) {
      assertEquals(1, within(LONG).size());
      assertTrue(events.data(0) >= 1, events::toString);
      int _ = mine(Sockets.accept(sys, listener));
    }
    assertEquals(List.of(), now());
  }

  @Test
  void accepted_isANewDescriptor_withoutKnotes() throws Exception {
    int listener = listener();
    change(listener, READ, ADD | CLEAR);
    int one = mine(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    assertEquals(1, within(LONG).size());
    int two = mine(Sockets.accept(sys, listener));
    write(one, 1);
    assertEquals(List.of(), now());
    assertEquals(Errno.ENOENT, errno(() -> change(two, READ, DELETE)));
    change(two, READ, ADD);
    assertEquals(List.of(readable(two, 1)), within(LONG));
  }

  // ---- connecting

  @Test
  void connected_isWritable() throws Exception {
    int listener = listener();
    int fd = mine(Sockets.connecting(sys, Sockets.localAddress(sys, listener)));
    change(fd, WRITE, ADD | ONESHOT);
    assertEquals(1, within(LONG).size());
    assertEquals(WRITE, events.filter(0));
    assertEquals(0, events.flags(0) & (EOF | ERROR));
    assertEquals(0, events.fflags(0));
  }

  @Test
  void refused_isAnEnd_withTheErrnoInTheFlags() throws Exception {
    int fd = refused(Linux.SOCK_STREAM);
    change(fd, WRITE, ADD | ONESHOT);
    assertEquals(List.of(writable(fd, 0) + " EOF"), within(LONG));
    assertEquals(0, events.flags(0) & ERROR);
  }

  @Test
  void refused_isTheSameErrno_toBothFilters() throws Exception {
    int listener = listener();
    SocketAddress gone = Sockets.localAddress(sys, listener);
    close(listener);
    int fd = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    boolean wasRefusedAtOnce = false;
    try {
      boolean _ = Sockets.connect(sys, fd, gone);
    } catch (SysException e) {
      wasRefusedAtOnce = true; // who has been told is not told again
    }
    change(fd, READ, ADD);
    change(fd, WRITE, ADD);
    assertEquals(2, within(LONG).size());
    for (int i = 0; i < 2; i++) {
      assertNotEquals(0, events.flags(i) & EOF);
      assertEquals(wasRefusedAtOnce ? 0 : Errno.ECONNREFUSED, events.fflags(i));
    }
  }

  // ---- half closes and ends

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void endOfThePeersWriting_isAnEndOfReading_alone(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    write(ends[1], 3);
    assertEquals(0, sys.shutdown(ends[1], Linux.SHUT_WR));
    change(ends[0], READ, ADD);
    assertEnd(ends[0], 3);
    assertEquals(3, read(ends[0], 9));
    assertEquals(List.of(readable(ends[0], 0) + " EOF"), now());
    change(ends[0], READ, DELETE);
    change(ends[0], WRITE, ADD);
    assertEquals(1, now().size());
    assertEquals(0, events.flags(0) & EOF);
    assertTrue(events.data(0) > 0, events::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void endOfOnesOwnReading_isAnEnd(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    change(ends[0], READ, ADD);
    assertEquals(List.of(), now());
    assertEquals(0, sys.shutdown(ends[0], Linux.SHUT_RD));
    assertEnd(ends[0], 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void end_ofBothDirections_isToldToBothFilters(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    assertEquals(0, sys.shutdown(ends[0], Linux.SHUT_WR));
    assertEquals(0, sys.shutdown(ends[1], Linux.SHUT_WR));
    change(ends[0], READ, ADD);
    assertEnd(ends[0], 0);
    change(ends[0], WRITE, ADD);
    long begun = sys.nanoTime();
    while (!now().contains(writable(ends[0], 0) + " EOF") && sys.nanoTime() - begun < LONG) {
      Thread.onSpinWait();
    }
    assertTrue(now().contains(writable(ends[0], 0) + " EOF"), events::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void end_withClear_isToldOnce(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    change(ends[0], READ, ADD | CLEAR);
    close(ends[1]);
    assertEnd(ends[0], 0);
    assertEquals(List.of(), now());
  }

  @Test
  void end_once_isGone() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | ONESHOT);
    close(pair[1]);
    assertEquals(List.of(readable(pair[0], 0) + " EOF"), now());
    assertEquals(Errno.ENOENT, errno(() -> change(pair[0], READ, DELETE)));
  }

  @Test
  void end_whileItIsOff_isToldWhenItIsOn() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR);
    change(pair[0], READ, DISABLE);
    write(pair[1], 2);
    close(pair[1]);
    assertEquals(List.of(), now());
    change(pair[0], READ, ENABLE);
    assertEquals(List.of(readable(pair[0], 2) + " EOF"), now());
  }

  @Test
  void reset_isAnEnd_withTheErrnoInTheFlags() throws Exception {
    int[] tcp = tcp();
    change(tcp[0], READ, ADD);
    Sockets.linger(sys, tcp[1], 0);
    close(tcp[1]);
    assertEnd(tcp[0], 0);
    assertEquals(Errno.ECONNRESET, events.fflags(0));
    assertEquals(0, events.flags(0) & ERROR);
  }

  @Test
  void reset_isToldToBothFilters_andAgain() throws Exception {
    int[] tcp = tcp();
    Sockets.linger(sys, tcp[1], 0);
    close(tcp[1]);
    change(tcp[0], READ, ADD);
    assertEnd(tcp[0], 0);
    change(tcp[0], WRITE, ADD);
    for (int round = 0; round < 2; round++) {
      assertEquals(2, now().size());
      for (int i = 0; i < 2; i++) {
        assertEquals(Errno.ECONNRESET, events.fflags(i));
        assertNotEquals(0, events.flags(i) & EOF);
      }
    }
  }

  @Test
  void resetOfAUnixSocket_withBytesUnread_isAnEnd() throws Exception {
    int[] pair = pair();
    write(pair[0], 1);
    change(pair[0], WRITE, ADD | CLEAR);
    assertEquals(1, now().size());
    close(pair[1]);
    assertEquals(List.of(writable(pair[0], 0) + " EOF"), now());
    assertEquals(Errno.ECONNRESET, events.fflags(0));
  }
}
