package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.ModelSys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The loop's timers, under virtual time: exact moments. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#virtual")
class LoopTimerTest extends LoopCase {

  /** Turns until so many timers have run, or so much time has gone by. */
  private void runFor(EventLoop loop, long nanos) throws Exception {
    long end = sys.nanoTime() + nanos;
    while (end - sys.nanoTime() > 0) {
      int _ = loop.runOnce(end - sys.nanoTime());
    }
    int _ = loop.runOnce(0);
  }

  /** Logs the moment, in microseconds since the beginning. */
  private Runnable note(String what) {
    long start = sys.nanoTime();
    return () -> log.add(what + "@" + (sys.nanoTime() - start) / 1000);
  }

  private EventLoop openRun() throws Exception {
    EventLoop loop = open();
    int _ = loop.runOnce(0);
    return loop;
  }

  @Test
  void timers_ofSeveralDelays_runAtTheirTicksInTheirOrder() throws Exception {
    EventLoop loop = openRun();
    loop.schedule(3 * MILLI, note("c"));
    loop.schedule(MILLI, note("a"));
    loop.schedule(2 * MILLI - 1, note("b"));
    loop.schedule(2 * MILLI + 1, note("c0"));
    loop.schedule(5000 * MILLI, note("d"));
    runFor(loop, 6000 * MILLI);
    assertEquals(List.of("a@1000", "b@2000", "c@3000", "c0@3000", "d@5000000"), log);
  }

  @Test
  void nextDue_isTheNextTimer_orNowIfAnythingIsQueued() throws Exception {
    EventLoop loop = openRun();
    assertEquals(Long.MAX_VALUE, loop.nextDueNanos());
    long start = sys.nanoTime();
    LoopTimer timer = loop.schedule(3 * MILLI, note("timer"));
    assertEquals(start + 3 * MILLI, loop.nextDueNanos());
    loop.execute(note("task"));
    assertEquals(start, loop.nextDueNanos());
    int _ = loop.runOnce(0);
    assertEquals(start + 3 * MILLI, loop.nextDueNanos());
    loop.cancel(timer);
    int _ = loop.runOnce(0);
    assertEquals(Long.MAX_VALUE, loop.nextDueNanos());
    assertEquals(List.of("task@0"), log);
  }

