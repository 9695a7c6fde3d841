package dev.pollux.poll;

import dev.pollux.sys.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SplittableRandom programs with several waiters on epoll: see {@link RandomThreads} for what must
 * hold. The scheduler has its say, so a seed replays what is done, and not in which order it is
 * met.
 */
class RandomThreadsTest {

  private static final int PROGRAMS = 8;
  private static final int ROUNDS = 15;
  private static final String SEED_PROPERTY = "pollux.seed";

  /** What the programs run on. */
  enum Setup {
    NATIVE,
    NATIVE_WOKEN_BY_PIPE,
    MODEL
  }

  static Stream<Arguments> programs() {
    Long replayed = Long.getLong(SEED_PROPERTY);
    return Stream.of(Setup.values())
        .flatMap(setup ->
            (replayed != null
                    ? Stream.of(replayed)
                    : Stream.iterate(1L, seed -> seed + 1).limit(PROGRAMS))
                .map(seed -> Arguments.of(setup, seed)));
  }

  @ParameterizedTest(name = "[{0}, seed {1}] {displayName}")
  @MethodSource("programs")
  void severalWaiters_loseNothingAndReportOneshotsOnce(Setup setup, long seed) throws Exception {
    Kernel kernel = setup == Setup.MODEL ? new ModelKernel() : Kernel.NATIVE;
    var openBefore = kernel.openDescriptors();
    SysProbe probe = new SysProbe(kernel.sys());
    if (setup == Setup.NATIVE_WOKEN_BY_PIPE) {
      probe.inject((call, arguments) -> call.equals("eventfd") ? -Errno.EPERM : null);
    }
    List<String> log = new ArrayList<>();
    try (Io io = new Io(kernel.sys());
        Poller poller = Poller.open(probe.sys(), Backend.EPOLL)) {
      RandomThreads program =
          new RandomThreads(kernel, io, probe, poller, new SplittableRandom(seed), log);
      for (int round = 0; round < ROUNDS; round++) {
        program.round();
      }
      program.finish();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "again: ./dev test -pl pollux-poll -Dtest=RandomThreadsTest -D"
              + SEED_PROPERTY
              + "="
              + seed
              + "\n"
              + String.join("\n", log),
          e);
    }
    if (!openBefore.equals(kernel.openDescriptors())) {
      throw new AssertionError("leaked: " + kernel.openDescriptors() + ", before " + openBefore);
    }
  }
}
