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

/** {@code EVFILT_READ} and {@code EVFILT_WRITE}: when they report, how often, and what. */
class ReadWriteTest extends KqueueCase {

  // ---- level

  @Test
  void level_reportsAsLongAsThereIsSomething_andHowMuch() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD);
    assertEquals(List.of(), now());
    write(pair[1], 5);
    assertEquals(List.of(readable(pair[0], 5)), now());
    assertEquals(List.of(readable(pair[0], 5)), now());
    assertEquals(2, read(pair[0], 2));
    assertEquals(List.of(readable(pair[0], 3)), now());
    assertEquals(3, read(pair[0], 9));
    assertEquals(List.of(), now());
  }

  @Test
  void level_ofWriting_reportsAsLongAsThereIsRoom() throws Exception {
    int[] pipe = pipe();
    change(pipe[1], WRITE, ADD);
    long room = queueRoom(pipe[1]);
    write(pipe[1], 100);
    assertEquals(room - 100, queueRoom(pipe[1]));
    fill(pipe[1]);
    assertEquals(List.of(), now());
  }

  private long queueRoom(int fd) throws SysException {
    assertEquals(1, queue.kevent(null, events, 0));
    assertEquals(fd, events.ident(0));
    return events.data(0);
  }

  // ---- EV_CLEAR

  @Test
  void clear_reportsOncePerArrival() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR);
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
    assertEquals(List.of(), now());
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 2)), now());
    assertEquals(List.of(), now());
  }

  @Test
  void clear_onWhatIsReadyAlready_reportsIt() throws Exception {
    int[] pair = pair();
    write(pair[1], 4);
    change(pair[0], READ, ADD | CLEAR);
    assertEquals(List.of(readable(pair[0], 4)), now());
  }

  @Test
  void clear_ofOneDirection_isNotToldOfTheOther() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR);
    change(pair[0], WRITE, ADD | CLEAR);
    assertEquals(1, now().size()); // there is room
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
    assertEquals(List.of(), now());
  }

  @Test
  void clear_besideLevel_onOneDescriptor_isItsOwn() throws Exception {
    int[] pair = pair();
    change(pair[0], WRITE, ADD);
    change(pair[0], READ, ADD | CLEAR);
    write(pair[1], 1);
    assertEquals(2, now().size());
    assertEquals(1, now().size());
    assertEquals(WRITE, events.filter(0));
  }

  // ---- EV_ONESHOT, EV_DISPATCH, EV_ENABLE, EV_DISABLE

  @Test
  void oneshot_isForgottenWithItsEvent() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | ONESHOT);
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
    assertNotEquals(0, events.flags(0) & ONESHOT);
    assertEquals(List.of(), now());
    assertEquals(Errno.ENOENT, errno(() -> change(pair[0], READ, DELETE)));
    change(pair[0], READ, ADD | ONESHOT);
    assertEquals(List.of(readable(pair[0], 1)), now());
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EV_DISPATCH, Kevent.EV_DISPATCH | Kevent.EV_CLEAR})
  void dispatch_isOffAfterItsEvent_untilItIsEnabled(int how) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | how);
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
    write(pair[1], 1);
    assertEquals(List.of(), now());
    change(pair[0], READ, ENABLE);
    assertEquals(List.of(readable(pair[0], 2)), now());
    assertEquals(List.of(), now());
    change(pair[0], READ, DELETE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_ONESHOT})
  void disabled_reportsNothing_untilItIsEnabled(int how) throws Exception {
    int[] pair = pair();
    write(pair[1], 1);
    change(pair[0], READ, ADD | DISABLE | how);
    assertEquals(List.of(), now());
    change(pair[0], READ, ENABLE);
    assertEquals(List.of(readable(pair[0], 1)), now());
    if (how != ONESHOT) {
      change(pair[0], READ, DISABLE);
      write(pair[1], 1);
      assertEquals(List.of(), now());
      change(pair[0], READ, ADD); // which enables
      assertEquals(List.of(readable(pair[0], 2)), now());
    }
  }

  @Test
  void deleted_reportsNothing() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD);
    change(pair[0], WRITE, ADD | CLEAR);
    write(pair[1], 1);
    change(pair[0], READ, DELETE);
    assertEquals(1, now().size());
    change(pair[0], WRITE, DELETE);
    assertEquals(List.of(), now());
  }

  @Test
  void addedAgain_isTheSame_withWhatIsSaidNow() throws Exception {
    int[] pair = pair();
    queue.change(pair[0], READ, ADD | CLEAR, 0, 0, 1);
    queue.change(pair[0], READ, ADD, 0, 0, 2);
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
    assertEquals(2, events.udata(0));
    assertEquals(CLEAR, events.flags(0));
    assertEquals(List.of(), now()); // how it reports was said when it was made
  }

  // ---- NOTE_LOWAT

  @Test
  void threshold_isTheKnotesOwn() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD, Kevent.NOTE_LOWAT, 5);
    try (Kqueue other = Kqueue.open(sys)) {
      other.change(pair[0], READ, ADD, 0, 0, 0);
      write(pair[1], 4);
      assertEquals(List.of(), now());
      assertEquals(1, other.kevent(null, events, 0));
      write(pair[1], 1);
      assertEquals(List.of(readable(pair[0], 5)), now());
      assertEquals(List.of(readable(pair[0], 5)), now());
      assertEquals(1, read(pair[0], 1));
      assertEquals(List.of(), now());
      assertEquals(List.of(), within(SOON)); // and it sleeps
      write(pair[1], 3);
      assertEquals(List.of(readable(pair[0], 7)), now());
    }
  }

  @Test
  void threshold_isNoneForTheEnd() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD, Kevent.NOTE_LOWAT, 100);
    write(pair[1], 3);
    assertEquals(List.of(), now());
    close(pair[1]);
    assertEquals(List.of(readable(pair[0], 3) + " EOF"), now());
  }

  @Test
  void threshold_ofWriting_isOfItsKnote() throws Exception {
    int[] pair = pair();
    int all = fill(pair[0]);
    change(pair[0], WRITE, ADD, Kevent.NOTE_LOWAT, all / 2);
    assertEquals(List.of(), within(SOON));
    drain(pair[1], all / 4);
    assertEquals(List.of(), within(SOON));
    drain(pair[1], all);
    assertEquals(1, within(LONG).size());
    assertTrue(events.data(0) >= all / 2, events::toString);
    assertEquals(1, now().size());
    int _ = fill(pair[0]);
    assertEquals(List.of(), within(SOON));
  }

  // ---- ends and errors

  @Test
  void end_comesBesideWhatIsLeft() throws Exception {
    int[] pair = pair();
    write(pair[1], 3);
    change(pair[0], READ, ADD);
    close(pair[1]);
    assertEquals(List.of(readable(pair[0], 3) + " EOF"), now());
    assertEquals(3, read(pair[0], 9));
    assertEquals(List.of(readable(pair[0], 0) + " EOF"), now());
  }

  @Test
  void end_ofTheOthersWriting_isNoneOfOurs() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR);
    change(pair[0], WRITE, ADD | CLEAR);
    assertEquals(1, now().size());
    assertEquals(0, sys.shutdown(pair[1], Linux.SHUT_WR));
    List<String> said = now();
    assertEquals(readable(pair[0], 0) + " EOF", said.getFirst());
    assertTrue(said.size() == 1 || !said.getLast().endsWith("EOF"), said::toString);
    assertEquals(List.of(), now());
  }

  @Test
  void end_ofAReader_isToldToWhoWrites() throws Exception {
    int[] pipe = pipe();
    change(pipe[1], WRITE, ADD | CLEAR);
    assertEquals(1, now().size());
    close(pipe[0]);
    assertEquals(List.of(writable(pipe[1], 0) + " EOF"), now());
    assertEquals(0, events.flags(0) & ERROR);
  }

  @Test
  void connectThatIsRefused_isAnEnd_withTheErrno() throws Exception {
    int listener = Sockets.tcpListener(sys, ANY, 1);
    SocketAddress gone = Sockets.localAddress(sys, listener);
    assertEquals(0, sys.close(listener));
    int fd = Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM);
    try {
      change(fd, WRITE, ADD | CLEAR);
      change(fd, READ, ADD | CLEAR);
      List<String> before = now(); // one that has no peer
      boolean _ = Sockets.connect(sys, fd, gone);
      List<String> said = within(LONG);
      assertTrue(said.contains(writable(fd, 0) + " EOF"), before + " " + said);
      for (int i = 0; i < events.size(); i++) {
        assertEquals(Errno.ECONNREFUSED, events.fflags(i));
      }
    } catch (SysException e) {
      assertEquals(Errno.ECONNREFUSED, e.errno()); // it was refused at once
    } finally {
      assertEquals(0, sys.close(fd));
    }
  }

  @Test
  void listener_saysHowManyWait() throws Exception {
    int listener = Sockets.tcpListener(sys, ANY, 8);
    int one = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
    int two = Sockets.connecting(sys, Sockets.localAddress(sys, listener));
    try {
      change(listener, READ, ADD);
      List<String> said = now();
      assertTrue(
          said.equals(List.of(readable(listener, 2)))
              || (kernel.equals("model") && said.equals(List.of(readable(listener, 1)))),
          said::toString);
    } finally {
      for (int fd : new int[] {one, two, listener}) {
        assertEquals(0, sys.close(fd));
      }
    }
  }

  // ---- descriptors that are closed

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR})
  void closed_isForgotten_andItsNumberIsAnother(int how) throws Exception {
    int[] pair = pair();
    queue.change(pair[0], READ, ADD | how, 0, 0, 1);
    write(pair[1], 1);
    close(pair[0]);
    assertEquals(List.of(), now());
    assertEquals(Errno.EBADF, errno(() -> change(pair[0], READ, DELETE)));
    int[] next = pair();
    assertEquals(pair[0], next[0]);
    write(next[1], 1);
    assertEquals(List.of(), now());
    assertEquals(Errno.ENOENT, errno(() -> change(next[0], READ, ENABLE)));
    queue.change(next[0], READ, ADD | how, 0, 0, 2);
    assertEquals(List.of(readable(next[0], 1)), now());
    assertEquals(2, events.udata(0));
  }

  @Test
  void closed_withEventsOfOthersWaiting_takesNothingFromThem() throws Exception {
    int[] a = pair();
    int[] b = pair();
    change(a[0], READ, ADD | CLEAR);
    change(b[0], READ, ADD | CLEAR);
    write(a[1], 1);
    write(b[1], 1);
    close(a[0]);
    assertEquals(List.of(readable(b[0], 1)), now());
  }
}
