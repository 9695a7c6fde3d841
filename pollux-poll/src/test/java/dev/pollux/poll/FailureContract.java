package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thread runs out of memory or stack at any system call of any method: its caller is told, and
 * the poller goes on working for it and for everybody else.
 */
abstract class FailureContract extends ContractCase {

  /** More system calls than any method makes. */
  private static final int MOST_CALLS = 40;

  FailureContract(Fixture fixture) {
    super(fixture);
  }

  /** What a thread may run out of. */
  enum Shortage {
    MEMORY,
    STACK;

    Error error() {
      return this == MEMORY ? new OutOfMemoryError("injected") : new StackOverflowError("injected");
    }
  }

  /** Who is there while it happens. */
  enum Scene {
    ALONE,
    ANOTHER_WAITS
  }

  /** What is registered. */
  enum Watched {
    PIPE,
    FILE
  }

  static Stream<Arguments> shortages() {
    return Stream.of(Shortage.values())
        .flatMap(shortage ->
            Stream.of(Scene.values())
                .flatMap(scene ->
                    Stream.of(Watched.values())
                        .map(watched -> Arguments.of(shortage, scene, watched))));
  }

  /**
   * Runs it with one system call of this thread failing.
   *
   * @return whether it came to that; its caller was told then
   */
  private boolean failsAt(int index, Shortage shortage, Executable operation) throws Throwable {
    Error error = shortage.error();
    Thread caller = Thread.currentThread();
    int[] left = {index};
    probe.inject((call, arguments) -> {
      if (Thread.currentThread().equals(caller) && left[0]-- == 0) {
        throw error;
      }
      return null;
    });
    try {
      operation.execute();
      assertTrue(left[0] >= 0, "the caller is not told");
      return false;
    } catch (OutOfMemoryError | StackOverflowError e) {
      assertSame(error, e);
      return true;
    } finally {
      probe.injectNothing();
    }
  }

  private int open(Watched watched) throws Exception {
    return watched == Watched.FILE ? io.open("/dev/null", Linux.O_RDWR) : io.pipe()[1];
  }

  /** In the other thread, if there is one. */
  private Waiter waiterOf(Scene scene) throws Exception {
    return scene == Scene.ANOTHER_WAITS ? startWaiter(-1).awaitBlocked() : null;
  }

  /** Ends the wait of the other thread, which may have ended for an event. */
  private void end(Waiter waiter) throws Exception {
    if (waiter != null) {
      poller.wakeup();
      int _ = waiter.result();
    }
  }

  /**
   * Nothing is registered: another wait is let in, hears an arrival and a wake-up, and is quiet.
   */
  private void assertWorks() throws Exception {
    while (countEvents() > 0) {} // a wake-up that nobody took, a batch half read
    expectNothingAndNoSpinning();
    Source source = Kind.PIPE.open(io);
    Registration registration = add(source, Trigger.LEVEL);
    Waiter waiter = startWaiter(-1).awaitBlocked();
    source.arrive();
    assertEquals(1, waiter.result());
    expect(poller).readable(registration).nothingElse();
    registration.remove();
    io.close(source.fd);
    Waiter woken = startWaiter(-1).awaitBlocked();
    poller.wakeup();
    assertEquals(0, woken.result());
  }

