package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link EpollOrphans}: when it moves to another epoll instance, and how a move may fail. */
abstract class OrphanMoveContract extends ContractCase {

  private static final long QUIET_NANOS = 20_000_000; // 20 ms
  private static final int REGISTERED = 3; // armed items beside the waker's in the fault test

  OrphanMoveContract(Fixture fixture) {
    super(fixture);
  }

  /** What the poller wakes its waits by. */
  enum Wakes {
    BY_EVENTFD,
    BY_PIPE;

    /** Items in an epoll instance. */
    int items() {
      return this == BY_PIPE ? 2 : 1;
    }
  }

  /** A step of a move that fails: the call that comes the so-manieth time. */
  record Step(Wakes wakes, String call, int count, int errno) {
    @Override
    public String toString() {
      return wakes + ", " + call + " " + count + ": " + Errno.name(errno);
    }
  }

  static Stream<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (Wakes wakes : Wakes.values()) {
      steps.add(new Step(wakes, "epollCreate1", 1, Errno.EMFILE));
      steps.add(new Step(wakes, "epollCreate1", 1, Errno.ENOMEM));
      for (int count = 1; count <= wakes.items() + REGISTERED; count++) {
        steps.add(new Step(wakes, "epollCtl", count, Errno.ENOSPC));
        steps.add(new Step(wakes, "epollCtl", count, Errno.ENOMEM));
      }
      steps.add(new Step(wakes, "dup3", 1, Errno.ENOMEM));
    }
    return steps.stream();
  }

  private void reopen(Wakes wakes) throws Exception {
    poller.close();
    probe.inject((call, arguments) ->
        wakes == Wakes.BY_PIPE && call.equals("eventfd") ? -Errno.EPERM : null);
    poller = Poller.open(probe.sys(), fixture.backend());
    probe.injectNothing();
  }

  /** Leaves an orphan behind; the descriptor that still makes it ready. */
  private int orphan(int value, Trigger trigger) throws Exception {
    int fd = io.eventfd(value);
    int dup = io.dup(fd);
    Registration registration = add(fd, Interest.READABLE, trigger);
    io.close(fd);
    registration.remove();
    return dup;
  }

  private void signal(int fd) {
    assertEquals(Long.BYTES, io.writeNumber(fd, 1));
  }

  /** Fails the step once, in a move; afterwards the element says that it came to that. */
  private boolean[] injectOnce(Step step) {
    boolean[] hit = {false};
    int[] seen = {0};
    int own = poller.fd();
    probe.inject((call, arguments) -> {
      boolean inMove = !call.equals("epollCtl") || !arguments[0].equals(own);
      if (!hit[0] && inMove && call.equals(step.call) && ++seen[0] == step.count) {
        hit[0] = true;
        return -step.errno;
      }
      return null;
    });
    return hit;
  }

  @ParameterizedTest(name = CASES)
  @MethodSource("steps")
  void move_failsAtAStep_losesNothingAndSucceedsLater(Step step) throws Exception {
    reopen(step.wakes);
    Source level = Kind.EVENTFD.open(io);
    Source edge = Kind.EVENTFD.open(io);
    Source once = Kind.EVENTFD.open(io);
    Source spent = Kind.EVENTFD.open(io);
    Registration byLevel = add(level, Trigger.LEVEL);
    Registration byEdge = add(edge, Trigger.EDGE);
    Registration armed = add(once, Trigger.ONESHOT);
    Registration fired = add(spent, Trigger.ONESHOT);
    spent.arrive();
    expect(poller).readable(fired).nothingElse();
    int dup = orphan(1, Trigger.LEVEL);

    boolean[] hit = injectOnce(step);
    for (int i = 0; i < 10 && !hit[0]; i++) {
      assertEquals(0, poller.await(events, 0));
    }
    assertTrue(hit[0], "the step was not made");

    io.readAll(dup); // the orphan falls silent, and is still there
    long before = probe.waits();
    assertEquals(0, poller.await(events, QUIET_NANOS));
    assertTrue(probe.waits() - before <= 3, "the alarm is still raised");
    level.arrive();
    edge.arrive();
    once.arrive();
    expect(poller).readable(byLevel).readable(byEdge).readable(armed).nothingElse();
    level.drain();
    edge.drain(); // a move gives edges again
    Waiter waiter = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    assertEquals(0, waiter.result());

    signal(dup);
    expect(poller).nothing(); // moves
    expectNothingAndNoSpinning();
    fired.modify(Interest.READABLE);
    armed.modify(Interest.READABLE);
    expect(poller).readable(fired).readable(armed).nothingElse();
    assertEquals(0, probe.count("open"), "looks at files of /proc");
  }

  /** Not refused by the kernel: the thread itself cannot go on, at any call of the move. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Wakes.class)
  void move_runsOutOfMemoryAtACall_losesAndLeaksNothing(Wakes wakes) throws Exception {
    boolean failed = true;
    for (int index = 0; failed; index++) {
      reopen(wakes);
      Source source = Kind.EVENTFD.open(io);
      Registration once = add(source, Trigger.ONESHOT);
      orphan(1, Trigger.LEVEL);
      assertEquals(0, poller.await(events, 0));
      int[] left = {index};
      probe.inject((call, arguments) -> {
        if (!SysProbe.WAITS.contains(call) && left[0]-- == 0) {
          throw new OutOfMemoryError("injected");
        }
        return null;
      });
      failed = false;
      try {
        assertEquals(0, poller.await(events, 0));
      } catch (OutOfMemoryError e) {
        assertEquals("injected", e.getMessage());
        failed = true;
      }
      probe.injectNothing();
      expectNothingAndNoSpinning();
      source.arrive();
      expect(poller).readable(once).nothingElse();
      Waiter waiter = startWaiter(-1).awaitBlocked();
      poller.wakeup();
      assertEquals(0, waiter.result());
      assertTrue(failed || index > 4, "a move makes more calls: " + index);
    }
  }

  @ParameterizedTest(name = CASES)
  @EnumSource(Wakes.class)
  void move_interruptedOrBusy_isTriedAgainAtOnce(Wakes wakes) throws Exception {
    reopen(wakes);
    long instances = probe.count("epollCreate1");
    orphan(1, Trigger.LEVEL);
    int[] left = {4};
    probe.inject((call, arguments) ->
        call.equals("dup3") && left[0]-- > 0
            ? left[0] % 2 == 0 ? -Errno.EINTR : -Errno.EBUSY
            : null);
    expectNothingAndNoSpinning();
    assertEquals(1, probe.count("epollCreate1") - instances);
    assertEquals(5, probe.count("dup3"));
  }

  /** A move costs a call for each item: what fails is tried again after twice as many events. */
  @Test
  void move_thatAlwaysFails_isTriedLessAndLessOften() throws Exception {
    orphan(1, Trigger.LEVEL);
    probe.inject((call, arguments) -> call.equals("dup3") ? -Errno.ENOMEM : null);
    for (int i = 0; i < 500; i++) {
      assertEquals(0, poller.await(events, 0));
    }
    long tries = probe.count("dup3");
    assertTrue(tries >= 4 && tries <= 10, "tries: " + tries);
    probe.injectNothing();
    Deadline deadline = Deadline.forThe("move");
    while (probe.count("dup3") == tries) {
      assertEquals(0, poller.await(events, 0));
      assertTrue(!deadline.isOver(), "never tried again");
    }
    expectNothingAndNoSpinning();
  }

  /** An event is on its way while its registration is removed, which happens every day. */
  @Test
  void deadEvent_fromAnOrdinaryRace_isNoReasonForAMove() throws Exception {
    Registration closedFirst = add(io.eventfd(0), Interest.READABLE, Trigger.LEVEL);
    io.close(closedFirst.fd());
    closedFirst.remove(); // there may be an orphan from now on
    long instances = probe.count("epollCreate1");
    Registration[] racing = {null};
    probe.after((call, arguments, result) -> {
      if (SysProbe.WAITS.contains(call) && racing[0] != null) {
        racing[0].remove();
        racing[0] = null;
      }
    });
    for (int i = 0; i < 20; i++) {
      racing[0] = add(io.eventfd(1), Interest.READABLE, Trigger.LEVEL);
      assertEquals(0, poller.await(events, 0));
    }
    assertEquals(20, poller.staleEvents());
    assertEquals(instances, probe.count("epollCreate1"));
  }

  @Test
  void deadEvent_forTheSameOneTwice_isAReasonForAMove() throws Exception {
    long instances = probe.count("epollCreate1");
    orphan(1, Trigger.LEVEL);
    assertEquals(0, poller.await(events, 0));
    assertEquals(0, probe.count("epollCreate1") - instances);
    assertEquals(0, poller.await(events, 0));
    assertEquals(1, probe.count("epollCreate1") - instances);
    expectNothingAndNoSpinning();
  }

  @Test
  void deadEvents_ofTwoThatTakeTurns_leadToOneMove() throws Exception {
    long instances = probe.count("epollCreate1");
    orphan(1, Trigger.LEVEL);
    orphan(1, Trigger.LEVEL);
    Events one = new Events(1);
    for (int i = 0; i < 8; i++) {
      assertEquals(0, poller.await(one, 0));
    }
    assertEquals(1, probe.count("epollCreate1") - instances);
    expectNothingAndNoSpinning();
  }

  /** What was met once and never again must not hide the one that comes all the time. */
  @Test
  void deadEvent_ofAnotherBefore_doesNotPutTheMoveOff() throws Exception {
    long instances = probe.count("epollCreate1");
    signal(orphan(0, Trigger.EDGE));
    assertEquals(0, poller.await(events, 0));
    orphan(1, Trigger.LEVEL);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, poller.await(events, 0));
    }
    assertEquals(1, probe.count("epollCreate1") - instances);
    expectNothingAndNoSpinning();
  }

  /** Edges come once each, so none of these is met twice: the bound is 64. */
  @Test
  void deadEvents_eachOfAnother_areEnoughAtTheBound() throws Exception {
    long instances = probe.count("epollCreate1");
    for (int i = 1; i <= 64; i++) {
      assertEquals(0, probe.count("epollCreate1") - instances, "after " + (i - 1));
      signal(orphan(0, Trigger.EDGE));
      assertEquals(0, poller.await(events, 0));
    }
    assertEquals(1, probe.count("epollCreate1") - instances);
  }

  /** The new instance has it armed as well by then. */
  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
  void oneshot_takenByAnotherWaiterDuringTheMove_isReportedOnce(Trigger trigger) throws Exception {
    Source source = Kind.EVENTFD.open(io);
    Registration target = add(source, trigger);
    int dup = orphan(0, Trigger.EDGE);
    int own = poller.fd();
    List<Waiter> others = new ArrayList<>();
    probe.after((call, arguments, result) -> {
      boolean isCopied =
          call.equals("epollCtl") && !arguments[0].equals(own) && arguments[2].equals(source.fd);
      if (isCopied && others.isEmpty()) {
        source.arrive();
        others.add(startWaiter(-1));
        Deadline.forThe("the other waiter").await(others.getFirst()::isDone);
      }
    });
    for (int i = 0; i < 2; i++) { // the second time it is suspected
      signal(dup);
      assertEquals(0, poller.await(events, 0));
    }
    assertEquals(1, others.getFirst().result());
    assertTrue(others.getFirst().events().next());
    assertEquals(target, others.getFirst().events().registration());
    expectNothingAndNoSpinning();
    target.modify(Interest.READABLE);
    expect(poller).readable(target).nothingElse();
    expectNothing();
  }

  /** It has fired, and what it is now does not fire once. */
  @ParameterizedTest(name = CASES)
  @EnumSource(names = {"LEVEL", "EDGE"})
  void firedOneshot_ofAnotherTriggerSince_isMovedToo(Trigger trigger) throws Exception {
    Source source = Kind.EVENTFD.open(io);
    source.arrive();
    Registration registration = add(source, Trigger.ONESHOT);
    expect(poller).readable(registration).nothingElse();
    source.drain();
    registration.modify(Interest.READABLE, trigger);
    orphan(1, Trigger.LEVEL);
    expectNothingAndNoSpinning();
    assertEquals(1, probe.count("dup3"));
    source.arrive();
    expect(poller).readable(registration).nothingElse();
  }

  /** The alarm that woke the waits for the move is lowered, and can be raised again. */
  @Test
  void file_addedAfterAMove_wakesAWait() throws Exception {
    orphan(1, Trigger.LEVEL);
    expectNothingAndNoSpinning();
    assertEquals(1, probe.count("dup3"));
    Waiter waiter = startWaiter(-1).awaitBlocked();
    Registration file = add(io.open("/dev/null", Linux.O_RDWR), Interest.READABLE, Trigger.LEVEL);
    assertEquals(1, waiter.result());
    assertTrue(waiter.events().next());
    assertEquals(file, waiter.events().registration());
  }

  @Test
  void file_armedDuringTheMoves_keepsTheAlarmRaised() throws Exception {
    Registration file = add(io.open("/dev/null", Linux.O_RDWR), Interest.READABLE, Trigger.LEVEL);
    int dup = orphan(1, Trigger.LEVEL);
    for (int i = 0; i < 4; i++) {
      expect(poller).readable(file).nothingElse();
    }
    assertEquals(1, probe.count("dup3"));
    io.readAll(dup);
    assertEquals(1, poller.await(events, -1));
    while (events.next()) {}
    file.remove();
    expectNothingAndNoSpinning();
  }
}
