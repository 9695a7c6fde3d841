package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model against the real kernel: 30,000 operations of each build, and as many as one likes. */
class FuzzTest {
  private static final int OPERATIONS = 10_000; // of each seed

  @ParameterizedTest(name = "[seed {0}]")
  @ValueSource(longs = {1, 2, 3})
  void programs_onTheModel_doWhatTheKernelDoes(long seed) {
    Sys kernel = NativeSys.open();
    Fuzzer fuzzer = new Fuzzer(() -> kernel, () -> ModelSys.virtual(seed, Faults.none()), seed);
    for (long number = 0; fuzzer.coverage().total() < OPERATIONS; number++) {
      Failure failure = fuzzer.run(number);
      assertNull(failure, () -> failure.text());
    }
    assertTrue(fuzzer.unconfirmed() <= 1, "differences that come and go: " + fuzzer.unconfirmed());
  }
}
