package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that are closed: their knotes are gone, and what gets the number has none. */
class ClosedTest extends KqueueCase {

  /** In which state a knote of READ is left behind. */
  enum State {
    LEVEL,
    CLEARED,
    ONCE,
    OFF,
    OFF_CLEARED,
    DISPATCHED,
    BELOW
  }

  private int[] left(Kqueue on, State state) throws Exception {
    int[] pair = pair();
    int flags =
        switch (state) {
          case LEVEL, BELOW -> 0;
          case CLEARED -> CLEAR;
          case ONCE -> ONESHOT;
          case OFF -> DISABLE;
          case OFF_CLEARED -> DISABLE | CLEAR;
          case DISPATCHED -> DISPATCH;
        };
    on.change(pair[0], READ, ADD | flags, state == State.BELOW ? LOWAT : 0, 100, 1);
    write(pair[1], 1);
    boolean isTold = state == State.LEVEL || state == State.CLEARED || state == State.DISPATCHED;
    if (state != State.ONCE) {
      assertEquals(isTold ? 1 : 0, on.kevent(null, events, 0));
    }
    return pair;
  }

  @ParameterizedTest
  @EnumSource
  void closed_isGone(State state) throws Exception {
    int[] pair = left(queue, state);
    close(pair[0]);
    assertEquals(List.of(), now());
    for (int flags : new int[] {DELETE, ENABLE, ADD}) {
      assertEquals(Errno.EBADF, errno(() -> change(pair[0], READ, flags)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void number_thatIsUsedAgain_hasNoKnote(State state) throws Exception {
    int[] pair = left(queue, state);
    close(pair[0]);
    int[] next = pair();
    assertEquals(pair[0], next[0]);
    write(next[1], 5);
    assertEquals(List.of(), now());
    for (int flags : new int[] {ENABLE, DISABLE, DELETE}) {
      assertEquals(Errno.ENOENT, errno(() -> change(next[0], READ, flags)));
    }
    queue.change(next[0], READ, ADD, 0, 0, 2);
    assertEquals(List.of(readable(next[0], 5)), now());
    assertEquals(2, events.udata(0));
    assertEquals(0, events.flags(0));
  }

  @ParameterizedTest
  @EnumSource
  void number_thatIsUsedAgain_byAFile_hasNoKnote(State state) throws Exception {
    int[] pair = left(queue, state);
    close(pair[0]);
    int fd = file("a");
    assertEquals(pair[0], fd);
    assertEquals(List.of(), now());
    change(fd, READ, ADD);
    write(file("a"), 4);
    assertEquals(List.of(readable(fd, 4)), within(LONG));
  }

  @ParameterizedTest
  @EnumSource
  void closed_withADuplicate_isGone(State state) throws Exception {
    int[] pair = left(queue, state);
    int copy = dup(pair[0]);
    close(pair[0]);
    write(pair[1], 1);
    assertEquals(List.of(), within(SOON));
    assertEquals(Errno.EBADF, errno(() -> change(pair[0], READ, DELETE)));
    change(copy, READ, ADD);
    assertEquals(List.of(readable(copy, 2)), now());
  }

  @ParameterizedTest
  @EnumSource
  void closed_withADuplicate_isNoBusyLoop(State state) throws Exception {
    Spy spy = Spy.ofWaits(sys);
    try (Kqueue other = Kqueue.open(spy.sys())) {
      int[] pair = left(other, state);
      int copy = dup(pair[0]);
      close(pair[0]);
      write(pair[1], 1);
      assertEquals(0, other.kevent(null, events, 1_000_000));
      spy.calls.set(0);
      write(pair[1], 1);
      assertEquals(0, other.kevent(null, events, SOON));
      assertTrue(spy.calls.get() < 10, () -> spy.calls + " waits");
      assertEquals(3, read(copy, 9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR, Kevent.EV_DISABLE})
  void closed_takesBothDirections(int how) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | how);
    change(pair[0], WRITE, ADD);
    close(pair[0]);
    assertEquals(List.of(), now());
    int[] next = pair();
    assertEquals(Errno.ENOENT, errno(() -> change(next[0], READ, DELETE)));
    assertEquals(Errno.ENOENT, errno(() -> change(next[0], WRITE, DELETE)));
  }

  @Test
  void oneDirectionAddedAgain_doesNotBringTheOtherBack() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | DISABLE);
    change(pair[0], WRITE, ADD | DISABLE);
    close(pair[0]);
    int[] next = pair();
    change(next[0], WRITE, ADD | DISABLE);
    assertEquals(Errno.ENOENT, errno(() -> change(next[0], READ, ENABLE)));
    change(next[0], WRITE, DELETE);
  }

  @Test
  void closed_whileItsEventWaits_isNotTold() throws Exception {
    int[] a = pair();
    int[] b = pipe();
    int file = file("a");
    change(a[0], READ, ADD);
    change(b[0], READ, ADD | CLEAR);
    change(file, WRITE, ADD);
    write(a[1], 1);
    write(b[1], 1);
    close(a[0]);
    close(b[0]);
    close(file);
    assertEquals(List.of(), now());
  }

  @Test
  void closedFile_isGone() throws Exception {
    int fd = file("a");
    int other = file("a");
    change(fd, READ, ADD);
    close(fd);
    write(other, 1);
    assertEquals(List.of(), within(SOON));
    assertEquals(Errno.EBADF, errno(() -> change(fd, READ, DELETE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EVFILT_READ, Kevent.EVFILT_WRITE, Kevent.EVFILT_VNODE})
  void numberOfAFile_thatIsAnothers_hasNoKnote(int filter) throws Exception {
    int fd = file("a");
    int writer = file("a");
    change(fd, filter, ADD, filter == VNODE ? Kevent.NOTE_WRITE : 0, 0);
    close(fd);
    assertEquals(fd, file("b"));
    write(writer, 1);
    assertEquals(List.of(), within(SOON));
    assertEquals(Errno.ENOENT, errno(() -> change(fd, filter, DELETE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EVFILT_READ, Kevent.EVFILT_WRITE, Kevent.EVFILT_VNODE})
  void numberOfAFile_thatIsAPipes_hasNoKnote(int filter) throws Exception {
    int fd = file("a");
    change(fd, filter, ADD, filter == VNODE ? Kevent.NOTE_WRITE : 0, 0);
    close(fd);
    int[] pipe = pipe();
    assertEquals(fd, pipe[0]);
    write(pipe[1], 2);
    assertEquals(List.of(), now());
    change(fd, READ, ADD);
    assertEquals(List.of(readable(fd, 2)), now());
  }

  @Test
  void closedQueue_leavesKnotesOfOthers() throws Exception {
    int[] pair = pair();
    Kqueue other = Kqueue.open(sys);
    other.change(pair[0], READ, ADD | CLEAR, 0, 0, 0);
    change(pair[0], READ, ADD | CLEAR);
    other.close();
    write(pair[1], 1);
    assertEquals(List.of(readable(pair[0], 1)), now());
  }
}
