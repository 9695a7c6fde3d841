package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model against the real kernel: 30,000 operations of each build, and as many as one likes. */
class FuzzTest {
  private static final int OPERATIONS = 10_000; // of each seed
  private static final int MAX_UNCONFIRMED = 5;
  private static final int MAX_RACES = 12; // one processor makes 7, two make 1 or 2
  private static final int MAX_LATE_PART = 10; // one of so many programs

  /** The options that programs set and read, and the model does not know. */
  private static final Set<String> NOT_MODELLED =
      Set.of(
          "getsockopt(SO_BUSY_POLL)",
          "getsockopt(SO_PRIORITY)",
          "getsockopt(TCP_CONGESTION)",
          "getsockopt(TCP_SYNCNT)",
          "setsockopt(SO_ACCEPTCONN)",
          "setsockopt(SO_BUSY_POLL)",
          "setsockopt(SO_PRIORITY)",
          "setsockopt(TCP_CONGESTION)",
          "setsockopt(TCP_SYNCNT)");

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
    assertEquals(0, fuzzer.declined(), () -> "programs cut short: " + fuzzer.unknown());
    Set<String> unknown = new TreeSet<>(fuzzer.unknown());
    unknown.removeAll(NOT_MODELLED);
    assertEquals(Set.of(), unknown, "what is not compared stands in a list");
    assertTrue(
        fuzzer.late() <= fuzzer.programs() / MAX_LATE_PART,
        () -> fuzzer.late() + " of " + fuzzer.programs() + " programs were too slow");
    assertTrue(fuzzer.raced() <= MAX_RACES, "races between threads: " + fuzzer.raced());
    assertTrue(
        fuzzer.unconfirmed() <= MAX_UNCONFIRMED,
        "differences that come and go: " + fuzzer.unconfirmed());
  }
}
