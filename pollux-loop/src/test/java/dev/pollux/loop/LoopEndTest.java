package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of things when a loop is closed, and what a closed one still takes. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.loop.Fixture#all")
class LoopEndTest extends LoopCase {

  /** Nothing runs on it any more, so nothing is accepted in silence: not on the owner's thread. */
  @Test
  void closedLoop_refusesWhatItWouldNeverDo() throws Exception {
    EventLoop loop = open();
    LoopHandler handler = _ -> log.add("ready");
    LoopTimer timer = new LoopTimer(() -> log.add("timer"));
    loop.close();
    assertThrows(ClosedLoopException.class, () -> loop.schedule(timer, 0));
    assertThrows(ClosedLoopException.class, () -> loop.schedule(1, () -> log.add("task")));
    assertThrows(
        ClosedLoopException.class, () -> loop.scheduleAtFixedRate(1, 1, () -> log.add("rate")));
    assertThrows(ClosedLoopException.class, () -> loop.flushLater(handler));
    assertThrows(ClosedLoopException.class, () -> loop.closeLater(handler));
    assertThrows(ClosedLoopException.class, () -> new LoopLocal<>(_ -> log.add("local")).of(loop));
    assertFalse(timer.isScheduled());
    assertEquals(List.of(), log);
  }

  @Test
  void timers_ofAClosedLoop_areFreeForAnother() throws Exception {
    EventLoop first = open();
    LoopTimer timer = first.schedule(3600_000 * MILLI, () -> log.add("timer"));
    first.close();
    assertFalse(timer.isScheduled());
    EventLoop second = open();
    second.schedule(timer, 0);
    assertEquals(1, second.runOnce(0));
    assertEquals(List.of("timer"), log);
  }

  /** Two that want each other would be made anew for ever, if they were gone before their close. */
  @Test
  void locals_thatNeedEachOtherInACircle_areClosedOnce() throws Exception {
    EventLoop loop = open();
    List<LoopLocal<AutoCloseable>> locals = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      String name = "local " + i;
      locals.add(
          new LoopLocal<>(_ ->
              () -> {
                AutoCloseable _ = locals.get(other).of(loop);
                log.add(name);
              }));
    }
    AutoCloseable _ = locals.getFirst().of(loop);
    loop.close();
    assertEquals(List.of("local 0", "local 1"), log);
  }

  /** One that is closed may want another, which was never made, or was closed already. */
  @Test
  void locals_thatNeedEachOtherAsTheyClose_areAllClosedOnce() throws Exception {
    EventLoop loop = open();
    LoopLocal<AutoCloseable> late = new LoopLocal<>(_ -> () -> log.add("late"));
    for (int i = 0; i < 3; i++) {
      String name = "local " + i;
      LoopLocal<AutoCloseable> local =
          new LoopLocal<>(_ ->
              () -> {
                AutoCloseable _ = late.of(loop);
                log.add(name);
              });
      AutoCloseable _ = local.of(loop);
    }
    loop.close();
    assertEquals(List.of(), reports);
    for (int i = 0; i < 3; i++) {
      String name = "local " + i;
      assertEquals(1, log.stream().filter(name::equals).count(), log.toString());
    }
    assertTrue(log.contains("late"), log.toString());
  }
}
