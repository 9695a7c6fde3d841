package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** "Threads": wake-ups coalesce, none is lost, none is needless. */
abstract class WakeupContract extends ContractCase {

  private static final long QUIET_NANOS = 2_000_000;

  WakeupContract(Fixture fixture) {
    super(fixture);
  }

  /** A wait that must last its time: a return before it would be needless. */
  private void assertNextWaitIsQuiet() throws Exception {
    long end = sys.nanoTime() + QUIET_NANOS;
    assertEquals(0, poller.await(events, QUIET_NANOS));
    assertTrue(sys.nanoTime() >= end, "a needless return");
  }

  @Test
  void wakeup_beforeWait_endsTheNextOnly() throws Exception {
    poller.wakeup();
    assertEquals(0, poller.await(events, -1));
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_duringWait_endsIt() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_isNoEvent() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
    assertFalse(waiter.events().next());
    assertEquals(0, poller.size());
    assertEquals(0, poller.staleEvents());
  }

  @Test
  void thousandWakeups_beforeWait_areOneReturn() throws Exception {
    for (int i = 0; i < 1000; i++) {
      poller.wakeup();
    }
    assertEquals(0, poller.await(events, -1));
    assertNextWaitIsQuiet();
  }

  @Test
  void thousandWakeups_duringWait_areOneReturnOrTwo() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    for (int i = 0; i < 1000; i++) {
      poller.wakeup();
    }
    assertEquals(0, waiter.result());
    poller.await(events, 0); // takes a wake-up that came after the return
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_withNobodyWaiting_makesNoSystemCall() throws Exception {
    long before = probe.count("write");
    for (int i = 0; i < 100; i++) {
      poller.wakeup();
    }
    assertEquals(before, probe.count("write"));
    assertEquals(0, poller.await(events, -1));
  }

  @Test
  void wakeup_afterOneThatCouldNotRing_endsTheWait() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    probe.inject((call, arguments) -> {
      if (Fixture.isRing(call)) {
        throw new OutOfMemoryError("no memory to ring");
      }
      return null;
    });
    assertThrows(OutOfMemoryError.class, poller::wakeup);
    waiter.awaitBlocked();
    probe.inject((call, arguments) -> null);
    poller.wakeup();
    assertEquals(0, waiter.result());
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_whileSomethingIsReady_reportsTheEvent() throws Exception {
    int[] pipe = io.pipe();
    int _ = io.write(pipe[1], 1);
    Registration registration = add(pipe[0], Interest.READABLE, Trigger.LEVEL);
    poller.wakeup();
    expect(poller).readable(registration).nothingElse();
    io.readAll(pipe[0]);
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_ofZeroTimeoutWait_isTakenByIt() throws Exception {
    poller.wakeup();
    assertEquals(0, poller.await(events, 0));
    assertNextWaitIsQuiet();
  }

  @Test
  void wakeup_afterClose_doesNothing() throws Exception {
    poller.close();
    poller.wakeup();
    assertFalse(poller.isOpen());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "a second waiter fails at once")
  void wakeup_withTwoWaiters_endsOne() throws Exception {
    Waiter first = startWaiter(-1).awaitBlocked();
    if (!supports(Capability.MULTIPLE_WAITERS)) {
      assertThrows(IllegalStateException.class, () -> poller.await(events, 0));
      poller.wakeup();
      assertEquals(0, first.result());
      return;
    }
    Waiter second = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    Deadline.forThe("one waiter to return").await(() -> first.isDone() || second.isDone());
    Waiter other = first.isDone() ? second : first;
    other.awaitBlocked();
    poller.wakeup();
    assertEquals(0, first.result());
    assertEquals(0, second.result());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "a failing waiter takes none away")
  void wakeup_whileASecondWaiterComes_isNotLost() throws Exception {
    Waiter first = startWaiter(-1).awaitBlocked();
    AtomicBoolean once = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    probe.inject((call, arguments) -> {
      if (Fixture.isRing(call) && once.compareAndSet(false, true)) {
        try { // the wake-up has been announced and not been rung yet
          poller.await(events, 0);
        } catch (Exception e) {
          failures.add(e);
        }
      }
      return null;
    });
    poller.wakeup();
    if (supports(Capability.MULTIPLE_WAITERS)) {
      assertEquals(List.of(), failures); // it took the wake-up, and the first waits on
      first.awaitBlocked();
      poller.wakeup();
    } else {
      assertEquals(1, failures.size());
    }
    assertEquals(0, first.result());
  }

  /** A lost wake-up would leave the waiter asleep with the number not taken. */
  @Test
  void wakeups_hammeredByFourThreads_loseNothing() throws Exception {
    AtomicLong published = new AtomicLong();
    long target = 4 * 2000;
    List<Thread> wakers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      wakers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int k = 0; k < 2000; k++) {
                  published.incrementAndGet();
                  poller.wakeup();
                }
              }));
    }
    Deadline deadline = Deadline.forThe("last wake-up");
    while (published.get() < target) {
      assertEquals(0, poller.await(events, deadline.remainingNanos()));
      assertFalse(deadline.isOver(), "a lost wake-up: " + published.get() + " of " + target);
    }
    for (Thread waker : wakers) {
      waker.join();
    }
    poller.await(events, 0); // takes the last one, if it came after the last return
    assertNextWaitIsQuiet();
  }

  /** Each wake-up must end a wait before the next one is sent: none may be swallowed. */
  @Test
  void wakeups_inLockstep_eachEndAWait() throws Exception {
    int rounds = 3000;
    AtomicLong returned = new AtomicLong();
    Thread waker =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < rounds; i++) {
                long seen = i;
                poller.wakeup();
                Deadline.forThe("wait to end").await(() -> returned.get() > seen);
              }
            });
    for (int i = 0; i < rounds; i++) {
      Deadline deadline = Deadline.forThe("round");
      assertEquals(0, poller.await(events, deadline.remainingNanos()));
      assertFalse(deadline.isOver(), "lost in round " + i);
      returned.incrementAndGet();
    }
    waker.join();
    assertNextWaitIsQuiet();
  }
}
