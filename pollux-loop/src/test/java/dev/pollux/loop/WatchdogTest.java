package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.ModelSys;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocked loops. The checks are made by hand, with a clock of the test's. */
class WatchdogTest {

  private static final long THRESHOLD = 100;

  private final Told told = new Told();

  static Stream<Arguments> threadKernels() {
    return Stream.of(
        Arguments.argumentSet("native", NativeSys.open()),
        Arguments.argumentSet("model", ModelSys.threads(System::nanoTime)));
  }

  private Watchdog watch(EventLoop loop) {
    return Watchdog.of(List.of(loop), THRESHOLD, told);
  }

  /** Blocks whoever enters until the test lets it go. */
  private static final class Gate implements Runnable {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch opened = new CountDownLatch(1);

    @Override
    public void run() {
      entered.countDown();
      await(opened);
    }

    static void await(CountDownLatch latch) {
      try {
        assertTrue(latch.await(10, TimeUnit.SECONDS), "deadline missed");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public String toString() {
      return "the gate";
    }
  }

  /** Checks until the loop has gone on, with the clock standing still. */
  private void awaitRecovery(Watchdog watchdog, long nowNanos) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (told.recovered.isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "deadline missed: recovery");
      watchdog.check(nowNanos);
    }
  }

  @ParameterizedTest
  @MethodSource("threadKernels")
  void handler_thatBlocks_isNamedOnceAndThenRecovers(Sys sys) throws Exception {
    Gate gate = new Gate();
    try (ObservedLoop pipes = new ObservedLoop(sys);
        LoopGroup group = LoopGroup.start(sys, 1, LoopOptions.DEFAULT)) {
      EventLoop loop = group.next();
      int[] pipe = pipes.pipe();
      CountDownLatch added = new CountDownLatch(1);
      loop.execute(() -> {
        try {
          loop.add(
              pipe[0],
              Interest.READABLE,
              Trigger.LEVEL,
              new ObservedLoop.Handler(_ -> {
                pipes.read(pipe[0], 1);
                gate.run();
              }));
        } catch (SysException e) {
          throw new AssertionError(e);
        }
        added.countDown();
      });
      Gate.await(added);
      pipes.write(pipe[1], 1);
      Gate.await(gate.entered);
      Watchdog watchdog = watch(loop);
      watchdog.check(1_000);
      watchdog.check(1_000 + THRESHOLD - 1);
      assertEquals(List.of(), told.blocked);
      watchdog.check(1_000 + THRESHOLD);
      watchdog.check(1_000 + 2 * THRESHOLD);
      assertEquals(1, told.blocked.size());
      BlockedLoop incident = told.blocked.getFirst();
      assertEquals(loop, incident.loop());
      assertEquals(pipe[0], incident.fd());
      assertEquals(ObservedLoop.Handler.class.getName(), incident.work());
      assertEquals(THRESHOLD, incident.blockedNanos());
      assertEquals("loop-0", incident.threadName());
      assertTrue(incident.toString().contains("WatchdogTest$Gate.run"), incident::toString);
      assertEquals(List.of(), told.recovered);
      gate.opened.countDown();
      awaitRecovery(watchdog, 1_500);
      assertEquals(
          List.of("blocked in " + ObservedLoop.Handler.class.getName() + " after 500"),
          told.recovered);
    }
  }

  @Test
  void taskAndTimer_thatBlock_areNamedByWhatTheyRun() throws Exception {
    try (LoopGroup group = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      EventLoop loop = group.next();
      Watchdog watchdog = watch(loop);
      Gate task = new Gate();
      Gate timer = new Gate();
      Gate periodic = new Gate();
      loop.execute(task);
      blockAndRelease(watchdog, task);
      LoopTimer _ = loop.schedule(1, timer);
      blockAndRelease(watchdog, timer);
      LoopTimer _ = loop.scheduleAtFixedRate(1, 1_000_000_000_000L, periodic);
      blockAndRelease(watchdog, periodic);
      assertEquals(3, told.blocked.size());
      for (BlockedLoop incident : told.blocked) {
        assertEquals(-1, incident.fd());
        assertEquals(Gate.class.getName() + " (the gate)", incident.work());
      }
    }
  }

  private void blockAndRelease(Watchdog watchdog, Gate gate) {
    Gate.await(gate.entered);
    told.recovered.clear();
    watchdog.check(0);
    watchdog.check(THRESHOLD);
    gate.opened.countDown();
    awaitRecovery(watchdog, 2 * THRESHOLD);
  }

