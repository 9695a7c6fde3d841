package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is easily got wrong beneath: who is gone, whose turn it is, what is no end. */
class HardCasesTest extends KqueueCase {

  private static final int TRIGGER = Kevent.NOTE_TRIGGER;

  // ---- kevent()

  @Test
  void bothDirections_oneAtATime_comeInTurn() throws Exception {
    int[] pair = pair();
    write(pair[1], 1);
    change(pair[0], READ, ADD);
    change(pair[0], WRITE, ADD);
    Kevents one = Kevents.allocate(1);
    Set<Integer> seen = new TreeSet<>();
    for (int i = 0; i < 8; i++) {
      assertEquals(1, queue.kevent(null, one, 0));
      seen.add(one.filter(0));
    }
    assertEquals(Set.of(READ, WRITE), seen);
  }

  @Test
  void receipt_isNotEchoed() throws Exception {
    Kevents changes = Kevents.allocate(1).add(1, USER, ADD | RECEIPT, 0, 0, 0);
    assertEquals(1, queue.kevent(changes, events, 0));
    assertEquals(ERROR | ADD, events.flags(0));
  }

  // ---- descriptors that were closed

  @ParameterizedTest
  @ValueSource(ints = {0, Kevent.EV_CLEAR})
  void closedWithADuplicate_isNotTakenForWhatHasItsNumber(int how) throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD | how);
    int _ = dup(pair[0]);
    close(pair[0]);
    int[] pipe = pipe();
    assertEquals(pair[0], pipe[0]);
    write(pipe[1], 5);
    write(pair[1], 1);
    assertEquals(List.of(), now());
  }

  @Test
  void closedWithADuplicate_isNotTakenForTheQueuesOwn() throws Exception {
    int[] pair = pair();
    write(pair[1], 1);
    change(pair[0], READ, ADD);
    int copy = dup(pair[0]);
    close(pair[0]);
    change(copy, READ, ADD | CLEAR); // the first edge: an instance is made
    assertEquals(List.of(readable(copy, 1)), now());
  }

  /** Leaves an item in the first instance that speaks for nobody, and does so. */
  private void speakForNobody() throws SysException {
    int[] pair = pair();
    change(pair[0], READ, ADD);
    int _ = dup(pair[0]);
    close(pair[0]);
    write(pair[1], 1);
    for (int i = 0; i < 4; i++) { // it is found out, and then there is patience for two more
      assertEquals(List.of(), now());
    }
  }

  @Test
  void closedBeforeTheInstanceIsMadeAnew_isGone() throws Exception {
    int[] pair = pair();
    change(pair[0], READ, ADD);
    close(pair[0]);
    int[] pipe = pipe();
    assertEquals(pair[0], pipe[0]);
    speakForNobody();
    write(pipe[1], 3);
    assertEquals(List.of(), now());
  }

  /** Who watches it does not hear of it any more: that shows that there is another one. */
  @Test
  void queueWhoseInstanceIsMadeAnew_isWatched_whenItIsAddedAgain() throws Exception {
    Kqueue outer = another();
    outer.change(queue.fd(), READ, ADD, 0, 0, 0);
    speakForNobody();
    change(1, USER, ADD, TRIGGER, 0);
    assertEquals(0, outer.kevent(null, events, SOON));
    outer.change(queue.fd(), READ, ADD, 0, 0, 0);
    assertEquals(1, outer.kevent(null, events, SOON));
  }

  @Test
  void twoThatWait_whileTheInstanceIsMadeAnew_areBothWoken() throws Exception {
    Spy spy = Spy.ofWaits(sys);
    try (Kqueue shared = Kqueue.open(spy.sys())) {
      int[] pair = pair();
      shared.change(pair[0], READ, ADD | DISABLE, 0, 0, 0);
      int _ = dup(pair[0]);
      close(pair[0]);
      assertEquals(Errno.EBADF, errno(() -> shared.change(pair[0], READ, DELETE, 0, 0, 0)));
      CompletableFuture<Integer> one = waiting(shared, Kevents.allocate(1));
      CompletableFuture<Integer> two = waiting(shared, Kevents.allocate(1));
      awaitCalls(spy, 2);
      close(pair[1]);
      awaitCalls(spy, 3);
      for (int i = 0; i < 2; i++) {
        int[] pipe = pipe();
        shared.change(pipe[0], READ, ADD | ONESHOT, 0, 0, 0);
        write(pipe[1], 1);
        Object _ = i == 0 ? CompletableFuture.anyOf(one, two).get() : 0;
      }
      CompletableFuture<Void> both = CompletableFuture.allOf(one, two);
      var _ = both.get(10 * SOON, TimeUnit.NANOSECONDS);
    }
  }

  private static void awaitCalls(Spy spy, int count) {
    long begun = System.nanoTime();
    while (spy.calls.get() < count && System.nanoTime() - begun < LONG) {
      Thread.onSpinWait();
    }
    LockSupport.parkNanos(SOON); // the call has begun: it gets to where it sleeps
  }

  @Test
  void closedBelowItsThreshold_isNotLookedAt() throws Exception {
    Spy spy = Spy.ofWaits(sys);
    try (Kqueue other = Kqueue.open(spy.sys())) {
      int[] pair = pair();
      other.change(pair[0], WRITE, ADD, LOWAT, 1 << 30, 0);
      assertEquals(0, other.kevent(null, events, SOON));
      close(pair[0]);
      spy.calls.set(0);
      assertEquals(0, other.kevent(null, events, 5 * SOON));
      assertTrue(spy.calls.get() < 10, () -> spy.calls + " waits");
    }
  }

  // ---- sockets

  @Test
  void errorOfADatagram_isNoEnd() throws Exception {
    int gone = mine(Sockets.datagram(sys, ANY));
    SocketAddress address = Sockets.localAddress(sys, gone);
    close(gone);
    int fd = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_DGRAM));
    boolean _ = Sockets.connect(sys, fd, address);
    change(fd, READ, ADD);
    write(fd, 1);
    assertEquals(1, within(LONG).size());
    assertEquals(0, events.flags(0) & EOF);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void endOfOnesOwnWriting_isAnEnd(String kind) throws Exception {
    int[] ends = kind.equals("tcp") ? tcp() : pair();
    change(ends[0], WRITE, ADD);
    assertEquals(0, sys.shutdown(ends[0], Linux.SHUT_WR));
    assertEquals(1, now().size());
    assertEquals(EOF, events.flags(0) & EOF);
  }

  @Test
  void endOfThePeersReading_isAnEnd() throws Exception {
    int[] pair = pair();
    change(pair[0], WRITE, ADD);
    assertEquals(0, sys.shutdown(pair[1], Linux.SHUT_RD));
    assertEquals(1, now().size());
    assertEquals(EOF, events.flags(0) & EOF);
  }

  // ---- EVFILT_PROC

  @Test
  void processWithoutNotes_isQuiet() throws Exception {
    Subject it = Subject.of(Subject.Kind.PROC, this);
    change(it.ident, PROC, ADD, 0, 0);
    it.fire();
    assertEquals(List.of(), within(SOON));
  }
}
