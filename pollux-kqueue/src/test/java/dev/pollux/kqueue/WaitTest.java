package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kevent(2)} as a wait: timeouts, interruptions, several threads, the end of the queue. */
class WaitTest extends KqueueCase {

  private static final int TRIGGER = Kevent.NOTE_TRIGGER;

  // ---- timeouts

  @ParameterizedTest
  @ValueSource(longs = {1, 999, 1_000_001, 5_000_000, 7_654_321})
  void timeout_isNotEarly(long nanos) throws Exception {
    long begun = sys.nanoTime();
    assertEquals(0, queue.kevent(null, events, nanos));
    assertTrue(sys.nanoTime() - begun >= nanos, "early");
  }

  @Test
  void timeout_asATimespec_isNotEarly() throws Exception {
    long begun = sys.nanoTime();
    assertEquals(0, queue.kevent(null, events, 0, 3_000_000));
    assertTrue(sys.nanoTime() - begun >= 3_000_000, "early");
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -1", "0, 1000000000", "1, -5", "-9223372036854775808, 0"})
  void timespec_thatIsNone_isEinval(long seconds, long nanos) {
    assertEquals(Errno.EINVAL, errno(() -> queue.kevent(null, events, seconds, nanos)));
  }

  @ParameterizedTest
  @CsvSource({"9223372036854775807, 999999999", "9223372036, 854775807", "86401, 0"})
  void longTimeout_isOne(long seconds, long nanos) throws Exception {
    change(1, TIMER, ADD | ONESHOT, 0, 2);
    assertEquals(1, queue.kevent(null, events, seconds, nanos));
  }

  @Test
  void withAnEvent_noTimeIsWaited() throws Exception {
    change(1, USER, ADD, TRIGGER, 0);
    assertEquals(1, queue.kevent(null, events, LONG));
    assertEquals(1, queue.kevent(null, events, FOR_EVER));
    assertEquals(1, queue.kevent(null, events, Long.MIN_VALUE));
  }

  @Test
  void whatIsNoEvent_doesNotMakeTheWaitLonger() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | CLEAR, LOWAT, 1_000);
    change(1, TIMER, ADD, 0, 1);
    change(1, TIMER, DISABLE);
    write(pair[1], 1);
    long begun = sys.nanoTime();
    assertEquals(0, queue.kevent(null, events, SOON));
    assertTrue(sys.nanoTime() - begun >= SOON, "early");
    assertTrue(sys.nanoTime() - begun < LONG, "late");
  }

  // ---- interruptions

  @Test
  void interrupted_withErrorsOfChanges_saysThese() throws Exception {
    Spy spy = Spy.ofWaits(sys).failing(Errno.EINTR, 1);
    try (Kqueue other = Kqueue.open(spy.sys())) {
      Kevents changes = Kevents.allocate(1).add(1, USER, DELETE, 0, 0, 0);
      assertEquals(1, other.kevent(changes, events, FOR_EVER));
      assertEquals(Errno.ENOENT, events.data(0));
    }
  }

  @Test
  void javasInterrupt_isNone() throws Exception {
    Thread.currentThread().interrupt();
    assertEquals(0, queue.kevent(null, events, 1_000_000));
    assertTrue(Thread.interrupted());
  }

  // ---- several threads

  @Test
  void threads_thatWait_getOneEventEach() throws Exception {
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    Set<Long> idents = new TreeSet<>();
    List<Kevents> lists = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      change(i, USER, ADD | ONESHOT);
      lists.add(Kevents.allocate(1));
      all.add(waiting(queue, lists.get(i)));
    }
    for (int i = 0; i < 4; i++) {
      change(i, USER, 0, TRIGGER, 0);
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(1, get(all.get(i)));
      idents.add(lists.get(i).ident(0));
    }
    assertEquals(Set.of(0L, 1L, 2L, 3L), idents);
  }

  @ParameterizedTest
  @ValueSource(ints = {Kevent.EV_CLEAR, Kevent.EV_ONESHOT, Kevent.EV_DISPATCH})
  void event_ofADescriptor_goesToOneOfThem(int how) throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | how);
    CompletableFuture<Integer> one = waiting(queue, Kevents.allocate(1));
    CompletableFuture<Integer> two = waiting(queue, Kevents.allocate(1));
    write(pipe[1], 1);
    assertEquals(1, CompletableFuture.anyOf(one, two).get());
    assertFalse(one.isDone() && two.isDone());
    assertEquals(List.of(), within(SOON));
    queue.close();
    assertEquals(1 - Errno.EBADF, get(one) + get(two));
  }

  @Test
  void level_isToldToAllOfThem() throws Exception {
    CompletableFuture<Integer> one = waiting(queue, Kevents.allocate(1));
    CompletableFuture<Integer> two = waiting(queue, Kevents.allocate(1));
    change(1, USER, ADD, TRIGGER, 0);
    assertEquals(1, get(one));
    assertEquals(1, get(two));
  }

  @Test
  void change_ofWhatIsWaitedFor_isHeard() throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 1);
    change(pipe[0], READ, ADD | DISABLE);
    CompletableFuture<Integer> other = waiting(queue, Kevents.allocate(1));
    change(pipe[0], READ, ENABLE);
    assertEquals(1, get(other));
  }

  @Test
  void delete_ofWhatIsWaitedFor_wakesNobody() throws Exception {
    int[] pipe = pipe();
    Kevents list = Kevents.allocate(2);
    change(pipe[0], READ, ADD);
    CompletableFuture<Integer> other = waiting(queue, list);
    change(pipe[0], READ, DELETE);
    write(pipe[1], 1);
    change(1, USER, ADD | ONESHOT, TRIGGER, 0);
    assertEquals(1, get(other));
    assertEquals(USER, list.filter(0));
  }

  @Test
  void descriptor_thatIsClosedWhileItIsWaitedFor_wakesNobody() throws Exception {
    int[] pipe = pipe();
    Kevents list = Kevents.allocate(2);
    change(pipe[0], READ, ADD);
    CompletableFuture<Integer> other = waiting(queue, list);
    close(pipe[0]);
    change(1, USER, ADD | ONESHOT, TRIGGER, 0);
    assertEquals(1, get(other));
    assertEquals(USER, list.filter(0));
  }

  @Test
  void close_wakesAllWhoWait() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | CLEAR);
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(waiting(queue, Kevents.allocate(1)));
    }
    queue.close();
    for (CompletableFuture<Integer> each : all) {
      assertEquals(-Errno.EBADF, get(each));
    }
  }

  @Test
  void close_bySeveralThreads_isOne() throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    CompletableFuture<Integer> waiter = waiting(queue, Kevents.allocate(1));
    for (int i = 0; i < 3; i++) {
      all.add(CompletableFuture.runAsync(queue::close));
    }
    for (CompletableFuture<Void> each : all) {
      assertEquals(null, get(each));
    }
    assertEquals(-Errno.EBADF, get(waiter));
  }

  // ---- no busy loop

  @Test
  void waitWithoutEvents_sleeps() throws Exception {
    Spy spy = Spy.ofWaits(sys);
    int[] pair = pair();
    try (Kqueue other = Kqueue.open(spy.sys())) {
      other.change(pair[0], WRITE, ADD | CLEAR, 0, 0, 0);
      other.change(pair[0], READ, ADD, LOWAT, 50, 0);
      other.change(1, USER, ADD | DISABLE, TRIGGER, 0, 0);
      other.change(file("a"), READ, ADD, 0, 0, 0);
      write(pair[1], 1);
      assertEquals(1, other.kevent(null, events, LONG));
      spy.calls.set(0);
      assertEquals(0, other.kevent(null, events, SOON));
      assertTrue(spy.calls.get() < 10, () -> spy.calls + " waits");
    }
  }
}
