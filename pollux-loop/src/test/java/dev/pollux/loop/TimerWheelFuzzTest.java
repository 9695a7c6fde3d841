package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SplittableRandom programs of schedule, cancel and expire, with actions that schedule, cancel and
 * throw, against a {@link TimerListModel}. Prints the seed and how to replay it.
 */
class TimerWheelFuzzTest {

  private static final int PROGRAMS = 20;
  private static final int STEPS = 400;
  private static final String SEED_PROPERTY = "pollux.seed";

  private static final List<Long> TICKS = List.of(1L, 1_000_000L, 1_000_000_000L);
  private static final List<Long> STARTS =
      List.of(0L, -1L, -5_000_000_000L, Long.MAX_VALUE - 3_000_000, Long.MIN_VALUE);

  static Stream<Arguments> programs() {
    Long replayed = Long.getLong(SEED_PROPERTY);
    List<Arguments> all = new ArrayList<>();
    for (long tickNanos : TICKS) {
      for (long start : STARTS) {
        for (long i = 1; i <= (replayed != null ? 1 : PROGRAMS); i++) {
          all.add(Arguments.of(tickNanos, start, replayed != null ? replayed : i));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "[tick {0} ns, start {1}, seed {2}] {displayName}")
  @MethodSource("programs")
  void randomProgram_runsWhatTheModelRuns(long tickNanos, long start, long seed) {
    List<String> log = new ArrayList<>();
    try {
      TimerProgram program = new TimerProgram(tickNanos, start, new SplittableRandom(seed), log);
      for (int step = 0; step < STEPS; step++) {
        program.step();
      }
      program.drain();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed "
              + seed
              + ", replay: ./dev test -pl pollux-loop -am -Dtest=TimerWheelFuzzTest"
              + " -Dsurefire.failIfNoSpecifiedTests=false -D"
              + SEED_PROPERTY
              + "="
              + seed
              + "\n"
              + String.join("\n", log),
          e);
    }
  }

  /** Programs that never come to a case test nothing of it. */
  @Test
  void randomPrograms_coverEveryCase() {
    Map<TimerProgram.Case, Integer> seen = new EnumMap<>(TimerProgram.Case.class);
    for (long seed = 1; seed <= 5; seed++) {
      TimerProgram program =
          new TimerProgram(1_000_000, 0, new SplittableRandom(seed), new ArrayList<>());
      for (int step = 0; step < STEPS; step++) {
        program.step();
      }
      program.drain();
      program.seen().forEach((each, count) -> seen.merge(each, count, Integer::sum));
    }
    for (TimerProgram.Case each : TimerProgram.Case.values()) {
      assertTrue(seen.getOrDefault(each, 0) >= 5, each + " in " + seen);
    }
  }
}
