package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.UnixAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where the manual says something that Linux does not tell: what is told here instead. The
 * package's documentation names each.
 */
class DifferencesTest extends KqueueCase {

  // ---- descriptors

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR})
  void closed_whoseDuplicateTakesItsNumber_isAsBefore(int how) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | how);
    int copy = dup(pair[0]);
    close(pair[0]);
    assertEquals(pair[0], dup(copy));
    change(pair[0], READ, DELETE);
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EVFILT_READ, Kevent.EVFILT_WRITE, Kevent.EVFILT_VNODE})
  void closedFile_thatIsOpenedAgain_isAsBefore(int filter) throws Exception {
    int fd = file("a");
    change(fd, filter, ADD, filter == VNODE ? Kevent.NOTE_WRITE : 0, 0);
    close(fd);
    assertEquals(fd, file("a"));
    change(fd, filter, DELETE);
  }

  // ---- amounts

  @Test
  void datagrams_areCountedOneByOne() throws Exception {
    int[] pair = pair(Linux.SOCK_DGRAM);
    write(pair[1], 3);
    write(pair[1], 4);
    change(pair[0], READ, ADD);
    assertEquals(List.of(readable(pair[0], 3)), now());
  }

  @Test
  void datagrams_reachAThresholdEachAlone() throws Exception {
    int[] pair = pair(Linux.SOCK_DGRAM);
    change(pair[0], READ, ADD, LOWAT, 5);
    write(pair[1], 3);
    assertEquals(List.of(), now());
    write(pair[1], 3);
    assertEquals(List.of(), now());
    assertEquals(3, read(pair[0], 9));
    assertEquals(3, read(pair[0], 9));
    write(pair[1], 5);
    assertEquals(1, now().size());
  }

  @Test
  void unixListener_saysThatSomebodyWaits() throws Exception {
    UnixAddress name = UnixAddress.abstractName("kqueue-faults-" + System.nanoTime());
    int listener = mine(Sockets.unixListener(sys, name, 8));
    for (int i = 0; i < 2; i++) {
      int _ = mine(Sockets.connecting(sys, name));
    }
    change(listener, READ, ADD);
    assertEquals(List.of(readable(listener, 1)), now());
  }

  // ---- errors and ends

  @Test
  void errorOfASocket_isTakenByItsEvent() throws Exception {
    int[] tcp = tcp();
    change(tcp[0], READ, ADD | CLEAR);
    Sockets.linger(sys, tcp[1], 0);
    close(tcp[1]);
    assertEquals(List.of(readable(tcp[0], 0) + " EOF"), within(LONG));
    assertEquals(Errno.ECONNRESET, events.fflags(0));
    assertEquals(0, Sockets.socketError(sys, tcp[0]));
  }

  @Test
  void errorOfASocket_isToldInOneQueue() throws Exception {
    int[] tcp = tcp();
    Kqueue other = another();
    change(tcp[0], READ, ADD);
    other.change(tcp[0], READ, ADD, 0, 0, 0);
    Sockets.linger(sys, tcp[1], 0);
    close(tcp[1]);
    assertEquals(1, within(LONG).size());
    assertEquals(1, other.kevent(null, events, LONG));
    assertEquals(0, events.fflags(0));
  }

  @Test
  void endOfThePeersWriting_isAnEventOfWriting() throws Exception {
    int[] pair = pair();
    change(pair[0], WRITE, ADD | CLEAR);
    assertEquals(1, now().size());
    assertEquals(0, sys.shutdown(pair[1], Linux.SHUT_WR));
    assertEquals(1, now().size());
  }

  // ---- signals

  @Test
  void standardSignals_areOne() throws Exception {
    MemorySegment mask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, 8);
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, mask.address()));
    try {
      change(Linux.SIGWINCH, SIGNAL, ADD);
      assertEquals(0, sys.raise(Linux.SIGWINCH));
      assertEquals(0, sys.raise(Linux.SIGWINCH));
      assertEquals(List.of("SIGNAL 28 1"), now());
    } finally {
      assertEquals(0, sys.pthreadSigmask(Linux.SIG_SETMASK, mask.address(), 0));
    }
  }

  // ---- others

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EVFILT_READ, Kevent.EVFILT_WRITE})
  void socketThatIsNotConnected_isAtItsEnd(int filter) throws Exception {
    int fd = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    change(fd, filter, ADD);
    assertEquals(1, now().size());
    assertEquals(EOF, events.flags(0) & EOF);
  }

  @Test
  void signal_isToldInOneQueue() throws Exception {
    MemorySegment mask = Arena.ofAuto().allocate(Linux.SIZEOF_SIGSET, 8);
    assertEquals(0, sys.pthreadSigmask(Linux.SIG_BLOCK, 0, mask.address()));
    try {
      Kqueue other = another();
      change(Linux.SIGWINCH, SIGNAL, ADD);
      other.change(Linux.SIGWINCH, SIGNAL, ADD, 0, 0, 0);
      assertEquals(0, sys.raise(Linux.SIGWINCH));
      assertEquals(1, now().size());
      assertEquals(0, other.kevent(null, events, 0));
    } finally {
      assertEquals(0, sys.pthreadSigmask(Linux.SIG_SETMASK, mask.address(), 0));
    }
  }

  @Test
  void folderThatIsRemoved_tellsNothing() throws Exception {
    assertEquals(0, sys.mkdir(path("d"), 0755));
    change(file("d", 0), VNODE, ADD | CLEAR, Kevent.NOTE_DELETE, 0);
    assertEquals(0, sys.rmdir(path("d")));
    assertEquals(List.of(), now());
  }
}
