package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The call: lists of changes and of events, errors, timeouts, threads, the end. */
class KqueueTest extends KqueueCase {

  @Test
  void change_ofAFilterThatIsNone_isEinval() {
    assertEquals(Errno.EINVAL, errno(() -> change(1, 5, ADD)));
    assertEquals(Errno.EINVAL, errno(() -> change(1, 0, ADD)));
    assertEquals(Errno.EINVAL, errno(() -> change(1, READ & WRITE & ~31, ADD)));
  }

  @Test
  void change_ofADescriptorThatIsNotOpen_isEbadf() throws Exception {
    int[] pipe = pipe();
    close(pipe[0]);
    for (int flags : new int[] {ADD, ADD | DISABLE, DELETE, ENABLE}) {
      assertEquals(Errno.EBADF, errno(() -> change(pipe[0], READ, flags)), "" + flags);
    }
    assertEquals(Errno.EBADF, errno(() -> change(-1, READ, ADD)));
    assertEquals(Errno.EBADF, errno(() -> change(1L << 40, WRITE, ADD)));
  }

  @Test
  void change_ofAKnoteThatIsNot_isEnoent() throws Exception {
    int[] pipe = pipe();
    for (int flags : new int[] {DELETE, ENABLE, DISABLE, 0}) {
      assertEquals(Errno.ENOENT, errno(() -> change(pipe[0], READ, flags)), "" + flags);
      assertEquals(Errno.ENOENT, errno(() -> change(7, USER, flags)), "" + flags);
      assertEquals(Errno.ENOENT, errno(() -> change(7, TIMER, flags)), "" + flags);
    }
    change(pipe[0], READ, ADD);
    assertEquals(Errno.ENOENT, errno(() -> change(pipe[0], WRITE, DELETE)));
  }