  @Test
  void loop_thatSleepsForLong_isNotAccused() throws Exception {
    try (LoopGroup group = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      EventLoop loop = group.next();
      CountDownLatch ran = new CountDownLatch(1);
      loop.execute(ran::countDown);
      Gate.await(ran);
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (loop.meter.current().work() != null) {
        assertTrue(System.nanoTime() < deadline, "deadline missed: the task is left");
      }
      Watchdog watchdog = watch(loop);
      for (int i = 0; i < 100; i++) {
        watchdog.check(i * THRESHOLD);
      }
      told.assertQuiet();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pollux.loop.ObservedLoop#kernels")
  void loop_betweenItsTurnsAndAfterClose_isNotAccused(Sys sys) throws Exception {
    Watchdog watchdog;
    try (ObservedLoop box = new ObservedLoop(sys)) {
      watchdog = watch(box.loop);
      box.loop.closeLater(new ObservedLoop.Handler(_ -> {}));
      box.turns(1);
      watchdog.check(0);
      watchdog.check(10 * THRESHOLD);
      box.loop.execute(() -> {});
    }
    watchdog.check(20 * THRESHOLD);
    watchdog.check(30 * THRESHOLD);
    told.assertQuiet();
  }

  @Test
  @SuppressWarnings("try") // closed by hand: what the end of the thread allows is checked after it
  void thread_started_reportsAndEndsOnClose() throws Exception {
    Gate gate = new Gate();
    CountDownLatch reported = new CountDownLatch(1);
    WatchdogListener listener =
        new Told() {
          @Override
          public void blocked(BlockedLoop incident) {
            super.blocked(incident);
            reported.countDown();
            throw new IllegalStateException("a listener's failure is logged");
          }
        };
    try (LoopGroup group = LoopGroup.start(1, LoopOptions.DEFAULT);
        Watchdog watchdog = Watchdog.of(group.loops(), 1_000_000, listener).start()) {
      assertEquals(250_000, watchdog.intervalNanos());
      group.next().execute(gate);
      Gate.await(reported);
      gate.opened.countDown();
      watchdog.close();
      assertThrows(IllegalStateException.class, watchdog::start);
    }
    assertFalse(
        Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("watchdog")));
  }

  @Test
  void listener_thatThrows_isToldOfTheNextAsWell() throws Exception {
    CountDownLatch reported = new CountDownLatch(2);
    WatchdogListener listener =
        new Told() {
          @Override
          public void blocked(BlockedLoop incident) {
            reported.countDown();
            throw new IllegalStateException("a listener's failure is logged");
          }
        };
    try (LoopGroup group = LoopGroup.start(2, LoopOptions.DEFAULT);
        Watchdog _ = Watchdog.of(group.loops(), 1_000_000, listener).start()) {
      List<Gate> gates = List.of(new Gate(), new Gate());
      gates.forEach(gate -> group.next().execute(gate));
      Gate.await(reported);
      gates.forEach(gate -> gate.opened.countDown());
    }
  }

  @Test
  void close_byTheListener_doesNotWaitForItself() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    AtomicReference<Watchdog> watchdog = new AtomicReference<>();
    WatchdogListener listener =
        new Told() {
          @Override
          public void blocked(BlockedLoop incident) {
            watchdog.get().close();
            closed.countDown();
          }
        };
    Gate gate = new Gate();
    try (LoopGroup group = LoopGroup.start(1, LoopOptions.DEFAULT)) {
      watchdog.set(Watchdog.of(group.loops(), 1_000_000, listener));
      watchdog.get().start();
      group.next().execute(gate);
      Gate.await(closed);
      gate.opened.countDown();
      watchdog.get().close();
    }
  }

  @Test
  void report_byDefault_goesToTheLog() throws Exception {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.pollux.loop");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try (EventLoop loop = EventLoop.open()) {
      WatchdogListener log = WatchdogListener.logging();
      log.blocked(new BlockedLoop(loop, "a.Handler", 7, 120_000_000, "loop", List.of()));
      log.recovered(loop, "blocked in a.Handler", 300_000_000);
      assertEquals(
          List.of(
              "WARNING loop (epoll) has been in a.Handler for fd 7 for 120 ms; thread loop:",
              "WARNING loop (epoll) went on after 300 ms; it was blocked in a.Handler"),
          lines);
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void watchdog_withoutLoopsOrThreshold_isRefused() throws Exception {
    assertThrows(IllegalArgumentException.class, () -> Watchdog.of(List.of()));
    try (EventLoop loop = EventLoop.open()) {
      assertThrows(IllegalArgumentException.class, () -> Watchdog.of(List.of(loop), 3, told));
    }
  }
}
