package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Interest;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flight recorder's events. */
class LoopTraceTest {

  @TempDir Path folder;

  private List<RecordedEvent> stop(Recording recording) throws IOException {
    recording.stop();
    Path file = folder.resolve("loop.jfr");
    recording.dump(file);
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    Files.delete(file);
    return events.stream()
        .filter(e -> e.getEventType().getName().startsWith("dev.pollux."))
        .toList();
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }

  /** An event, a task, a timer, and time spent in each. */
  private static void work(LoopOptions options) throws Exception {
    try (ObservedLoop box = new ObservedLoop(NativeSys.open(), options)) {
      int[] pipe = box.pipe();
      box.add(
          pipe[0],
          Interest.READABLE,
          _ -> {
            box.read(pipe[0], 1);
            box.pass(5);
          });
      box.write(pipe[1], 1);
      int _ = box.loop.runOnce(-1);
      box.loop.execute(() -> box.pass(5));
      box.loop.execute(() -> {});
      int _ = box.loop.runOnce(1_000_000);
      boolean[] ran = new boolean[1];
      LoopTimer _ =
          box.loop.schedule(
              1,
              () -> {
                box.pass(5);
                ran[0] = true;
              });
      while (!ran[0]) {
        int _ = box.loop.runOnce(1_000_000);
      }
    }
  }

  @Test
  void recording_thatNamesNoEvent_hasNone() throws Exception {
    try (Recording recording = new Recording()) {
      recording.start();
      work(LoopOptions.DEFAULT.withSpin(Duration.ofNanos(10_000)));
      assertEquals(List.of(), stop(recording));
    }
  }

  @Test
  void turnsAndWaits_switchedOn_haveTheirCounts() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.pollux.LoopTurn").withoutThreshold();
      recording.enable("dev.pollux.LoopWait").withoutThreshold();
      recording.start();
      work(LoopOptions.DEFAULT.withName("traced"));
      List<RecordedEvent> events = stop(recording);
      List<RecordedEvent> turns = of(events, "dev.pollux.LoopTurn");
      List<RecordedEvent> waits = of(events, "dev.pollux.LoopWait");
      assertEquals(events.size(), turns.size() + waits.size());
      RecordedEvent turn = turns.getFirst();
      assertEquals("traced", turn.getString("loop"));
      assertEquals(1, turn.getInt("events"));
      assertEquals(2, turn.getInt("tasks"));
      assertEquals(0, turn.getInt("timers"));
      assertTrue(turn.getDuration().compareTo(Duration.ofMillis(10)) >= 0, turn::toString);
      assertEquals(List.of("Pollux"), turn.getEventType().getCategoryNames());
      assertEquals(1, turns.stream().mapToInt(t -> t.getInt("timers")).sum());
      assertEquals("traced", waits.get(0).getString("loop"));
      assertEquals(1, waits.get(0).getInt("events"));
      assertTrue(waits.get(0).getBoolean("mayBlock"));
      assertEquals(0, waits.get(1).getInt("events"));
      assertTrue(waits.get(1).getDuration().compareTo(Duration.ofMillis(1)) >= 0);
    }
  }

  @Test
  void slowHandlers_switchedOn_areThoseAboveTheThreshold() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.pollux.SlowHandler").withThreshold(Duration.ofMillis(4));
      recording.start();
      work(LoopOptions.DEFAULT);
      List<RecordedEvent> events = stop(recording);
      assertEquals(3, events.size());
      RecordedEvent handler = events.getFirst();
      assertEquals(ObservedLoop.Handler.class.getName(), handler.getClass("handler").getName());
      assertTrue(handler.getInt("fd") > 2, handler::toString);
      assertTrue(handler.getDuration().toMillis() >= 5, handler::toString);
      for (RecordedEvent other : events.subList(1, 3)) {
        assertEquals(-1, other.getInt("fd"));
        String name = other.getClass("handler").getName();
        assertTrue(name.startsWith(LoopTraceTest.class.getName() + "$$Lambda"), name);
      }
    }
  }

  @Test
  void spins_switchedOn_areThere() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("dev.pollux.LoopSpin").withoutThreshold();
      recording.start();
      work(LoopOptions.DEFAULT.withSpin(Duration.ofMillis(20)));
      List<RecordedEvent> events = stop(recording);
      assertTrue(events.stream().anyMatch(e -> e.getInt("events") == 1));
      assertTrue(
          events.stream()
              .anyMatch(e -> e.getInt("events") == 0 && e.getDuration().toNanos() >= 100_000));
    }
  }
}
