package dev.pollux.inspect;

import static dev.pollux.inspect.Confidence.CERTAIN;
import static dev.pollux.inspect.Confidence.LIKELY;
import static dev.pollux.inspect.Confidence.POSSIBLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.inspect.proc.Holders;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each disease is found, with the confidence it is documented to have, and no twin has it. */
class ZooTest {

  /** A program, and what is found in it, by reading {@code /proc} alone and by looking deep. */
  private record Case(String name, Disease disease, Confidence plain, Confidence deep) {}

  /** Who may not be seen may have the other end of a pipe, or the listener. */
  private static final boolean ARE_ALL_SEEN = new Holders().areAllSeen();

  private static final Confidence PIPE = ARE_ALL_SEEN ? LIKELY : POSSIBLE;
  private static final Confidence FULL = ARE_ALL_SEEN ? CERTAIN : LIKELY;

  private static final List<Case> CASES =
      List.of(
          new Case("lost-edge", Disease.LOST_EDGE, LIKELY, LIKELY),
          new Case("lost-edge-unix", Disease.LOST_EDGE, LIKELY, LIKELY),
          new Case("oneshot", Disease.ONESHOT_NOT_ARMED, LIKELY, LIKELY),
          new Case("hangup-spin", Disease.HANGUP_ON_EMPTY_MASK, POSSIBLE, POSSIBLE),
          new Case("hangup-spin-fin", Disease.HANGUP_ON_EMPTY_MASK, POSSIBLE, POSSIBLE),
          new Case("hangup-spin-shut", Disease.HANGUP_ON_EMPTY_MASK, LIKELY, LIKELY),
          new Case("writable-spin", Disease.WRITABLE_SPIN, LIKELY, LIKELY),
          new Case("eof-spin", Disease.END_UNREAD, LIKELY, LIKELY),
          new Case("eof-unread", Disease.END_UNREAD, LIKELY, LIKELY),
          new Case("unix-eof-spin", Disease.END_UNREAD, LIKELY, LIKELY),
          new Case("unread-spin", Disease.INPUT_UNREAD, LIKELY, LIKELY),
          new Case("eventfd-spin", Disease.INPUT_UNREAD, LIKELY, LIKELY),
          new Case("pipe-hangup", Disease.END_UNREAD, PIPE, PIPE),
          new Case("orphan", Disease.ORPHAN, LIKELY, LIKELY),
          new Case("orphan-reused", Disease.ORPHAN, LIKELY, LIKELY),
          new Case("herd", Disease.THUNDERING_HERD, LIKELY, LIKELY),
          new Case("herd-processes", Disease.THUNDERING_HERD, LIKELY, LIKELY),
          new Case("small-batch", Disease.SMALL_BATCH, LIKELY, LIKELY),
          new Case("emfile", Disease.OUT_OF_DESCRIPTORS, FULL, FULL),
          new Case("emfile-backoff", Disease.OUT_OF_DESCRIPTORS, FULL, FULL),
          new Case("backlog-overflow", Disease.BACKLOG_FULL, LIKELY, LIKELY),
          new Case("dead-peer", Disease.DEAD_PEER, POSSIBLE, POSSIBLE),
          new Case("forgotten", Disease.FORGOTTEN, LIKELY, LIKELY),
          new Case("forgotten-closewait", Disease.FORGOTTEN, LIKELY, LIKELY),
          new Case("paused", Disease.PAUSED_INPUT, POSSIBLE, POSSIBLE),
          new Case("blocked-loop", Disease.BLOCKED_LOOP, LIKELY, LIKELY),
          new Case("blocked-loop-cpu", Disease.BLOCKED_LOOP, LIKELY, LIKELY),
          new Case("send-stuck", Disease.SEND_STUCK, POSSIBLE, POSSIBLE),
          new Case("send-stuck-edge", Disease.SEND_STUCK, POSSIBLE, POSSIBLE),
          new Case("close-wait-heap", Disease.CLOSE_WAIT_HEAP, LIKELY, LIKELY),
          new Case("time-wait-heap", Disease.TIME_WAIT_HEAP, POSSIBLE, POSSIBLE),
          new Case("time-wait-heap-server", Disease.TIME_WAIT_HEAP, POSSIBLE, POSSIBLE));

  private static final InspectOptions OPTIONS =
      InspectOptions.DEFAULT.withPause(Duration.ofMillis(60)).withSilence(Duration.ofMillis(20));

  private static final long BOUND_NANOS = 10_000_000_000L;

  private final Sys sys = NativeSys.open();

  @TestFactory
  Stream<DynamicTest> diseases() throws Exception {
    Path zoo = Zoo.program();
    if (zoo == null) {
      return Stream.of(DynamicTest.dynamicTest("there is no C compiler here", () -> {}));
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (Case each : CASES) {
      tests.add(DynamicTest.dynamicTest(each.name(), () -> isFound(zoo, each)));
      String twin = each.name() + "-healthy";
      tests.add(DynamicTest.dynamicTest(twin, () -> isHealthy(zoo, twin, each.disease())));
    }
    return tests.stream();
  }

  private Inspector open(Zoo.Animal animal, boolean isDeep) throws Exception {
    return Inspector.open(sys, animal.pid(), OPTIONS.withDeep(isDeep));
  }

  private void isFound(Path zoo, Case expected) throws Exception {
    try (Zoo.Animal animal = new Zoo.Animal(zoo, expected.name());
        Inspector plain = open(animal, false);
        Inspector deep = open(animal, true)) {
      ProcessView _ = plain.look(); // some are quiet first
      ProcessView _ = deep.look();
      isFound(plain, expected, expected.plain(), animal.fact("fd"));
      isFound(deep, expected, expected.deep(), animal.fact("fd"));
    }
  }

  /** It may take a while until the state is there, or the machine has time to show it. */
  private void isFound(Inspector inspector, Case expected, Confidence sure, int fd)
      throws Exception {
    long end = sys.nanoTime() + BOUND_NANOS;
    Report report;
    List<Finding> found;
    do {
      report = inspector.diagnose();
      found = of(report, expected.disease());
    } while (found.isEmpty() && sys.nanoTime() < end);
    String seen = report.toString();
    assertTrue(!found.isEmpty(), () -> "not found: " + seen);
    assertEquals(sure, found.getFirst().confidence(), seen);
    List<Integer> fds = found.stream().flatMap(each -> each.fds().stream()).toList();
    assertTrue(fd < 0 || fds.isEmpty() || fds.contains(fd), () -> "fd " + fd + ": " + seen);
    List<Finding> others =
        report.findings().stream()
            .filter(f -> f.disease() != expected.disease() && f.confidence() == CERTAIN)
            .toList();
    assertEquals(List.of(), others, "certain of something else");
  }

  private static List<Finding> of(Report report, Disease disease) {
    return report.findings().stream().filter(each -> each.disease() == disease).toList();
  }

  private void isHealthy(Path zoo, String name, Disease disease) throws Exception {
    try (Zoo.Animal animal = new Zoo.Animal(zoo, name)) {
      Report report;
      try (Inspector inspector = open(animal, true)) {
        report = inspector.diagnose();
      }
      List<Finding> wrong =
          report.findings().stream()
              .filter(f -> f.disease() == disease || f.confidence() == CERTAIN)
              .toList();
      assertEquals(List.of(), wrong, report::toString);
    }
  }
}