  @Test
  void timers_ofRandomDelays_areNeverEarlyAndAtMostATickLate() throws Exception {
    EventLoop loop = openRun();
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    List<Long> lateness = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long delay = random.nextLong(1, 1L << random.nextInt(1, 36));
      long deadline = sys.nanoTime() + delay;
      loop.schedule(delay, () -> lateness.add(sys.nanoTime() - deadline));
      if (i % 10 == 0) {
        int _ = loop.runOnce(random.nextLong(3 * MILLI));
      }
    }
    runFor(loop, 1L << 36);
    assertEquals(500, lateness.size());
    assertTrue(lateness.stream().allMatch(late -> late >= 0 && late < MILLI), lateness.toString());
  }

  @Test
  void timers_ofEqualDeadlines_runInTheOrderOfScheduling() throws Exception {
    EventLoop loop = openRun();
    for (int i = 0; i < 5; i++) {
      loop.schedule(10 * MILLI, note("t" + i));
    }
    runFor(loop, 10 * MILLI);
    assertEquals(List.of("t0@10000", "t1@10000", "t2@10000", "t3@10000", "t4@10000"), log);
  }

  @Test
  void timer_cancelled_doesNotRun() throws Exception {
    EventLoop loop = openRun();
    LoopTimer timer = loop.schedule(MILLI, note("never"));
    loop.cancel(timer);
    loop.cancel(timer); // twice does no harm
    runFor(loop, 10 * MILLI);
    assertEquals(List.of(), log);
  }

  @Test
  void timerStartTwice_movesIt() throws Exception {
    EventLoop loop = openRun();
    LoopTimer timer = new LoopTimer(note("t"));
    loop.schedule(timer, 2 * MILLI);
    loop.schedule(timer, 5 * MILLI);
    runFor(loop, 10 * MILLI);
    assertEquals(List.of("t@5000"), log);
  }

  @Test
  void timerAgain_fromItself_runsAgain() throws Exception {
    EventLoop loop = openRun();
    Runnable note = note("t");
    LoopTimer[] timer = new LoopTimer[1];
    timer[0] =
        new LoopTimer(() -> {
          note.run();
          if (log.size() < 3) {
            loop.schedule(timer[0], 2 * MILLI);
          }
        });
    loop.schedule(timer[0], MILLI);
    runFor(loop, 20 * MILLI);
    assertEquals(List.of("t@1000", "t@3000", "t@5000"), log);
  }

  @Test
  void timer_thatCancelsAnotherDueInTheSameTurn_silencesIt() throws Exception {
    EventLoop loop = openRun();
    LoopTimer[] timers = new LoopTimer[2];
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      timers[i] = loop.schedule(MILLI, () -> loop.cancel(timers[other]));
    }
    loop.schedule(MILLI, note("third"));
    runFor(loop, 5 * MILLI);
    assertEquals(List.of("third@1000"), log);
    assertTrue(!timers[0].isScheduled() && !timers[1].isScheduled());
  }

  @Test
  void timers_scheduledBeforeTheFirstTurn_countFromTheCall() throws Exception {
    EventLoop loop = open();
    loop.schedule(2 * MILLI, note("t"));
    LoopTimer cancelled = loop.schedule(2 * MILLI, note("never"));
    loop.cancel(cancelled);
    ((ModelSys) sys).advance(MILLI);
    runFor(loop, 5 * MILLI);
    assertEquals(List.of("t@2000"), log);
  }

  @Test
  void fixedRate_withoutHindrance_keepsTheGrid() throws Exception {
    EventLoop loop = openRun();
    LoopTimer timer = loop.scheduleAtFixedRate(MILLI, 3 * MILLI, note("r"));
    runFor(loop, 10 * MILLI);
    loop.cancel(timer);
    runFor(loop, 10 * MILLI);
    assertEquals(List.of("r@1000", "r@4000", "r@7000", "r@10000"), log);
  }

  @Test
  void fixedRate_betweenTicks_doesNotDrift() throws Exception {
    EventLoop loop = openRun();
    long period = MILLI + MILLI / 3;
    LoopTimer timer = loop.scheduleAtFixedRate(period, period, note("r"));
    runFor(loop, 300 * period + MILLI);
    loop.cancel(timer);
    assertEquals(300, log.size());
    assertEquals("r@" + 400_000, log.getLast());
  }

  @Test
  void fixedRate_thatIsLate_leavesOutWhatItMissedAndKeepsTheGrid() throws Exception {
    EventLoop loop = openRun();
    Runnable note = note("r");
    LoopTimer timer =
        loop.scheduleAtFixedRate(
            0,
            10 * MILLI,
            () -> {
              note.run();
              if (log.size() == 2) {
                ((ModelSys) sys).advance(35 * MILLI); // busy
              }
            });
    runFor(loop, 80 * MILLI);
    loop.cancel(timer);
    // 20 to 40 were missed; the one that was due first is run late, at 45
    assertEquals(
        List.of("r@0", "r@10000", "r@45000", "r@50000", "r@60000", "r@70000", "r@80000"), log);
  }

  @Test
  void fixedRate_startedFromAnEvent_isNeverEarly() throws Exception {
    EventLoop loop = openRun();
    Watch watch = watch(loop, "w", eventfd(0));
    LoopTimer[] timer = new LoopTimer[1];
    List<Long> moments = new ArrayList<>();
    long[] begun = new long[1];
    watch.then(() -> {
      begun[0] = sys.nanoTime();
      timer[0] =
          loop.scheduleAtFixedRate(0, 10 * MILLI, () -> moments.add(sys.nanoTime() - begun[0]));
    });
    ((ModelSys) sys).schedule(7 * MILLI, () -> signal(watch.fd));
    runFor(loop, 28 * MILLI);
    loop.cancel(timer[0]);
    assertEquals(List.of(0L, 10 * MILLI, 20 * MILLI), moments);
  }

  @Test
  void fixedRate_thatThrows_isReportedAndNotRunAgain() throws Exception {
    EventLoop loop = openRun();
    Runnable note = note("r");
    LoopTimer timer =
        loop.scheduleAtFixedRate(
            MILLI,
            MILLI,
            () -> {
              note.run();
              if (log.size() == 2) {
                throw new IllegalStateException("enough");
              }
            });
    runFor(loop, 10 * MILLI);
    assertEquals(List.of("r@1000", "r@2000"), log);
    assertEquals(List.of("a timer: enough"), reports);
    assertTrue(!timer.isScheduled());
    assertThrows(IllegalArgumentException.class, () -> loop.scheduleAtFixedRate(0, 0, note));
  }

  @Test
  void fixedRate_cancelledByItself_isNotRunAgain() throws Exception {
    EventLoop loop = openRun();
    Runnable note = note("r");
    LoopTimer[] timer = new LoopTimer[1];
    timer[0] =
        loop.scheduleAtFixedRate(
            MILLI,
            MILLI,
            () -> {
              note.run();
              loop.cancel(timer[0]);
            });
    runFor(loop, 10 * MILLI);
    assertEquals(List.of("r@1000"), log);
  }

  @Test
  void timer_withTheLongestDelay_doesNotRunNorDisturb() throws Exception {
    EventLoop loop = openRun();
    LoopTimer rare = loop.scheduleAtFixedRate(MILLI, Long.MAX_VALUE, note("once"));
    ((ModelSys) sys).advance(MILLI); // now is later than the wheel was told
    LoopTimer longest = loop.schedule(Long.MAX_VALUE, note("never"));
    runFor(loop, 10_000 * MILLI);
    assertEquals(List.of("once@1000"), log);
    assertTrue(longest.isScheduled() && rare.isScheduled());
    loop.cancel(longest);
    loop.cancel(rare);
    assertTrue(!longest.isScheduled() && !rare.isScheduled());
  }

  @Test
  void timer_ofANegativeDelay_runsInTheNextTurn() throws Exception {
    EventLoop loop = openRun();
    loop.schedule(Long.MIN_VALUE, note("t"));
    assertEquals(1, loop.runOnce(0));
    assertEquals(List.of("t@0"), log);
  }

  @Test
  void runOnce_withATimeout_returnsInTime() throws Exception {
    EventLoop loop = openRun();
    long start = sys.nanoTime();
    assertEquals(0, loop.runOnce(0));
    assertEquals(0, sys.nanoTime() - start);
    assertEquals(0, loop.runOnce(7 * MILLI + 3));
    assertEquals(7 * MILLI + 3, sys.nanoTime() - start);
    LoopTimer timer = loop.schedule(MILLI, note("t"));
    start = sys.nanoTime();
    assertEquals(0, loop.runOnce(7 * MILLI));
    assertTrue(Math.abs(sys.nanoTime() - start - MILLI) <= MILLI);
    loop.cancel(timer);
  }

  @Test
  void runOnce_withSpin_takesNoLongerThanItsTimeout() throws Exception {
    EventLoop loop = open(options().withSpin(Duration.ofMillis(5)));
    long start = sys.nanoTime();
    assertEquals(0, loop.runOnce(7 * MILLI));
    assertEquals(7 * MILLI, sys.nanoTime() - start);
  }

  @Test
  void nowNanos_withinATurn_standsStill() throws Exception {
    EventLoop loop = openRun();
    Watch watch = watch(loop, "w", eventfd(0));
    List<Long> moments = new ArrayList<>();
    loop.execute(() -> {
      moments.add(loop.nowNanos());
      ((ModelSys) sys).advance(MILLI);
      moments.add(loop.nowNanos());
    });
    watch.then(() -> moments.add(loop.nowNanos()));
    ((ModelSys) sys).schedule(3 * MILLI, () -> signal(watch.fd));
    long start = sys.nanoTime();
    assertEquals(2, loop.runOnce(4 * MILLI));
    assertEquals(List.of(start, start, start + 3 * MILLI), moments);
  }

  @Test
  void flush_thatTakesLong_doesNotPostponeTimers() throws Exception {
    EventLoop loop = openRun();
    Watch watch = watch(loop, "w", eventfd(0));
    watch.onFlush = () -> ((ModelSys) sys).advance(4 * MILLI);
    loop.schedule(10 * MILLI, note("t"));
    loop.flushLater(watch);
    runFor(loop, 20 * MILLI);
    assertEquals(List.of("w.flush", "t@10000"), log);
  }

  /** What is begun between two turns is not begun at the end of the last one. */
  @Test
  void nowNanos_outsideOfATurn_isNow() throws Exception {
    try (EventLoop idle = EventLoop.open()) {
      int _ = idle.runOnce(0);
      long before = idle.sys().nanoTime();
      assertTrue(idle.nowNanos() >= before);
    }
  }
}
