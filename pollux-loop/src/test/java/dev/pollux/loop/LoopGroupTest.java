package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops with threads of their own. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopGroupTest extends LoopCase {

  @Test
  void threads_ofAGroup_areNamedByNumber() throws Exception {
    try (LoopGroup group = LoopGroup.start(probe.sys(), 3, options().withName("worker"))) {
      for (EventLoop loop : group.loops()) {
        callIn(loop, () -> log.add(Thread.currentThread().getName()));
      }
      assertEquals(List.of("worker-0", "worker-1", "worker-2"), log);
    }
  }

  @Test
  void next_ofAGroup_takesTurns() throws Exception {
    try (LoopGroup group = LoopGroup.start(probe.sys(), 3, options())) {
      for (int i = 0; i < 7; i++) {
        assertSame(group.loops().get(i % 3), group.next());
      }
    }
  }

  @Test
  void next_ofAGroupWithAClosedLoop_passesOverIt() throws Exception {
    try (LoopGroup group = LoopGroup.start(probe.sys(), 3, options())) {
      EventLoop gone = group.loops().get(1);
      gone.stop();
      Deadline.forThe("the end of the loop").await(gone::isClosed);
      for (int i = 0; i < 6; i++) {
        assertNotSame(gone, group.next());
      }
      group.stop();
      Deadline.forThe("all").await(() -> group.loops().stream().allMatch(EventLoop::isClosed));
      assertTrue(group.next().isClosed());
    }
  }

  @Test
  void close_ofAGroup_runsWhatWasAcceptedAndTellsTheHandlers() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    LoopGroup group = LoopGroup.start(probe.sys(), 2, options());
    for (EventLoop loop : group.loops()) {
      int fd = eventfd(0);
      callIn(
          loop,
          () -> {
            try {
              Watch watch = watch(loop, loop.options().name(), fd);
              watch.onFailed = () -> watch.registration.remove();
            } catch (SysException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      for (int i = 0; i < 100; i++) {
        loop.execute(ran::incrementAndGet);
      }
    }
    group.close();
    group.close();
    assertEquals(200, ran.get());
    assertEquals(List.of("loop-0.failed", "loop-1.failed"), log.stream().sorted().toList());
    for (EventLoop loop : group.loops()) {
      assertThrows(ClosedLoopException.class, () -> loop.runOnce(0));
    }
  }

  @Test
  void close_byAnInterruptedThread_keepsTheInterrupt() throws Exception {
    LoopGroup group = LoopGroup.start(probe.sys(), 2, options());
    Thread closer =
        start(
            "closer",
            () -> {
              Thread.currentThread().interrupt();
              group.close();
              log.add("interrupted " + Thread.currentThread().isInterrupted());
            });
    join(closer);
    assertEquals(List.of("interrupted true"), log);
    assertTrue(group.loops().stream().noneMatch(loop -> loop.poller().isOpen()));
  }

  @Test
  void stop_whereOneLoopCannotBeWoken_tellsTheOthersAndTheCaller() throws Exception {
    Error noMemory = new OutOfMemoryError("of a test");
    Deadline deadline = Deadline.forThe("a loop that sleeps and has to be woken");
    boolean isThrown = false;
    while (!isThrown) {
      deadline.check();
      isThrown = stopsAll(noMemory);
    }
  }

  /** Stops a group, the first of whose loops that sleep cannot be woken; false if none slept. */
  private boolean stopsAll(Error noMemory) throws Exception {
    AtomicBoolean isFirst = new AtomicBoolean(true);
    Thread caller = Thread.currentThread();
    try (LoopGroup group = LoopGroup.start(probe.sys(), 3, options())) {
      probe.inject((call, arguments) -> {
        boolean isRing = call.equals("write") && Thread.currentThread().equals(caller);
        if (isRing && isFirst.getAndSet(false)) {
          throw noMemory;
        }
        return null;
      });
      long before = probe.waits();
      Deadline.forThe("waits").await(() -> probe.waits() >= before + 1 || probe.waits() >= 3);
      boolean isThrown = false;
      try {
        group.stop();
      } catch (OutOfMemoryError e) {
        assertSame(noMemory, e);
        isThrown = true;
      }
      isFirst.set(false); // one that goes to sleep only now is woken
      assertTrue(group.loops().stream().allMatch(EventLoop::isStopping));
      group.stop();
      return isThrown;
    } finally {
      probe.inject((call, arguments) -> null);
    }
  }

  @Test
  void close_onALoopOfTheGroup_isRefused() throws Exception {
    try (LoopGroup group = LoopGroup.start(probe.sys(), 2, options())) {
      callIn(
          group.next(),
          () -> {
            var e = assertThrows(IllegalStateException.class, group::close);
            assertTrue(e.getMessage().contains("stop()"), e.getMessage());
          });
    }
  }

  @Test
  void start_ofAGroupWhoseThirdLoopFails_leavesNothing() throws Exception {
    var before = Fixture.openDescriptors(sys);
    AtomicInteger opened = new AtomicInteger();
    probe.inject((call, arguments) ->
        call.equals("eventfd") && opened.incrementAndGet() == 3 ? -Errno.EMFILE : null);
    var e = assertThrows(SysException.class, () -> LoopGroup.start(probe.sys(), 4, options()));
    assertEquals(Errno.EMFILE, e.errno());
    assertEquals(before, Fixture.openDescriptors(sys));
    assertThrows(IllegalArgumentException.class, () -> LoopGroup.start(probe.sys(), 0, options()));
  }

  @Test
  void timers_setRightAfterTheStart_raceWithNobody() throws Exception {
    for (int round = 0; round < 50; round++) {
      AtomicInteger ran = new AtomicInteger();
      try (LoopGroup group = LoopGroup.start(probe.sys(), 2, options())) {
        for (int i = 0; i < 100; i++) {
          group.next().schedule(0, ran::incrementAndGet);
        }
        Deadline.forThe("timers").await(() -> ran.get() == 100);
      }
    }
    assertEquals(List.of(), reports);
  }

  @Test
  void loopThatCannotWait_isReportedAndClosed() throws Exception {
    try (LoopGroup group = LoopGroup.start(probe.sys(), 1, options())) {
      EventLoop loop = group.next();
      callIn(loop, () -> {});
      probe.inject((call, arguments) -> SysProbe.WAITS.contains(call) ? -Errno.EFAULT : null);
      boolean _ = loop.offer(() -> {}); // a wait at hand ends
      Deadline.forThe("the end of the loop").await(() -> !loop.poller().isOpen());
      assertEquals(1, reports.size(), reports.toString());
      assertTrue(reports.getFirst().contains("cannot wait any more"), reports.toString());
    }
  }
}
