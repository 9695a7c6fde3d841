package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Threads": changes from other threads take effect on a wait in progress. */
abstract class ThreadContract extends ContractCase {

  ThreadContract(Fixture fixture) {
    super(fixture);
  }

  private static void assertOnly(Registration registration, Waiter waiter) throws Exception {
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertSame(registration, waiter.events().registration());
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("kindsByTriggers")
  void arrival_duringWait_endsIt(Kind kind, Trigger trigger) throws Exception {
    Source source = kind.open(io);
    Registration registration = add(source, trigger);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    source.arrive();
    assertOnly(registration, waiter);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_duringWaitOnNothing_takesEffect(Trigger trigger) throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, trigger);
    waiter.awaitBlocked(); // the change itself is no event
    source.arrive();
    assertOnly(registration, waiter);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void add_ofReadyDuringWait_endsIt(Trigger trigger) throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    Source source = Kind.PIPE.open(io);
    source.arrive();
    assertOnly(add(source, trigger), waiter);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void modify_fromNoneDuringWait_endsIt(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    source.arrive();
    Registration registration = add(source.fd, Interest.NONE, trigger);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    registration.modify(Interest.READABLE);
    assertOnly(registration, waiter);
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void modify_ofFiredOneshotDuringWait_rearms(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    source.arrive();
    Registration registration = add(source, trigger);
    expect(poller).readable(registration).nothingElse();
    Waiter waiter = startWaiter(-1).awaitBlocked();
    registration.modify(Interest.READABLE);
    assertOnly(registration, waiter);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void modify_toNoneDuringWait_mutes(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, trigger);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    registration.modify(Interest.NONE);
    source.arrive();
    waiter.awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Trigger.class)
  void remove_duringWait_silences(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, trigger);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    registration.remove();
    source.arrive();
    waiter.awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("kinds")
  void drained_duringWait_listensAgain(Kind kind) throws Exception {
    Source source = kind.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.EDGE);
    expect(poller).ready(registration).nothingElse();
    Waiter waiter = startWaiter(-1).awaitBlocked();
    source.drain();
    registration.drained(source.interest());
    source.arrive();
    assertOnly(registration, waiter);
  }

  /** What the kernel found for the old interest must not use up the one event of the new. */
  @ParameterizedTest(name = CASES)
  @MethodSource("oneshots")
  void modify_ofTheInterestDuringWait_reportsTheNewOne(Trigger trigger) throws Exception {
    Source source = Kind.UNIX.open(io);
    source.arrive();
    Registration registration = add(source.fd, Interest.READABLE, trigger);
    AtomicBoolean once = new AtomicBoolean();
    probe.inject((call, arguments) -> {
      if (SysProbe.WAITS.contains(call) && once.compareAndSet(false, true)) {
        try {
          registration.modify(Interest.WRITABLE);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return null;
    });
    expect(poller).writable(registration).nothingElse();
  }

  @Test
  void changes_duringWait_areNoEvents() throws Exception {
    Waiter waiter = startWaiter(-1).awaitBlocked();
    for (int i = 0; i < 200; i++) {
      Source source = Kind.EVENTFD.open(io);
      Registration registration = add(source, Trigger.LEVEL);
      registration.modify(Interest.READABLE, Trigger.EDGE);
      registration.remove();
    }
    waiter.awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "a second waiter fails at once")
  void twoWaiters_levelEvent_wakesBoth() throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, Trigger.LEVEL);
    Waiter first = startWaiter(-1).awaitBlocked();
    if (!supports(Capability.MULTIPLE_WAITERS)) {
      assertSecondWaiterFails();
      source.arrive();
      assertOnly(registration, first);
      return;
    }
    Waiter second = startWaiter(-1).awaitBlocked();
    source.arrive();
    assertOnly(registration, first);
    assertOnly(registration, second);
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"EDGE", "ONESHOT", "EDGE_ONESHOT"})
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "a second waiter fails at once")
  void twoWaiters_edgeOrOneshotEvent_wakesExactlyOne(Trigger trigger) throws Exception {
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, trigger);
    Waiter first = startWaiter(-1).awaitBlocked();
    if (!supports(Capability.MULTIPLE_WAITERS)) {
      assertSecondWaiterFails();
      source.arrive();
      assertOnly(registration, first);
      return;
    }
    Waiter second = startWaiter(-1).awaitBlocked();
    source.arrive();
    Deadline.forThe("one waiter to return").await(() -> first.isDone() || second.isDone());
    Waiter winner = first.isDone() ? first : second;
    Waiter other = winner == first ? second : first;
    assertOnly(registration, winner);
    other.awaitBlocked();
    poller.wakeup();
    assertEquals(0, other.result());
  }

  private void assertSecondWaiterFails() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> poller.await(events, -1));
    assertTrue(e.getMessage().contains("another thread waits"), e.getMessage());
    assertTrue(e.getMessage().contains(fixture.backend().label()), e.getMessage());
  }

  @Test
  @ByCapability(value = Capability.MULTIPLE_WAITERS, otherwise = "one waiter takes them all")
  void manyWaiters_manyOneshots_eachEventExactlyOnce() throws Exception {
    int sources = 300;
    List<Source> all = new ArrayList<>();
    for (int i = 0; i < sources; i++) {
      all.add(Kind.EVENTFD.open(io));
      add(all.getLast().fd, Interest.READABLE, Trigger.ONESHOT, i);
    }
    AtomicInteger[] counts = new AtomicInteger[sources];
    AtomicInteger total = new AtomicInteger();
    for (int i = 0; i < sources; i++) {
      counts[i] = new AtomicInteger();
    }
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < (supports(Capability.MULTIPLE_WAITERS) ? 4 : 1); t++) {
      threads.add(Thread.ofPlatform().start(() -> takeUntilClosed(counts, total)));
    }
    all.forEach(Source::arrive);
    Deadline.forThe("all events").await(() -> total.get() >= sources);
    poller.close();
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < sources; i++) {
      assertEquals(1, counts[i].get(), "source " + i);
    }
  }

  private void takeUntilClosed(AtomicInteger[] counts, AtomicInteger total) {
    Events batch = new Events(3);
    try {
      while (true) {
        poller.await(batch, -1);
        while (batch.next()) {
          counts[(Integer) batch.attachment()].incrementAndGet();
          total.incrementAndGet();
        }
      }
    } catch (ClosedPollerException e) {
      assertTrue(total.get() > 0);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Ping-pong over one-shots re-armed by another thread than the one that waits. */
  @Test
  void rearm_fromAnotherThread_losesNothing() throws Exception {
    Source source = Kind.EVENTFD.open(io);
    Registration registration = add(source, Trigger.ONESHOT);
    int rounds = 1000;
    AtomicInteger seen = new AtomicInteger();
    Thread arming =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < rounds; i++) {
                int round = i;
                source.arrive();
                Deadline.forThe("round " + i).await(() -> seen.get() > round);
                source.drain();
                try {
                  registration.modify(Interest.READABLE);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }
            });
    Deadline deadline = Deadline.forThe("rounds");
    while (seen.get() < rounds) {
      poller.await(events, deadline.remainingNanos());
      assertTrue(!deadline.isOver(), "lost in round " + seen.get());
      while (events.next()) {
        seen.incrementAndGet();
      }
    }
    arming.join();
  }
}
