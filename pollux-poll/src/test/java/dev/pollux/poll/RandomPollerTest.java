package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SplittableRandom programs of add, modify, remove, write, read, shut down and close on every
 * backend, with files, orphans and wake-ups among them.
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

  /** What the programs run on. */
  enum Setup {
    EPOLL(Backend.EPOLL),
    EPOLL_STRICT(Backend.EPOLL),
    EPOLL_WOKEN_BY_PIPE(Backend.EPOLL),
    EPOLL_MODEL(Backend.EPOLL),
    POLL(Backend.POLL),
    SELECT(Backend.SELECT),
    KQUEUE(Backend.KQUEUE),
    KQUEUE_MODEL(Backend.KQUEUE);

    private final Backend backend;

    Setup(Backend backend) {
      this.backend = backend;
    }

    Kernel kernel() {
      return this == EPOLL_MODEL || this == KQUEUE_MODEL ? new ModelKernel() : Kernel.NATIVE;
    }

    Poller open(SysProbe probe) throws Exception {
      if (this == EPOLL_WOKEN_BY_PIPE) {
        probe.inject((call, arguments) -> call.equals("eventfd") ? -Errno.EPERM : null);
      }
      return this == EPOLL_STRICT
          ? Poller.openStrict(probe.sys(), backend)
          : Poller.open(probe.sys(), backend);
    }
  }

  static Stream<Arguments> programs() {
    Long replayed = Long.getLong(SEED_PROPERTY);
    return Stream.of(Setup.values())
        .flatMap(setup ->
            (replayed != null
                    ? Stream.of(replayed)
                    : Stream.iterate(FIRST_SEED, seed -> seed + 1).limit(PROGRAMS))
                .map(seed -> Arguments.of(setup, seed)));
  }

  private static void run(Setup setup, long seed, List<String> log) throws Exception {
    Kernel kernel = setup.kernel();
    var openBefore = kernel.openDescriptors();
    SysProbe probe = new SysProbe(kernel.sys());
    try (Io io = new Io(kernel.sys());
        Poller poller = setup.open(probe)) {
      RandomProgram program = new RandomProgram(io, probe, poller, new SplittableRandom(seed), log);
      for (int step = 0; step < STEPS; step++) {
        program.step();
      }
      program.finish();
    }
    assertEquals(openBefore, kernel.openDescriptors(), "open descriptors");
  }

  @ParameterizedTest(name = "[{0}, seed {1}] {displayName}")
  @MethodSource("programs")
  void randomProgram_reportsWhatTheOracleSays(Setup setup, long seed) {
    List<String> log = new ArrayList<>();
    try {
      run(setup, seed, log);
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
      run(Setup.POLL, seed, log);
      log.forEach(line -> kinds.merge(line.split(" ", 2)[0], 1, Integer::sum));
    }
    for (String kind : RandomProgram.STEP_NAMES) {
      assertTrue(kinds.getOrDefault(kind, 0) >= 5, kind + kinds);
    }
  }
}