  @Test
  void list_isOfChangesAndOfEvents() throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 3);
    events.add(pipe[0], READ, ADD, 0, 0, 7).add(pipe[1], WRITE, ADD, 0, 0, 8);
    assertEquals(2, queue.kevent(events, events, FOR_EVER));
    assertEquals(READ, events.filter(0));
    assertEquals(3, events.data(0));
    assertEquals(7, events.udata(0));
    assertEquals(8, events.udata(1));
    assertEquals(0, events.flags(0) & (ADD | ERROR));
  }

  @Test
  void changesThatFail_areEvents_andNothingIsWaitedFor() throws Exception {
    int[] pipe = pipe();
    write(pipe[1], 1);
    Kevents changes = Kevents.allocate(3);
    changes.add(pipe[0], READ, ADD, 0, 0, 1).add(9, USER, DELETE, 0, 0, 2);
    changes.add(pipe[1], WRITE, ADD, 0, 0, 3);
    assertEquals(1, queue.kevent(changes, events, FOR_EVER));
    assertEquals(9, events.ident(0));
    assertEquals(ERROR | DELETE, events.flags(0));
    assertEquals(Errno.ENOENT, events.data(0));
    assertEquals(2, events.udata(0));
    assertEquals(2, queue.kevent(null, events, FOR_EVER)); // the others were made
  }

  @Test
  void changeThatFails_withoutRoom_endsTheCall() throws Exception {
    int[] pipe = pipe();
    Kevents changes = Kevents.allocate(2);
    changes.add(9, USER, DELETE, 0, 0, 0).add(pipe[1], WRITE, ADD, 0, 0, 0);
    SysException e = assertThrows(SysException.class, () -> queue.kevent(changes, null, FOR_EVER));
    assertEquals(Errno.ENOENT, e.errno());
    // the system's says that one failed, and not which
    String said = queue.isEmulated() ? "kevent(USER 9, DELETE)" : "kevent(2 changes)";
    assertContains(said, e.getMessage());
    assertEquals(List.of(), now());
  }

  @Test
  void receipt_saysHowItWent_alsoWell() throws Exception {
    int[] pipe = pipe();
    Kevents changes = Kevents.allocate(2);
    changes.add(pipe[1], WRITE, ADD | RECEIPT, 0, 0, 5).add(9, USER, DELETE, 0, 0, 0);
    assertEquals(2, queue.kevent(changes, events, FOR_EVER));
    assertEquals(ERROR | ADD, events.flags(0));
    assertEquals(0, events.data(0));
    assertEquals(Errno.ENOENT, events.data(1));
    assertEquals(1, now().size());
    assertEquals(0, events.flags(0) & RECEIPT);
  }

  @Test
  void wait_withoutRoom_returnsAtOnce() throws Exception {
    int[] pipe = pipe();
    change(pipe[1], WRITE, ADD);
    assertEquals(0, queue.kevent(null, Kevents.allocate(0), FOR_EVER));
    assertEquals(0, queue.kevent(null, null, FOR_EVER));
  }

  @Test
  void timeout_isATime() throws Exception {
    assertEquals(0, queue.kevent(null, events, 0));
    assertEquals(0, queue.kevent(null, events, SOON));
    assertEquals(0, queue.kevent(null, events, 0, 1_000));
    assertEquals(Errno.EINVAL, errno(() -> queue.kevent(null, events, -1, 0)));
    assertEquals(Errno.EINVAL, errno(() -> queue.kevent(null, events, 0, -1)));
    assertEquals(Errno.EINVAL, errno(() -> queue.kevent(null, events, 0, 1_000_000_000)));
    change(1, USER, ADD, Kevent.NOTE_TRIGGER, 0);
    assertEquals(1, queue.kevent(null, events, Long.MAX_VALUE, 0));
  }

  @Test
  void moreThanThereIsRoomFor_comesInTurn() throws Exception {
    Kevents two = Kevents.allocate(2);
    for (int i = 0; i < 5; i++) {
      change(i, USER, ADD | CLEAR, Kevent.NOTE_TRIGGER, 0);
      int[] pipe = pipe();
      write(pipe[1], 1);
      change(pipe[0], READ, ADD | CLEAR);
    }
    int all = 0;
    for (int n = queue.kevent(null, two, 0); n > 0; n = queue.kevent(null, two, 0)) {
      all += n;
    }
    assertEquals(10, all);
  }

  @Test
  void close_wakesWhoWaits() throws Exception {
    CompletableFuture<Integer> said = new CompletableFuture<>();
    CompletableFuture<Boolean> isIn = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              isIn.complete(true);
              try {
                int _ = queue.kevent(null, Kevents.allocate(1), FOR_EVER);
              } catch (SysException e) {
                said.complete(e.errno());
              } catch (IllegalStateException e) {
                said.complete(Errno.EBADF); // it had not begun
              }
            });
    assertTrue(isIn.get());
    queue.close();
    assertEquals(Errno.EBADF, said.get());
    waiting.join();
    assertThrows(IllegalStateException.class, () -> queue.kevent(null, events, 0));
    assertThrows(IllegalStateException.class, queue::fd);
    queue.close();
  }

  @Test
  void event_thatIsCleared_goesToOneOfThoseWhoWait() throws Exception {
    int threads = 4;
    int rounds = 200;
    change(1, USER, ADD | CLEAR);
    CompletableFuture<?>[] all = new CompletableFuture<?>[threads];
    java.util.concurrent.atomic.AtomicInteger got = new java.util.concurrent.atomic.AtomicInteger();
    for (int t = 0; t < threads; t++) {
      CompletableFuture<Integer> done = new CompletableFuture<>();
      all[t] = done;
      Thread _ =
          Thread.ofPlatform()
              .start(() -> {
                Kevents own = Kevents.allocate(4);
                try {
                  while (true) {
                    got.addAndGet(Math.max(0, queue.kevent(null, own, FOR_EVER)));
                  }
                } catch (SysException | IllegalStateException e) {
                  done.complete(0);
                }
              });
    }
    for (int i = 1; i <= rounds; i++) {
      change(1, USER, 0, Kevent.NOTE_TRIGGER, 0);
      while (got.get() < i) {
        Thread.onSpinWait();
      }
    }
    queue.close();
    CompletableFuture.allOf(all).join();
    assertEquals(rounds, got.get());
  }

  @Test
  void queue_isWatchedByAnother() throws Exception {
    try (Kqueue other = Kqueue.open(sys)) {
      int[] pipe = pipe();
      other.change(queue.fd(), READ, ADD, 0, 0, 0);
      assertEquals(0, other.kevent(null, events, 0));
      change(pipe[0], READ, ADD | CLEAR);
      assertEquals(0, other.kevent(null, events, 0));
      write(pipe[1], 1);
      assertEquals(1, other.kevent(null, events, SOON));
      assertEquals(queue.fd(), events.ident(0));
      assertEquals(1, now().size());
      assertEquals(0, other.kevent(null, events, 0));
      change(3, USER, ADD | CLEAR, Kevent.NOTE_TRIGGER, 0);
      assertEquals(1, other.kevent(null, events, SOON));
    }
  }

  @Test
  void entry_isPrintedByNames() {
    events.add(4, READ, ADD | CLEAR, 1, 2, 3);
    assertEquals(
        "{ident=4, filter=READ, flags=ADD|CLEAR, fflags=0x1, data=2, udata=3}", events.text(0));
    assertThrows(IndexOutOfBoundsException.class, () -> events.text(1));
    assertEquals("0", Kevent.flagNames(0));
    assertEquals("EOF|0x800", Kevent.flagNames(EOF | 0x800));
  }
}
