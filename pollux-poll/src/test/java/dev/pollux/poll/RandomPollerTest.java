package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random programs of add, modify, remove, write, read, shut down and close on every backend.
 *
 * <p>Level: each wait reports exactly what poll(2) says of each descriptor by itself. Edge and
 * one-shot: what became ready since it was drained or armed is reported; nothing else is known of
 * them, so a model keeps who is owed an event. Prints the seed and how to replay it.
 */
class RandomPollerTest {

  private static final int PROGRAMS = 40;
  private static final int STEPS = 150;
  private static final String SEED_PROPERTY = "pollux.seed";
  private static final long FIRST_SEED = 1;

  static Stream<Arguments> programs() {
    Long replayed = Long.getLong(SEED_PROPERTY);
    return Stream.of(Backend.values())
        .flatMap(backend ->
            (replayed != null
                    ? Stream.of(replayed)
                    : Stream.iterate(FIRST_SEED, seed -> seed + 1).limit(PROGRAMS))
                .map(seed -> Arguments.of(backend, seed)));
  }

  @ParameterizedTest(name = "[{0}/native, seed {1}] {displayName}")
  @MethodSource("programs")
  void randomProgram_reportsWhatTheOracleSays(Backend backend, long seed) throws Exception {
    List<String> log = new ArrayList<>();
    try (Io io = new Io(Kernel.NATIVE.sys());
        Poller poller = Poller.open(io.sys(), backend)) {
      RandomProgram program = new RandomProgram(io, poller, new Random(seed), log);
      for (int step = 0; step < STEPS; step++) {
        program.step();
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "replay: ./dev test -pl pollux-poll -Dtest=RandomPollerTest -D"
              + SEED_PROPERTY
              + "="
              + seed
              + "\n"
              + String.join("\n", log),
          e);
    }
  }

  /** Different seeds must take different ways, or the generator tests one program 40 times. */
  @Test
  void randomPrograms_ofDifferentSeeds_coverEveryKindOfStep() throws Exception {
    Map<String, Integer> kinds = new HashMap<>();
    for (long seed = 1; seed <= 5; seed++) {
      List<String> log = new ArrayList<>();
      try (Io io = new Io(Kernel.NATIVE.sys());
          Poller poller = Poller.open(io.sys(), Backend.POLL)) {
        RandomProgram program = new RandomProgram(io, poller, new Random(seed), log);
        for (int step = 0; step < STEPS; step++) {
          program.step();
        }
      }
      log.forEach(line -> kinds.merge(line.substring(0, line.indexOf(' ')), 1, Integer::sum));
    }
    for (String kind : RandomProgram.STEP_NAMES) {
      assertTrue(kinds.getOrDefault(kind, 0) >= 5, kind + kinds);
    }
  }
}
