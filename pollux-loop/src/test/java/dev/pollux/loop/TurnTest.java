package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import dev.pollux.sys.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** One turn: the order of its phases, and their bounds. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class TurnTest extends LoopCase {

  /**
   * Logs each wait for readiness; on kqueue, what is polled is looked at once more, and no wait.
   */
  private void logWaits() {
    boolean isLook = fixture.backend() == Backend.KQUEUE;
    probe.inject((call, arguments) -> {
      if (SysProbe.WAITS.contains(call) && !(isLook && call.equals("poll"))) {
        log.add("wait");
      }
      return null;
    });
  }

  @Test
  void phases_ofOneTurn_runInTheirOrder() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "dispatch");
    int _ = loop.runOnce(0);
    log.clear();
    logWaits();
    signal(watch.fd);
    loop.closeLater(watch);
    loop.flushLater(watch);
    loop.schedule(0, () -> log.add("timer"));
    loop.execute(() -> log.add("task"));

    assertEquals(3, loop.runOnce(-1));

    assertEquals(
        List.of("task", "timer", "dispatch.flush", "wait", "dispatch", "dispatch.dispose"), log);
  }

  @Test
  void tasks_atTheBoundAndOnePast_runInOneTurnAndInTwo() throws Exception {
    EventLoop loop = open(options().withTaskCapacity(8).withTasksPerTurn(3));
    for (int i = 0; i < 4; i++) {
      int number = i;
      loop.execute(() -> log.add("task " + number));
    }
    logWaits();

    assertEquals(3, loop.runOnce(-1));
    assertEquals(List.of("task 0", "task 1", "task 2", "wait"), log);
    assertEquals(1, loop.runOnce(0));
    assertEquals("task 3", log.get(4));
  }

  @Test
  void timers_atTheBoundAndOnePast_runInOneTurnAndInTwo() throws Exception {
    EventLoop loop = open(options().withTimersPerTurn(3));
    assertEquals(0, loop.runOnce(0));
    for (int i = 0; i < 4; i++) {
      int number = i;
      loop.schedule(0, () -> log.add("timer " + number));
    }
    logWaits();

    assertEquals(3, loop.runOnce(-1));
    assertEquals(List.of("timer 0", "timer 1", "timer 2", "wait"), log);
    assertEquals(1, loop.runOnce(0));
    assertEquals("timer 3", log.get(4));
  }

  @Test
  void timers_ofWhichEachThrows_keepTheBound() throws Exception {
    EventLoop loop = open(options().withTimersPerTurn(3));
    assertEquals(0, loop.runOnce(0));
    for (int i = 0; i < 8; i++) {
      int number = i;
      loop.schedule(
          0,
          () -> {
            log.add("timer " + number);
            if (number % 2 == 1) {
              throw new IllegalStateException("timer " + number);
            }
          });
    }

    assertEquals(3, loop.runOnce(-1));
    assertEquals(3, log.size(), log.toString());
    assertEquals(3, loop.runOnce(-1));
    assertEquals(2, loop.runOnce(0));
    assertEquals(8, log.size());
    assertEquals(4, reports.size(), reports.toString());
  }

  @Test
  void timer_thatSchedulesItselfAndThrows_runsOncePerTurn() throws Exception {
    EventLoop loop = open();
    assertEquals(0, loop.runOnce(0));
    LoopTimer[] timer = new LoopTimer[1];
    timer[0] =
        new LoopTimer(() -> {
          log.add("timer");
          loop.schedule(timer[0], 0);
          throw new IllegalStateException("always");
        });
    loop.schedule(timer[0], 0);

    assertEquals(1, loop.runOnce(-1));
    assertEquals(1, loop.runOnce(-1));
    assertEquals(2, log.size());
    loop.cancel(timer[0]);
  }

  @Test
  void events_onePastTheBatch_comeInTheNextTurn() throws Exception {
    EventLoop loop = open(options().withEventsPerWait(2));
    watch(loop, "a");
    watch(loop, "b");
    watch(loop, "c");

    assertEquals(2, loop.runOnce(-1));
    assertEquals(2, log.size());
    assertEquals(1, loop.runOnce(-1));
    assertEquals(List.of("a", "b", "c"), log.stream().sorted().toList());
  }

  @Test
  void task_thatAddsItselfForEver_starvesNeitherTimersNorEvents() throws Exception {
    EventLoop loop = open();
    assertEquals(0, loop.runOnce(0));
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            loop.execute(this);
          }
        });
    watch(loop, "event");
    loop.schedule(0, () -> log.add("timer"));

    assertTrue(loop.runOnce(-1) >= 2);
    assertEquals(List.of("timer", "event"), log);
    loop.execute(loop::stop);
    loop.run();
    drainOnClose(loop);
  }

  /** A task that adds itself is refused while its loop closes, and that is reported. */
  private void drainOnClose(EventLoop loop) {
    loop.close();
    assertEquals(List.of("a task: " + loop + " is closed"), reports);
  }

  @Test
  void timer_thatSchedulesItselfAtOnce_starvesNeitherTasksNorEvents() throws Exception {
    EventLoop loop = open();
    assertEquals(0, loop.runOnce(0));
    LoopTimer[] timer = new LoopTimer[1];
    timer[0] = new LoopTimer(() -> loop.schedule(timer[0], 0));
    loop.schedule(timer[0], 0);
    watch(loop, "event");
    loop.execute(() -> log.add("task"));

    assertEquals(3, loop.runOnce(-1));
    assertEquals(List.of("task", "event"), log);
    assertEquals(1, loop.runOnce(-1)); // still there, once a turn, without waiting for a tick
    loop.cancel(timer[0]);
  }

  @Test
  void flush_thatAsksAgain_isCalledInTheNextTurnWithoutAWaitBetween() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onFlush =
        () -> {
          if (log.size() < 3) {
            loop.flushLater(watch);
          }
        };
    loop.flushLater(watch);
    loop.flushLater(watch);

    assertEquals(0, loop.runOnce(-1));
    assertEquals(List.of("w.flush", "w.flush"), log);
    assertEquals(0, loop.runOnce(0));
    assertEquals(4, log.size());
    assertEquals(0, loop.runOnce(0));
    assertEquals(4, log.size());
  }

  @Test
  void dispose_thatAsksAgain_isCalledInTheNextTurnWithoutAWaitBetween() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onDispose =
        () -> {
          watch.onDispose = null;
          loop.closeLater(watch);
        };
    loop.closeLater(watch);

    assertEquals(0, loop.runOnce(-1));
    assertEquals(List.of("w.dispose"), log);
    assertEquals(0, loop.runOnce(-1));
    assertEquals(List.of("w.dispose", "w.dispose"), log);
  }

  @Test
  void closeOrder_ofSeveral_isTheOrderOfAsking() throws Exception {
    EventLoop loop = open();
    Watch a = watch(loop, "a", eventfd(0));
    Watch b = watch(loop, "b", eventfd(0));
    Watch c = watch(loop, "c", eventfd(0));
    loop.closeLater(c);
    loop.closeLater(a);
    loop.closeLater(b);

    assertEquals(0, loop.runOnce(-1));
    assertEquals(List.of("c.dispose", "a.dispose", "b.dispose"), log);
  }

  @Test
  void timerFromClosePhase_withoutDelay_runsInTheNextTurn() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onDispose = () -> loop.schedule(0, () -> log.add("timer of dispose"));
    watch.onFlush = () -> loop.schedule(0, () -> log.add("timer of flush"));
    loop.flushLater(watch);
    loop.closeLater(watch);

    assertEquals(0, loop.runOnce(-1));
    assertEquals(List.of("w.flush", "w.dispose"), log);
    assertEquals(2, loop.runOnce(0));
    assertEquals("timer of flush", log.get(2));
    assertEquals("timer of dispose", log.get(3));
  }

  @Test
  void timerFromATask_withoutDelay_runsInThePhaseAfterIt() throws Exception {
    EventLoop loop = open();
    loop.execute(() -> loop.schedule(0, () -> log.add("timer")));

    assertEquals(2, loop.runOnce(0));
    assertEquals(List.of("timer"), log);
  }

  @Test
  void handler_thatRemovesAnotherInTheBatch_silencesIt() throws Exception {
    EventLoop loop = open();
    Watch[] watches = new Watch[8];
    for (int i = 0; i < watches.length; i++) {
      int self = i;
      watches[i] = watch(loop, "w" + i);
      watches[i].onReady =
          () -> {
            for (int other = 0; other < watches.length; other++) {
              if (other != self) {
                watches[other].release();
              }
            }
          };
    }

    assertEquals(1, loop.runOnce(-1));
    assertEquals(1, log.size(), log.toString());
    assertEquals(1, loop.poller().size());
  }

  @Test
  void descriptorNumber_reusedWithinTheBatch_getsNoEventOfItsPredecessor() throws Exception {
    EventLoop loop = open();
    Watch[] watches = new Watch[2];
    Watch[] successor = new Watch[1];
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      watches[i] = watch(loop, "w" + i);
      watches[i].then(() -> {
        int number = watches[other].fd;
        watches[other].release();
        successor[0] = newWatch(loop, number);
      });
    }

    assertEquals(1, loop.runOnce(-1));
    assertEquals(1, log.size(), log.toString());
    assertEquals(0, loop.runOnce(0));
    signal(successor[0].fd);
    assertEquals(1, loop.runOnce(-1));
    assertEquals("successor", log.get(1));
  }

  /** An unreadable eventfd under a number that was just given back. */
  private Watch newWatch(EventLoop loop, int number) {
    try {
      int fd = eventfd(0);
      if (fd != number) { // another thread of the virtual machine took it in between
        int moved = sys.dup3(fd, number, 0);
        assertEquals(number, moved);
        close(fd);
        fd = own(number);
      }
      return watch(loop, "successor", fd);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void handler_thatClosesItselfWithinReady_isNotCalledAgain() throws Exception {
    EventLoop loop = open();
    Watch watch = watch(loop, "w");
    watch.onReady = watch::release;

    assertEquals(1, loop.runOnce(-1));
    assertEquals(0, loop.runOnce(0));
    assertEquals(List.of("w"), log);
    assertEquals(0, loop.poller().size());
  }

  @Test
  void turn_withinATurn_isRefusedAndTheBatchGoesOn() throws Exception {
    EventLoop loop = open();
    for (String name : List.of("a", "b")) {
      watch(loop, name)
          .then(() -> {
            var e = assertThrows(IllegalStateException.class, () -> loop.runOnce(0));
            assertTrue(e.getMessage().contains("within a turn"), e.getMessage());
            assertThrows(IllegalStateException.class, loop::run);
          });
    }
    assertEquals(2, loop.runOnce(-1));
    assertEquals(List.of("a", "b"), log.stream().sorted().toList());
  }

  @Test
  void close_withinATurn_isRefusedAndTheLoopGoesOn() throws Exception {
    EventLoop loop = open();
    loop.execute(() -> {
      var e = assertThrows(IllegalStateException.class, loop::close);
      log.add(e.getMessage());
    });
    assertEquals(1, loop.runOnce(0));
    assertTrue(log.getFirst().contains("stop()"), log.toString());
    watch(loop, "w");
    assertEquals(1, loop.runOnce(-1));
    assertEquals(List.of(), reports);
  }

  @Test
  void wait_thatIsOutOfMemory_isTriedAgain() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    int[] left = {3};
    probe.inject((call, arguments) -> {
      boolean wait = SysProbe.WAITS.contains(call) && ((Number) arguments[1]).longValue() != 0;
      return wait && left[0]-- > 0 ? -Errno.ENOMEM : null;
    });
    int turns = 0;
    while (log.isEmpty() && turns < 10) {
      int _ = loop.runOnce(-1);
      turns++;
    }
    assertEquals(List.of("w"), log);
    assertEquals(4, turns);
  }

  @Test
  void wait_thatASignalInterrupts_goesOn() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    int[] left = {3};
    probe.inject(
        (call, arguments) -> SysProbe.WAITS.contains(call) && left[0]-- > 0 ? -Errno.EINTR : null);
    assertEquals(1, loop.runOnce(-1));
    assertEquals(List.of("w"), log);
  }

  @Test
  void wait_thatFailsOtherwise_endsTheTurnAndNotTheLoop() throws Exception {
    EventLoop loop = open();
    watch(loop, "w");
    probe.inject((call, arguments) -> SysProbe.WAITS.contains(call) ? -Errno.EFAULT : null);
    assertThrows(dev.pollux.sys.SysException.class, () -> loop.runOnce(-1));
    assertThrows(IllegalStateException.class, loop::run);
    probe.inject((call, arguments) -> null);
    assertEquals(1, loop.runOnce(-1));
  }
}
