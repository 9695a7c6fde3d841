package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.poll.Backend;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Options of loops. */
class LoopOptionsTest {

  private static final LoopErrorHandler DEAF =
      new LoopErrorHandler() {
        @Override
        public void failed(EventLoop loop, String what, Throwable cause) {}

        @Override
        public String toString() {
          return "deaf";
        }
      };

  private static final ThreadFactory THREADS = Thread.ofPlatform().name("other").factory();

  /** Each value: how to change it, and what says so. */
  static Stream<Arguments> changes() {
    return Stream.of(
        change(o -> o.withName("web"), "name=loop", "name=web"),
        change(o -> o.withBackend(Backend.POLL), "backend=the best", "backend=POLL"),
        change(o -> o.withStrictEdges(true), "strictEdges=false", "strictEdges=true"),
        change(o -> o.withTaskCapacity(2), "taskCapacity=16384", "taskCapacity=2"),
        change(o -> o.withTasksPerTurn(1), "tasksPerTurn=1024", "tasksPerTurn=1"),
        change(o -> o.withTimersPerTurn(1), "timersPerTurn=1024", "timersPerTurn=1"),
        change(o -> o.withEventsPerWait(1), "eventsPerWait=256", "eventsPerWait=1"),
        change(o -> o.withTick(Duration.ofNanos(1)), "tick=PT0.001S", "tick=PT0.000000001S"),
        change(o -> o.withSpin(Duration.ofMillis(2)), "spin=PT0S", "spin=PT0.002S"),
        change(
            o -> o.withErrorHandler(DEAF),
            "errorHandler=" + LoopOptions.DEFAULT.errorHandler(),
            "errorHandler=deaf"),
        change(
            o -> o.withThreadFactory(THREADS),
            "threadFactory=" + LoopOptions.DEFAULT.threadFactory(),
            "threadFactory=" + THREADS));
  }

  private static Arguments change(UnaryOperator<LoopOptions> change, String from, String to) {
    return Arguments.argumentSet(to, change, from, to);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void with_changesOneValueOfACopy(UnaryOperator<LoopOptions> change, String from, String to) {
    String before = LoopOptions.DEFAULT.toString();
    String after = change.apply(LoopOptions.DEFAULT).toString();
    assertNotEquals(before, after);
    assertEquals(before.replace(from, to), after);
    assertEquals(before, LoopOptions.DEFAULT.toString());
  }

  @Test
  void with_anotherValueAfterwards_keepsTheFirst() {
    LoopOptions options = LoopOptions.DEFAULT.withTick(Duration.ofMillis(3)).withName("late");
    assertEquals(Duration.ofMillis(3), options.tick());
    assertEquals(3_000_000, options.tickNanos());
    assertEquals("late", options.name());
  }

  @Test
  void value_outOfBounds_isRefusedWithTheBound() {
    LoopOptions options = LoopOptions.DEFAULT;
    for (int capacity : new int[] {-2, 0, 1, 3, Integer.MIN_VALUE}) {
      assertRefused(
          "taskCapacity: " + capacity + " is not a power of two from 2 on",
          () -> options.withTaskCapacity(capacity));
    }
    assertRefused("tasksPerTurn: 0 is less than 1", () -> options.withTasksPerTurn(0));
    assertRefused("timersPerTurn: -1 is less than 1", () -> options.withTimersPerTurn(-1));
    assertRefused("eventsPerWait: 0 is less than 1", () -> options.withEventsPerWait(0));
    assertRefused("tick: PT0S is less than PT0.000000001S", () -> options.withTick(Duration.ZERO));
    assertRefused(
        "spin: PT-0.000000001S is less than PT0S", () -> options.withSpin(Duration.ofNanos(-1)));
  }

  @Test
  void time_thatNanosecondsDoNotHold_countsAsTheLongest() {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
    Duration shorter = longest.minusNanos(1);
    LoopOptions options = LoopOptions.DEFAULT;
    assertEquals(shorter, options.withSpin(shorter).spin());
    assertEquals(longest, options.withSpin(longest.plusNanos(1)).spin());
    assertEquals(longest, options.withTick(Duration.ofSeconds(Long.MAX_VALUE)).tick());
    assertRefused(
        "spin: " + Duration.ofSeconds(Long.MIN_VALUE) + " is less than PT0S",
        () -> options.withSpin(Duration.ofSeconds(Long.MIN_VALUE)));
  }

  private static void assertRefused(String message, Supplier<LoopOptions> change) {
    var e = assertThrows(IllegalArgumentException.class, change::get);
    assertEquals(message, e.getMessage());
  }
}
