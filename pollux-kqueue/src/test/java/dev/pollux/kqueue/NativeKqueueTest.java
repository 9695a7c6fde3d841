package dev.pollux.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is asked of a kqueue of the system's, and what is made of its answers. */
class NativeKqueueTest {

  private static final long DAY_NANOS = 24L * 3600 * 1_000_000_000;

  private final ScriptedKqueue kernel = new ScriptedKqueue();
  private final Kevents events = Kevents.allocate(4);

  private ScriptedKqueue.Call last() {
    return kernel.calls.getLast();
  }

  @Test
  void system_isAskedFirst() throws Exception {
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      assertFalse(queue.isEmulated());
      assertTrue(queue.isExact());
      assertThrows(UnsupportedOperationException.class, queue::knotes);
    }
  }

  @Test
  void openThatFails_saysSo() {
    kernel.kqueueResult = -Errno.EMFILE;
    SysException e = assertThrows(SysException.class, () -> Kqueue.open(kernel.sys()).close());
    assertEquals(Errno.EMFILE, e.errno());
  }

  @Test
  void openThatFailsLater_leavesNothingOpen() {
    kernel.hasUser = false;
    kernel.then(_ -> 0);
    ScriptedKqueue noPipe = kernel;
    var failing = new Spy(noPipe.sys(), "pipe2").failing(Errno.EMFILE, 1);
    SysException e = assertThrows(SysException.class, () -> Kqueue.open(failing.sys()).close());
    assertEquals(Errno.EMFILE, e.errno());
    assertEquals(1, kernel.closed.size());
  }

  @Test
  void changesAndTimeout_areThoseOfTheCall() throws Exception {
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      Kevents changes = Kevents.allocate(2);
      changes.add(0, Kevent.EVFILT_READ, Kevent.EV_ADD | Kevent.EV_CLEAR, 0, 0, 0);
      changes.add(0, Kevent.EVFILT_WRITE, Kevent.EV_DELETE, 0, 0, 0);
      assertEquals(0, queue.kevent(changes, events, 0));
      var expected = List.of("READ ADD|CLEAR", "WRITE DELETE");
      assertEquals(new ScriptedKqueue.Call(expected, 4, 0), last());
      assertEquals(0, queue.kevent(changes, null, 5));
      assertEquals(0, last().room());
    }
  }

  @Test
  void forEver_isNoTimespec() throws Exception {
    kernel.then(out -> one(out, 7));
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      assertEquals(1, queue.kevent(null, events, -1));
      assertEquals(-1, last().timeoutNanos());
      assertEquals(7, events.udata(0));
    }
  }

  private static int one(dev.pollux.sys.KeventMemory out, long udata) {
    out.set(0, 3, Kevent.EVFILT_READ, 0, 0, 1, udata);
    return 1;
  }

  @Test
  void longWait_isCutToADay_andGoesOn() throws Exception {
    kernel.then(_ -> 0).then(out -> one(out, 7));
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      Kevents changes = Kevents.allocate(1).add(1, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, 0);
      assertEquals(1, queue.kevent(changes, events, Long.MAX_VALUE));
      assertEquals(DAY_NANOS, last().timeoutNanos());
      assertEquals(List.of(), last().changes(), "made once");
    }
  }

  @Test
  void interrupt_isSaid() throws Exception {
    kernel.then(_ -> -Errno.EINTR);
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      assertEquals(Kqueue.INTERRUPTED, queue.kevent(null, events, -1));
      assertEquals(0, events.size());
    }
  }

  @Test
  void receipt_isNotLeftInLaterEvents() throws Exception {
    kernel.then(out -> {
      int flags = Kevent.EV_RECEIPT | Kevent.EV_CLEAR;
      out.set(0, 3, Kevent.EVFILT_READ, flags, 0, 1, 0);
      return 1;
    });
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      assertEquals(1, queue.kevent(null, events, -1));
      assertEquals(Kevent.EV_CLEAR, events.flags(0));
    }
  }

  @Test
  void refusal_namesTheChange() throws Exception {
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      kernel.hasUser = false;
      SysException e =
          assertThrows(
              SysException.class,
              () -> queue.change(9, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, 0));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(e.getMessage().contains("USER 9, ADD"), e.getMessage());
      assertFalse(queue.hasFilter(Kevent.EVFILT_USER));
      assertTrue(queue.hasFilter(Kevent.EVFILT_READ));
    }
  }

  @Test
  void refusalOfOneOfSeveral_saysHowMany() throws Exception {
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      kernel.hasUser = false;
      Kevents changes = Kevents.allocate(2);
      changes.add(0, Kevent.EVFILT_READ, Kevent.EV_ADD, 0, 0, 0);
      changes.add(9, Kevent.EVFILT_USER, Kevent.EV_ADD, 0, 0, 0);
      SysException e = assertThrows(SysException.class, () -> queue.kevent(changes, null, 0));
      assertTrue(e.getMessage().contains("2 changes"), e.getMessage());
    }
  }

  /** On a system whose close does not wake anybody. */
  @Test
  void close_triggersItsOwnKnote_whileSomebodyWaits() throws Exception {
    assertCloseEndsTheWait(1);
  }

  @Test
  void close_writesToAPipe_whereThereIsNoUserFilter() throws Exception {
    kernel.hasUser = false;
    assertCloseEndsTheWait(3);
  }

  private void assertCloseEndsTheWait(int descriptors) throws Exception {
    CompletableFuture<Boolean> isInside = new CompletableFuture<>();
    CompletableFuture<Void> isAwake = new CompletableFuture<>();
    kernel.then(out -> {
      boolean _ = isInside.complete(true);
      isAwake.join();
      return one(out, NativeKqueue.END);
    });
    Kqueue queue = Kqueue.open(kernel.sys());
    CompletableFuture<Object> said = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .start(() -> {
              try {
                boolean _ = said.complete(queue.kevent(null, events, -1));
              } catch (SysException e) {
                boolean _ = said.complete(e.errno());
              }
            });
    boolean _ = isInside.join();
    List<Thread> closing = List.of(closing(queue), closing(queue)); // which frees it once
    for (Thread each : closing) {
      while (each.getState() != Thread.State.WAITING) { // for who is inside
        Thread.onSpinWait();
      }
    }
    assertEquals(kernel.hasUser, wasAsked("USER 0"));
    boolean _ = isAwake.complete(null);
    assertEquals(Errno.EBADF, said.join());
    for (Thread each : closing) {
      each.join();
    }
    assertEquals(descriptors, kernel.closed.size());
  }

  private static Thread closing(Kqueue queue) {
    return Thread.ofPlatform().start(queue::close);
  }

  private boolean wasAsked(String change) {
    synchronized (kernel) {
      return kernel.calls.stream().anyMatch(call -> call.changes().contains(change));
    }
  }

  // ---- receipts

  private Kevents threeReceipts() {
    Kevents changes = Kevents.allocate(3);
    for (int i = 0; i < 3; i++) {
      var _ = changes.add(i, Kevent.EVFILT_USER, Kevent.EV_ADD | Kevent.EV_RECEIPT, 0, 0, 0);
    }
    return changes;
  }

  /** FreeBSD and OpenBSD then say that there is nothing, though the list is full. */
  @Test
  void receiptsBeyondTheRoom_endTheCall() throws Exception {
    kernel.then(out -> {
      out.set(0, 0, Kevent.EVFILT_USER, Kevent.EV_ERROR, 0, 0, 5);
      return 0;
    });
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      Kevents one = Kevents.allocate(1);
      assertEquals(1, queue.kevent(threeReceipts(), one, -1));
      assertEquals(Kevent.EV_ERROR, one.flags(0));
      assertEquals(5, one.udata(0));
    }
  }

  @Test
  void receipts_haveTheListForThemselves() throws Exception {
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      int _ = queue.kevent(threeReceipts(), events, 0);
      assertEquals(3, last().room());
    }
  }

  @Test
  void whatWasDone_isNotLeftInEvents() throws Exception {
    kernel.then(out -> {
      int flags = Kevent.EV_ADD | Kevent.EV_ENABLE | Kevent.EV_CLEAR;
      out.set(0, 3, Kevent.EVFILT_READ, flags, 0, 1, 0);
      return 1;
    });
    try (Kqueue queue = Kqueue.open(kernel.sys())) {
      assertEquals(1, queue.kevent(null, events, -1));
      assertEquals(Kevent.EV_CLEAR, events.flags(0));
    }
  }
}