  @ParameterizedTest(name = "[{0}, {1}, {2}] {displayName}")
  @MethodSource("shortages")
  void add_failsAnywhere_registersNothing(Shortage shortage, Scene scene, Watched watched)
      throws Throwable {
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      int fd = open(watched);
      Waiter waiter = waiterOf(scene);
      Registration[] added = {null};
      failed =
          failsAt(
              index,
              shortage,
              () -> added[0] = poller.add(fd, Interest.WRITABLE, Trigger.LEVEL, null));
      end(waiter);
      assertEquals(failed ? 0 : 1, poller.size());
      Registration registration = failed ? add(fd, Interest.WRITABLE, Trigger.LEVEL) : added[0];
      expect(poller).writable(registration).nothingElse();
      registration.remove();
      assertWorks();
      assertTrue(failed || index > 0, "no call was made");
    }
  }

  /** Where a pipe is the waker, files take two calls: one may be made, and the other fail. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Shortage.class)
  void addOfAFile_failsAnywhere_leavesNoEndOfAPipeAlarmed(Shortage shortage) throws Throwable {
    poller.close();
    probe.inject((call, arguments) -> call.equals("eventfd") ? -Errno.ENOSYS : null);
    poller = Poller.open(probe.sys(), fixture.backend());
    int fd = open(Watched.FILE);
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      failed =
          failsAt(
              index,
              shortage,
              () -> poller.add(fd, Interest.WRITABLE, Trigger.LEVEL, null).remove());
      poller.registrations().forEach(Registration::remove);
      expectNothingAndNoSpinning();
      Registration registration = add(fd, Interest.WRITABLE, Trigger.LEVEL);
      expect(poller).writable(registration).nothingElse();
      registration.remove();
      expectNothingAndNoSpinning();
    }
  }

  @ParameterizedTest(name = "[{0}, {1}, {2}] {displayName}")
  @MethodSource("shortages")
  void modify_failsAnywhere_leavesItAsItWas(Shortage shortage, Scene scene, Watched watched)
      throws Throwable {
    Interest[][] changes = {
      {Interest.NONE, Interest.WRITABLE},
      {Interest.WRITABLE, Interest.NONE},
      {Interest.WRITABLE, Interest.READABLE}
    };
    for (Interest[] change : changes) {
      for (Trigger trigger : new Trigger[] {Trigger.LEVEL, Trigger.ONESHOT}) {
        boolean failed = true;
        for (int index = 0; failed; index++) {
          assertTrue(index < MOST_CALLS);
          failed = modifyFails(index, shortage, scene, watched, change, trigger);
        }
      }
    }
    assertWorks();
  }

  private boolean modifyFails(
      int index, Shortage shortage, Scene scene, Watched watched, Interest[] change, Trigger to)
      throws Throwable {
    Registration registration = add(open(watched), change[0], Trigger.LEVEL);
    // A wait that has something to report at once would be no wait.
    Waiter waiter = change[0] == Interest.NONE ? waiterOf(scene) : null;
    boolean failed = failsAt(index, shortage, () -> registration.modify(change[1], to));
    end(waiter);
    assertEquals(failed ? change[0] : change[1], registration.interest());
    assertEquals(failed ? Trigger.LEVEL : to, registration.trigger());
    if (failed && change[0] == Interest.WRITABLE) {
      expect(poller).writable(registration).nothingElse();
      expect(poller).writable(registration).nothingElse();
    } else if (failed || change[1] == Interest.NONE) {
      expectNothing();
    }
    registration.modify(Interest.WRITABLE, Trigger.ONESHOT);
    expect(poller).writable(registration).nothingElse();
    expectNothingAndNoSpinning();
    registration.remove();
    io.close(registration.fd());
    return failed;
  }

  @ParameterizedTest(name = "[{0}, {1}, {2}] {displayName}")
  @MethodSource("shortages")
  void remove_failsAnywhere_canBeDoneAgain(Shortage shortage, Scene scene, Watched watched)
      throws Throwable {
    for (Interest interest : new Interest[] {Interest.WRITABLE, Interest.NONE}) {
      boolean failed = true;
      for (int index = 0; failed; index++) {
        assertTrue(index < MOST_CALLS);
        int fd = open(watched);
        Registration registration = add(fd, interest, Trigger.LEVEL);
        Waiter waiter = interest == Interest.NONE ? waiterOf(scene) : null;
        failed = failsAt(index, shortage, registration::remove);
        end(waiter);
        assertEquals(registration.isActive() ? 1 : 0, poller.size());
        registration.remove();
        assertFalse(registration.isActive());
        assertEquals(0, poller.size());
        assertWorks();
        Registration again = add(fd, Interest.WRITABLE, Trigger.LEVEL);
        expect(poller).writable(again).nothingElse();
        again.remove();
      }
    }
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("shortagesByScene")
  void drained_failsAnywhere_canBeDoneAgain(Shortage shortage, Scene scene) throws Throwable {
    poller.close();
    poller = Poller.openStrict(probe.sys(), fixture.backend());
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      Source source = Kind.PIPE.open(io);
      Registration registration = add(source, Trigger.EDGE);
      source.arrive();
      expect(poller).readable(registration).nothingElse();
      source.drain();
      Waiter waiter = waiterOf(scene);
      failed = failsAt(index, shortage, () -> registration.drained(Interest.READABLE));
      end(waiter);
      source.arrive();
      registration.drained(Interest.READABLE);
      expect(poller).readable(registration).nothingElse();
      registration.remove();
      assertWorks();
    }
  }

  static Stream<Arguments> shortagesByScene() {
    return Stream.of(Shortage.values())
        .flatMap(shortage -> Stream.of(Scene.values()).map(scene -> Arguments.of(shortage, scene)));
  }

  /** The batch that the failed wait had begun to fill is given by the next one with it. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Shortage.class)
  void await_failsAnywhere_losesNoEvent(Shortage shortage) throws Throwable {
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      Registration once = add(open(Watched.PIPE), Interest.WRITABLE, Trigger.ONESHOT);
      Registration edge = add(open(Watched.PIPE), Interest.WRITABLE, Trigger.EDGE);
      Registration level = add(open(Watched.PIPE), Interest.WRITABLE, Trigger.LEVEL);
      Registration file = add(open(Watched.FILE), Interest.WRITABLE, Trigger.ONESHOT);
      failed = failsAt(index, shortage, () -> poller.await(events, 1_000_000_000));
      expect(poller).writable(once).writable(edge).writable(level).writable(file).nothingElse();
      level.remove();
      expectNothing(); // each of the others was given once
      poller.registrations().forEach(Registration::remove);
      assertWorks();
      assertTrue(failed || index > 0, "no call was made");
    }
  }

  /** A wake-up comes in the middle of the wait, so that there is something to drain too. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Shortage.class)
  void await_failsAnywhere_losesNoWakeup(Shortage shortage) throws Throwable {
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      boolean[] wokenUp = {false};
      long waits = probe.waits();
      failed =
          failsAt(
              index,
              shortage,
              () -> {
                Thread waker =
                    Thread.ofPlatform()
                        .start(() -> {
                          Deadline.forThe("wait").await(() -> probe.waits() > waits);
                          wokenUp[0] = true;
                          poller.wakeup();
                        });
                try {
                  poller.await(events, -1);
                } finally {
                  waker.join();
                }
              });
      if (failed) {
        assertEquals(0, startWaiter(-1).result(), "the wake-up is still to be taken");
      }
      assertTrue(wokenUp[0]);
      assertWorks();
    }
  }

  /** Nobody relies on a ring that was not made. */
  @ParameterizedTest(name = CASES)
  @EnumSource(Shortage.class)
  void wakeup_failsAnywhere_theNextOneEndsTheWait(Shortage shortage) throws Throwable {
    boolean failed = true;
    for (int index = 0; failed; index++) {
      assertTrue(index < MOST_CALLS);
      Waiter waiter = startWaiter(-1).awaitBlocked();
      failed = failsAt(index, shortage, poller::wakeup);
      if (failed) {
        waiter.awaitBlocked();
        Thread other = Thread.ofPlatform().start(poller::wakeup);
        other.join();
      }
      assertEquals(0, waiter.result());
      assertWorks();
      assertTrue(failed || index > 0, "no call was made");
    }
  }

  @ParameterizedTest(name = PAIRS)
  @MethodSource("shortagesByScene")
  void close_failsAnywhere_givesTheDescriptorsBackWhenDoneAgain(Shortage shortage, Scene scene)
      throws Throwable {
    poller.close();
    for (boolean pipe : new boolean[] {false, true}) {
      boolean failed = true;
      for (int index = 0; failed; index++) {
        assertTrue(index < MOST_CALLS);
        int fd = open(Watched.PIPE);
        var before = kernel.openDescriptors();
        probe.inject((call, arguments) -> pipe && call.equals("eventfd") ? -Errno.ENOSYS : null);
        poller = Poller.open(probe.sys(), fixture.backend());
        poller.add(fd, Interest.READABLE, Trigger.LEVEL, null);
        Waiter waiter = waiterOf(scene);
        failed = failsAt(index, shortage, poller::close);
        assertFalse(poller.isOpen());
        poller.close();
        if (waiter != null) {
          assertThrows(ClosedPollerException.class, waiter::result);
        }
        assertThrows(ClosedPollerException.class, () -> poller.await(events, -1));
        assertEquals(0, poller.size());
        assertEquals(before, kernel.openDescriptors(), "failed at call " + index);
        assertTrue(failed || index > 0, "no call was made");
      }
    }
  }
}
