package dev.pollux.kqueue.fuzz;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Some random programs on both kernels: {@link KqueueFuzz} runs more. */
class KqueueFuzzTest {

  private static final int OPERATIONS = 40_000;

  @ParameterizedTest(name = "[{0}] seed {1}")
  @CsvSource({"model, 1", "native, 1"})
  void queue_inStepWithTheManual_differsNowhere(String kernel, long seed) {
    KqueueFuzz fuzz = kernel.equals("model") ? KqueueFuzz.model() : KqueueFuzz.real();
    PrintStream nobody = new PrintStream(OutputStream.nullOutputStream());
    assertNull(fuzz.run(seed, 0, OPERATIONS, nobody));
  }
}
