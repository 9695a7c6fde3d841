package dev.pollux.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.BlockedLoop;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.loop.LoopTimer;
import dev.pollux.loop.SpinningLoop;
import dev.pollux.loop.WatchdogListener;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each meter of a loop, after the loop did something known. */
class LoopMetricsTest {

  private static final LoopOptions OPTIONS =
      LoopOptions.DEFAULT.withName("tested").withTaskCapacity(2).withErrorHandler((_, _, _) -> {});

  private static void pause(EventLoop loop, int millis) {
    int _ = loop.sys().poll(0, 0, millis);
  }

  @Test
  void tasks_pendingAndRejected_areShown() throws Exception {
    try (Box box = new Box(OPTIONS);
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.of("app", "a"))) {
      metrics.bindTo(box.registry);
      for (int i = 0; i < 3; i++) {
        boolean isTaken = box.loop.offer(() -> pause(box.loop, 5));
        assertEquals(i < 2, isTaken);
      }
      assertEquals(2, box.value("pollux.loop.tasks.pending", "loop", "tested", "app", "a"));
      box.turn();
      box.loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      box.turn();
      box.look();
      assertEquals(0, box.value("pollux.loop.tasks.pending"));
      assertEquals(2, box.value("pollux.loop.tasks.pending.max"));
      assertEquals(1, box.value("pollux.loop.tasks.rejected"));
      assertEquals(3, box.value("pollux.loop.tasks"));
      assertEquals(1, box.value("pollux.loop.failures"));
      assertEquals(2, box.value("pollux.loop.turns"));
    }
  }

  @Test
  void timesAndQuantiles_areOfTheIntervalBetweenLooks() throws Exception {
    try (Box box = new Box(OPTIONS);
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty())) {
      metrics.bindTo(box.registry);
      LoopTimer _ = box.loop.schedule(1, () -> pause(box.loop, 20));
      box.until("the timer", () -> box.loop.stats().timers() == 1);
      box.turn();
      assertEquals(0, box.value("pollux.loop.timers"), "the snapshot is younger than a second");
      box.look();
      double ratio = box.value("pollux.loop.busy.ratio", "loop", "tested");
      assertTrue(ratio > 0 && ratio < 1, "ratio " + ratio);
      assertTrue(box.value("pollux.loop.busy") >= 0.020);
      assertTrue(box.value("pollux.loop.wait") > 0);
      assertEquals(1, box.value("pollux.loop.timers"));
      assertTrue(box.value("pollux.loop.timers.late", "quantile", "1") > 0);
      assertTrue(box.value("pollux.loop.turn", "quantile", "1") >= 0.020);
      assertTrue(box.value("pollux.loop.wakeups.empty") > 0);
      assertTrue(box.value("pollux.loop.waits") > 0);
      box.look();
      assertEquals(0, box.value("pollux.loop.turn", "quantile", "1"), "nothing was done since");
      assertEquals(0, box.value("pollux.loop.busy.ratio"));
      assertEquals(1, box.value("pollux.loop.timers"), "this one counts on");
    }
  }

  @Test
  void events_haveTheirLag_andTheirNumberAWait() throws Exception {
    try (Box box = new Box(OPTIONS);
        PolluxLoopMetrics metrics =
            new PolluxLoopMetrics(List.of(box.loop), MetricsOptions.DEFAULT.withHistograms(true));
        dev.pollux.net.Server server =
            dev.pollux.net.Server.open(
                box.loop,
                Box.at(),
                _ ->
                    (connection, data) -> {
                      pause(box.loop, 5);
                      var _ = connection.write(data);
                    })) {
      metrics.bindTo(box.registry);
      Box.Peer _ = box.connect(server.address()).send("hello").await("hello");
      box.turn();
      box.look();
      assertTrue(box.value("pollux.loop.events") >= 2); // the listener's, and the connection's
      assertTrue(box.value("pollux.loop.lag", "quantile", "1") >= 0.005);
      assertEquals(1, box.value("pollux.loop.events.per.wait", "quantile", "0.99"));
      double all = box.value("pollux.loop.lag.histogram", "le", "+Inf");
      double fast = box.value("pollux.loop.lag.histogram", "le", "0.004194304");
      assertTrue(all >= 2 && all - fast >= 1, all + " waits, " + fast + " fast ones");
      assertTrue(box.value("pollux.loop.memory", "loop", "tested") >= 0);
      assertEquals(0, box.value("pollux.loop.refused", "limit", "queued_bytes"));
    }
  }

  @Test
  void histogram_isThereOnlyIfAskedFor() throws Exception {
    try (Box box = new Box(OPTIONS);
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty())) {
      metrics.bindTo(box.registry);
      assertFalse(Box.names(box.registry).contains("pollux.loop.lag.histogram"));
    }
  }

  @Test
  void findings_ofAWatchdog_areCounted_andPassedOn() throws Exception {
    List<String> told = new ArrayList<>();
    WatchdogListener noting =
        new WatchdogListener() {
          @Override
          public void blocked(BlockedLoop incident) {
            told.add("blocked");
          }

          @Override
          public void spinning(SpinningLoop incident) {
            told.add("spinning");
          }

          @Override
          public void recovered(EventLoop loop, String what, long afterNanos) {
            told.add("recovered");
          }
        };
    try (Box box = new Box(OPTIONS);
        Box other = new Box(OPTIONS);
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty())) {
      metrics.bindTo(box.registry);
      WatchdogListener listener = metrics.watching(noting);
      listener.spinning(new SpinningLoop(box.loop, 256, List.of()));
      listener.spinning(new SpinningLoop(other.loop, 256, List.of())); // is none of these
      listener.blocked(new BlockedLoop(box.loop, "work", -1, 1, "thread", List.of()));
      listener.recovered(box.loop, "spinning", 1);
      assertEquals(1, box.value("pollux.loop.spinning", "loop", "tested"));
      assertEquals(1, box.value("pollux.loop.blocked", "loop", "tested"));
      assertEquals(List.of("spinning", "spinning", "blocked", "recovered"), told);
    }
  }

  @Test
  void group_hasMetersForEachLoop() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (LoopGroup group = LoopGroup.start(2, LoopOptions.DEFAULT.withName("pair"));
        PolluxLoopMetrics metrics = new PolluxLoopMetrics(group, Tags.empty())) {
      metrics.bindTo(registry);
      for (String name : List.of("pair-0", "pair-1")) {
        assertEquals(1, Box.find(registry, "pollux.loop.turns", "loop", name).meters().size());
      }
    }
  }

  @Test
  void meters_areTakenAway_byClose_andStayInOtherRegistries() throws Exception {
    SimpleMeterRegistry second = new SimpleMeterRegistry();
    try (Box box = new Box(OPTIONS)) {
      var _ = box.registry.counter("somebody.elses");
      PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty());
      metrics.bindTo(box.registry);
      metrics.bindTo(box.registry); // once is enough
      metrics.bindTo(second);
      assertEquals(
          Box.names(box.registry).stream().filter(name -> !name.startsWith("some")).toList(),
          Box.names(second));
      metrics.close();
      metrics.close();
      assertEquals(List.of("somebody.elses"), Box.names(box.registry));
      assertEquals(List.of(), Box.names(second));
      assertThrows(IllegalStateException.class, () -> metrics.bindTo(second));
    }
  }

  @Test
  void loop_thatIsClosed_isShownAsItWas() throws Exception {
    Box box = new Box(OPTIONS);
    PolluxLoopMetrics metrics = new PolluxLoopMetrics(box.loop, Tags.empty());
    metrics.bindTo(box.registry);
    box.turn();
    box.close();
    box.look();
    assertEquals(1, box.value("pollux.loop.turns"));
    assertEquals(0, box.value("pollux.loop.tasks.pending"));
    metrics.close();
  }
}
