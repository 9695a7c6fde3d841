package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model against the real kernel: 30,000 operations of each build, and as many as one likes. */
class FuzzTest {
  private static final int OPERATIONS = 10_000; // of each seed
  private static final int MAX_UNCONFIRMED = 5;

  private final Sys kernel = NativeSys.open();

  @ParameterizedTest(name = "[seed {0}]")
  @ValueSource(longs = {1, 2})
  void programs_underVirtualTime_doWhatTheKernelDoes(long seed) {
    compare(seed, Kernels.model(seed, kernel::nanoTime));
  }

  @ParameterizedTest(name = "[seed {0}]")
  @ValueSource(longs = {3})
  void programs_withThreads_doWhatTheKernelDoes(long seed) {
    Kernels model = Kernels.model(seed, kernel::nanoTime);
    compare(seed, mode -> model.open(mode == Kernels.Mode.DELAYED ? mode : Kernels.Mode.REAL_TIME));
  }

  private void compare(long seed, Kernels model) {
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, model, seed);
    for (long number = 0; fuzzer.coverage().total() < OPERATIONS; number++) {
      Failure failure = fuzzer.run(number);
      assertNull(failure, () -> failure.text());
    }
    assertTrue(
        fuzzer.unconfirmed() <= MAX_UNCONFIRMED,
        "differences that come and go: " + fuzzer.unconfirmed());
  }
}
