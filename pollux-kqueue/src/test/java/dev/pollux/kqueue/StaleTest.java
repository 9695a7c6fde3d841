package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What was so a while ago, and is so no more, is not told. */
class StaleTest extends KqueueCase {

  private static final int ARRIVALS = 1_500;
  private static final int WAITERS = 3;

  /**
   * Each byte is one thread's: who finds an event in the kernel's list finds it taken when another
   * one has read and enabled the knote meanwhile.
   */
  @Test
  void eventThatAnotherThreadTook_isNotTold() throws Exception {
    int[] pipe = pipe();
    change(pipe[0], READ, ADD | DISPATCH);
    AtomicInteger taken = new AtomicInteger();
    List<CompletableFuture<Integer>> waiters = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      CompletableFuture<Integer> told = new CompletableFuture<>();
      waiters.add(told);
      Thread _ = Thread.ofPlatform().start(() -> take(pipe[0], taken, told));
    }
    for (int i = 1; i <= ARRIVALS; i++) {
      write(pipe[1], 1);
      while (taken.get() < i && waiters.stream().noneMatch(CompletableFuture::isDone)) {
        Thread.onSpinWait();
      }
    }
    for (CompletableFuture<Integer> told : waiters) {
      assertEquals(0, get(told), "events with nothing to read");
    }
  }

  /** Takes bytes until all have come; how many events had none. */
  private void take(int fd, AtomicInteger taken, CompletableFuture<Integer> told) {
    try {
      Kevents found = Kevents.allocate(1);
      Kevents again = Kevents.allocate(1).add(fd, READ, Kevent.EV_ENABLE, 0, 0, 0);
      IoBuffer buffer = IoBuffer.allocate(8);
      int empty = 0;
      while (taken.get() < ARRIVALS) {
        if (queue.kevent(null, found, 1_000_000) == 1) {
          empty += found.data(0) == 0 ? 1 : 0;
          var _ = buffer.buffer().clear();
          int count = Math.max(0, buffer.read(sys, fd));
          int _ = queue.kevent(again, null, 0);
          int _ = taken.addAndGet(count);
        }
      }
      boolean _ = told.complete(empty);
    } catch (Throwable t) {
      boolean _ = told.completeExceptionally(t);
    }
  }

  /** A knote that is off is not looked for, and the queue is quiet. */
  @Test
  void thresholdOfAKnoteThatIsOff_ticksNoMore() throws Exception {
    int[] pair = pair();
    change(pair[0], WRITE, ADD, Kevent.NOTE_LOWAT, 1 << 30);
    assertEquals(List.of(), now());
    change(pair[0], WRITE, Kevent.EV_DISABLE, Kevent.NOTE_LOWAT, 1 << 30);
    List<String> _ = now();
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, queue.fd(), Linux.POLLIN);
    assertEquals(0, poll.poll(25)); // five ticks
  }

  /** The end of another connection of the same socket. */
  @Test
  void errorOfAnEndThatIsOver_isNotToldAgain() throws Exception {
    int gone = mine(Sockets.tcpListener(sys, ANY, 1));
    SocketAddress nobody = Sockets.localAddress(sys, gone);
    close(gone);
    int fd = mine(Sockets.open(sys, Linux.AF_INET, Linux.SOCK_STREAM));
    change(fd, READ, ADD);
    List<String> _ = now();
    try {
      boolean _ = Sockets.connect(sys, fd, nobody);
    } catch (SysException e) {
      assertEquals(Errno.ECONNREFUSED, e.errno());
    }
    assertEquals(1, within(LONG).size());
    int listener = listener();
    try {
      boolean _ = Sockets.connect(sys, fd, Sockets.localAddress(sys, listener));
    } catch (SysException e) {
      return; // a kernel on which a socket is of no use when it was refused once
    }
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, listener, Linux.POLLIN);
    assertEquals(1, poll.poll(10_000));
    int accepted = mine(Sockets.accept(sys, listener));
    write(accepted, 1);
    assertEquals(List.of(readable(fd, 1)), within(LONG));
    close(accepted);
    while (within(LONG).equals(List.of(readable(fd, 1)))) {
      Thread.onSpinWait();
    }
    assertNotEquals(0, events.flags(0) & EOF);
    assertEquals(0, events.fflags(0));
  }

  @Test
  void onAndOff_atOnce_isNoChange() {
    assertEquals(Errno.EINVAL, errno(() -> change(1, USER, ADD | Kevent.EV_ENABLE | DISABLE)));
    assertEquals(Errno.ENOENT, errno(() -> change(1, USER, DELETE)));
  }
}
