package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** "Threads": close ends all waits, and gives the poller's descriptors back exactly once. */
abstract class CloseContract extends ContractCase {

  CloseContract(Fixture fixture) {
    super(fixture);
  }

  @Test
  void close_twice_doesNothing() throws Exception {
    assertTrue(poller.isOpen());
    poller.close();
    long closes = probe.count("close");
    poller.close();
    assertFalse(poller.isOpen());
    assertEquals(closes, probe.count("close"));
  }

  @Test
  void everyUse_afterClose_failsOrDoesNothing() throws Exception {
    int[] pipe = io.pipe();
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.EDGE);
    poller.close();
    assertThrows(ClosedPollerException.class, () -> poller.await(events, 0));
    assertThrows(ClosedPollerException.class, () -> poller.awaitUntil(events, 0));
    assertThrows(
        ClosedPollerException.class,
        () -> poller.add(pipe[1], Interest.WRITABLE, Trigger.LEVEL, null));
    assertThrows(ClosedPollerException.class, () -> registration.modify(Interest.WRITABLE));
    registration.remove();
    registration.drained(Interest.READABLE);
    poller.wakeup();
    assertEquals(0, poller.size());
    assertFalse(registration.isActive());
  }

  @Test
  void close_leavesTheCallersDescriptorsOpen() throws Exception {
    int[] pipe = io.pipe();
    add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    poller.close();
    assertEquals(1, io.write(pipe[1], 1));
    assertEquals(1, io.read(pipe[0], 1));
  }

  @Test
  void close_duringWait_endsIt() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.close();
    assertThrows(ClosedPollerException.class, waiter::result);
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter at most")
  void close_withSeveralWaiters_endsThemAll() throws Exception {
    int count = supports(Capability.MULTIPLE_WAITERS) ? 4 : 1;
    List<Waiter> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(startWaiter(-1).awaitBlocked());
    }
    poller.close();
    for (Waiter waiter : waiting) {
      assertThrows(ClosedPollerException.class, waiter::result);
    }
  }

  @Test
  void close_duringWaitWithReadyDescriptors_endsIt() throws Exception {
    int[] pipe = io.pipe();
    add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.close();
    int _ = io.write(pipe[1], 1);
    assertThrows(ClosedPollerException.class, waiter::result);
  }

  @Test
  void close_inAHandler_endsTheBatch() throws Exception {
    int[] a = io.pipe();
    int[] b = io.pipe();
    add(a[1], Interest.WRITABLE, Trigger.LEVEL);
    add(b[1], Interest.WRITABLE, Trigger.LEVEL);
    assertEquals(2, poller.await(events, 0));
    assertTrue(events.next());
    poller.close();
    assertFalse(events.next());
    assertThrows(ClosedPollerException.class, () -> poller.await(events, 0));
  }

  @Test
  void close_withUnreadEvents_failsTheNextWait() throws Exception {
    int[] pipe = io.pipe();
    add(pipe[1], Interest.WRITABLE, Trigger.LEVEL);
    assertEquals(1, poller.await(events, 0));
    poller.close();
    assertThrows(ClosedPollerException.class, () -> poller.await(events, 0));
  }

  /** The close comes between the check that the poller is open and the interrupt of the waiter. */
  @Test
  void close_inTheMiddleOfAnAdd_addSucceedsOrSaysClosed() throws Exception {
    startWaiter(-1).awaitBlocked();
    int[] pipe = io.pipe();
    Poller closing = poller;
    List<Thread> closers = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (closers.isEmpty() && Fixture.isChange(call)) {
        closers.add(Thread.ofPlatform().start(closing::close));
        Deadline.forThe("close to begin").await(() -> !closing.isOpen());
      }
      return null;
    });
    try {
      add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    } catch (ClosedPollerException e) {
      assertFalse(poller.isOpen());
    }
    closers.getFirst().join();
  }

  @RepeatedTest(20)
  void close_whileWakeupsHammer_freesOnceAndEndsTheWait() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> wakers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      wakers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!stop.get()) {
                  poller.wakeup();
                }
              }));
    }
    Thread waiter =
        Thread.ofPlatform()
            .start(() ->
                assertThrows(
                    ClosedPollerException.class,
                    () -> {
                      Events batch = new Events(4);
                      while (true) {
                        poller.await(batch, -1);
                      }
                    }));
    Deadline.forThe("wake-ups").await(() -> probe.waits() > 50);
    poller.close();
    waiter.join(10_000);
    assertFalse(waiter.isAlive(), "the wait did not end");
    stop.set(true);
    for (Thread waker : wakers) {
      waker.join();
    }
    assertEquals(fixture.descriptors(), probe.count("close"));
  }

  @Test
  void close_withUnreadEvents_givesNoneOfThem() throws Exception {
    for (int i = 0; i < 2; i++) {
      add(io.eventfd(1), Interest.READABLE, Trigger.LEVEL);
    }
    assertEquals(2, poller.await(events, 0));
    assertTrue(events.next());
    poller.close();
    assertFalse(events.next());
  }

  @Test
  void fd_ofAClosedPoller_isRefused() {
    poller.close();
    assertThrows(ClosedPollerException.class, poller::fd);
  }

  /** Where eventfd is forbidden the waker is a pipe, which is rung and interrupted differently. */
  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "there is one waiter")
  void close_wakerIsAPipe_endsEveryWait() throws Exception {
    poller.close();
    probe.inject((call, arguments) -> call.equals("eventfd") ? (Object) (-Errno.EPERM) : null);
    poller = Poller.open(probe.sys(), fixture.backend());
    Waiter first = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    assertEquals(0, first.result());
    Waiter second = startWaiter(-1).awaitBlocked();
    List<Waiter> waiters = new ArrayList<>(List.of(second));
    for (int i = 0; supports(Capability.MULTIPLE_WAITERS) && i < 2; i++) {
      waiters.add(startWaiter(-1).awaitBlocked());
    }
    poller.close();
    for (Waiter waiter : waiters) {
      assertThrows(ClosedPollerException.class, waiter::result);
    }
  }

  /** The descriptors are gone by then, and their numbers may be somebody else's. */
  @Test
  void close_afterOneThatFailedHalfWay_touchesNoDescriptor() throws Exception {
    probe.inject((call, arguments) -> {
      if (Fixture.isRing(call) || Fixture.isChange(call)) {
        throw new OutOfMemoryError("no memory to interrupt");
      }
      return null;
    });
    assertThrows(OutOfMemoryError.class, poller::close);
    probe.inject((call, arguments) -> null);
    long calls = probe.count("write") + probe.count("epollCtl") + probe.count("close");
    poller.close();
    assertEquals(calls, probe.count("write") + probe.count("epollCtl") + probe.count("close"));
  }
}
