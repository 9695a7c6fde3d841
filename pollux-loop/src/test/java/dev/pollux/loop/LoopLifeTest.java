package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Opening and closing a loop, and turning an idle one. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopLifeTest extends LoopCase {

  @Test
  void open_onEveryFailingCall_leavesNothingOpen() {
    var before = Fixture.openDescriptors(sys);
    int failures = 0;
    for (String call : List.of("eventfd", "epollCreate1", "epollCtl")) {
      for (int errno : List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM)) {
        probe.inject((name, arguments) -> name.equals(call) ? -errno : null);
        try {
          open().close();
        } catch (SysException e) {
          assertEquals(errno, e.errno());
          failures++;
        }
        assertEquals(before, Fixture.openDescriptors(sys));
      }
    }
    assertTrue(failures >= 3, "failures: " + failures);
  }

  @Test
  void open_ofABatchThatNoKernelTakes_leavesNothingOpen() {
    var before = Fixture.openDescriptors(sys);
    assertThrows(
        IllegalArgumentException.class, () -> open(options().withEventsPerWait(Integer.MAX_VALUE)));
    assertEquals(before, Fixture.openDescriptors(sys));
  }

  @Test
  void isRunning_withinATurnOnly() throws Exception {
    EventLoop loop = open();
    List<Boolean> within = new ArrayList<>();
    assertFalse(loop.isRunning());
    loop.execute(() -> within.add(loop.isRunning()));
    assertEquals(1, loop.runOnce(0));
    assertFalse(loop.isRunning());
    loop.stop();
    loop.run();
    assertFalse(loop.isRunning());
    loop.execute(() -> within.add(loop.isRunning())); // run by the close
    loop.close();
    assertEquals(List.of(true, true), within);
    assertFalse(loop.isRunning());
  }

  @Test
  void runNowait_ofAnEmptyLoop_returnsAtOnce() throws Exception {
    EventLoop loop = open();
    assertEquals(0, loop.runOnce(0));
    assertEquals(0, loop.runOnce(1));
    assertEquals(0, loop.poller().size());
  }

  @Test
  void runOnce_withSomethingReady_handlesItOnce() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    assertEquals(1, loop.runOnce(-1));
    assertEquals(0, loop.runOnce(0));
    assertEquals(List.of("w"), log);
  }

  @Test
  void loopClose_withActiveHandlers_tellsEachOnce() throws Exception {
    EventLoop loop = open();
    Watch a = watch(loop, "a", eventfd(0));
    Watch b = watch(loop, "b", eventfd(0));
    loop.schedule(0, () -> log.add("timer")); // forgotten
    loop.close();
    loop.close();
    assertEquals(List.of("a.failed", "b.failed"), log.stream().sorted().toList());
    assertInstanceOf(ClosedLoopException.class, a.failures.getFirst());
    assertEquals(1, a.failures.size() + b.failures.size() - 1);
    assertFalse(a.registration.isActive() || b.registration.isActive());
  }

  @Test
  void loopClose_withPendingFlushes_callsThemWhileTheDescriptorsAreOpen() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onFlush = () -> signal(watch.fd);
    loop.flushLater(watch);
    loop.close();
    assertEquals(List.of("w.flush", "w.failed"), log);
    assertEquals(List.of(), reports);
  }

  @Test
  void loopClose_withPendingDisposals_callsThem() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onFailed = () -> loop.closeLater(watch);
    watch.onDispose = watch::release;
    loop.close();
    assertEquals(List.of("w.failed", "w.dispose"), log);
  }

  @Test
  void loopClose_byAHandlerThatRemovesAnother_tellsOnlyTheFirst() throws Exception {
    EventLoop loop = open();
    Watch a = watch(loop, "a", eventfd(0));
    Watch b = watch(loop, "b", eventfd(0));
    a.onFailed =
        () -> {
          a.release();
          b.release();
        };
    b.onFailed = a.onFailed;
    loop.close();
    assertEquals(1, log.size(), log.toString());
  }

  @Test
  void loopClose_againByAHandlerThatIsToldOfIt_doesNothing() throws Exception {
    EventLoop loop = open();
    Watch first = watch(loop, "w", eventfd(0));
    Watch second = watch(loop, "w", eventfd(0));
    for (Watch watch : List.of(first, second)) {
      watch.onFailed =
          () -> {
            loop.close();
            watch.release();
          };
    }
    loop.close();
    assertEquals(List.of("w.failed", "w.failed"), log);
    assertEquals(List.of(), reports);
  }

  @Test
  void loopClose_byAnotherThreadMeanwhile_leavesItToTheFirst() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onFailed =
        () -> {
          var other = CompletableFuture.runAsync(loop::close);
          other.orTimeout(20, TimeUnit.SECONDS).join();
          log.add("other returned");
          watch.release();
        };
    loop.close();
    assertEquals(List.of("w.failed", "other returned"), log);
    assertEquals(List.of(), reports);
  }

  @Test
  void loopClose_withLocals_closesThemAllAndReportsWhoCannotBe() throws Exception {
    EventLoop loop = open();
    List<String> closed = new ArrayList<>();
    List<LoopLocal<AutoCloseable>> locals = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      AutoCloseable value =
          () -> {
            closed.add(name);
            throw new IllegalStateException(name);
          };
      locals.add(new LoopLocal<>(_ -> value));
      assertSame(value, locals.getLast().of(loop));
    }
    loop.close();
    assertEquals(List.of("a", "b"), closed.stream().sorted().toList());
    assertEquals(2, reports.size(), reports.toString());
  }

  @Test
  void loopClose_whileAHandlerRegistersAnother_refusesThat() throws Exception {
    EventLoop loop = open();
    int fd = eventfd(0);
    Watch a = watch(loop, "a", eventfd(0));
    a.onFailed =
        () -> {
          a.release();
          assertThrows(ClosedLoopException.class, () -> watch(loop, "late", fd));
        };
    loop.close();
    assertEquals(List.of("a.failed"), log);
    assertEquals(List.of(), reports);
  }

  @Test
  void loopClose_withADisposalThatAsksForAnother_ends() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w");
    watch.onDispose = () -> loop.closeLater(watch);
    loop.closeLater(watch);
    loop.close();
    assertFalse(loop.poller().isOpen());
    assertEquals(List.of("closing: 1 handlers still ask to be called after 1024 rounds"), reports);
  }

  @Test
  void runOnce_forEver_returnsWhenTasksOrTimersRan() throws Exception {
    EventLoop loop = open();
    assertEquals(0, loop.runOnce(0));
    loop.schedule(2_000 * MILLI, () -> {}); // ends a wait that should not be
    loop.execute(() -> log.add("task"));
    assertEquals(1, loop.runOnce(-1));
    loop.schedule(0, () -> log.add("timer"));
    assertEquals(1, loop.runOnce(-1));
    assertEquals(List.of("task", "timer"), log);
    assertEquals(0, loop.stats().waits());
  }

  @Test
  void closedLoop_refusesEverything() throws Exception {
    EventLoop loop = open();
    loop.close();
    assertThrows(ClosedLoopException.class, () -> loop.runOnce(0));
    assertThrows(ClosedLoopException.class, loop::run);
    loop.stop();
    assertThrows(ClosedLoopException.class, loop::run);
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    assertFalse(loop.offer(() -> {}));
    assertThrows(IllegalStateException.class, () -> watch(loop, "w"));
    Thread other =
        start(
            "other",
            () -> {
              loop.close(); // idempotent from anywhere
              assertThrows(ClosedLoopException.class, () -> loop.runOnce(0));
              assertThrows(RejectedExecutionException.class, () -> loop.schedule(1, () -> {}));
              log.add("done");
            });
    join(other);
    assertEquals(List.of("done"), log);
  }

  @Test
  void close_afterTheLoopsThreadHasEnded_isForAnyThread() throws Exception {
    EventLoop loop = open();
    Thread thread = start(loop);
    callIn(loop, () -> {});
    loop.stop();
    join(thread);
    loop.execute(() -> log.add("accepted"));
    loop.close();
    assertEquals(List.of("accepted"), log);
  }

  @Test
  void spin_whileEventsCome_doesNotSleepAndThenDoes() throws Exception {
    EventLoop loop =
        open(options().withSpin(Duration.ofSeconds(20))); // longer than the test may take
    Watch watch = watch(loop, "w", eventfd(0));
    AtomicInteger blocking = new AtomicInteger();
    probe.inject((call, arguments) -> {
      if (SysProbe.WAITS.contains(call)) {
        if (probe.waits() == 100) {
          signal(watch.fd);
        }
        blocking.addAndGet(mayBlock(call, arguments) ? 1 : 0);
      }
      return null;
    });
    assertEquals(1, loop.runOnce(-1));
    assertEquals(0, blocking.get());

    EventLoop brief = open(options().withSpin(Duration.ofNanos(1000)));
    Watch late = watch(brief, "late", eventfd(0));
    probe.inject((call, arguments) -> {
      if (SysProbe.WAITS.contains(call) && mayBlock(call, arguments)) {
        blocking.incrementAndGet();
        signal(late.fd);
      }
      return null;
    });
    assertEquals(1, brief.runOnce(-1));
    assertEquals(1, blocking.get());
  }

  /** Whether a wait's timeout is not 0; the timeout's place by the call. */
  private static boolean mayBlock(String call, Object[] arguments) {
    return switch (call) {
      case "epollWait", "epollPwait", "epollPwait2" -> ((Number) arguments[3]).longValue() != 0;
      case "poll" -> ((Number) arguments[2]).longValue() != 0;
      case "ppoll" -> isNotZero(((Number) arguments[2]).longValue());
      default -> isNotZero(((Number) arguments[4]).longValue());
    };
  }

  /** A timespec or timeval that is null, for ever, or not zero. */
  private static boolean isNotZero(long address) {
    if (address == 0) {
      return true;
    }
    var time = java.lang.foreign.MemorySegment.ofAddress(address).reinterpret(16);
    return time.getAtIndex(java.lang.foreign.ValueLayout.JAVA_LONG, 0) != 0
        || time.getAtIndex(java.lang.foreign.ValueLayout.JAVA_LONG, 1) != 0;
  }
}
