package dev.pollux.lab.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fuzzer itself: it sees what is wrong, and nothing else. */
class FuzzerTest {
  private static final long SEED = 20_250_711;
  private static final int PLENTY = 30_000; // operations within which every lie is found

  private final Sys kernel = NativeSys.open();

  @Test
  void run_kernelAgainstItself_findsNothing() {
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> kernel, SEED);
    for (long number = 0; fuzzer.coverage().total() < 10_000; number++) {
      Failure failure = fuzzer.run(number);
      assertNull(failure, () -> failure.text());
    }
  }

  @Test
  void run_proxyThatTellsTheTruth_findsNothing() {
    Sys truth = LyingSys.of(LyingSys.Lie.NONE);
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> truth, SEED);
    for (long number = 0; fuzzer.coverage().total() < 3_000; number++) {
      Failure failure = fuzzer.run(number);
      assertNull(failure, () -> failure.text());
    }
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource({
    "DROPS_RDHUP, 5, RDHUP",
    "FORGETS_ONE_SHOT, 6, ONESHOT",
    "EDGE_IS_LEVEL, 6, ET",
    "SWAPS_EVENTS, 8, epoll_wait",
    "FORGIVES_DEL, 3, DEL",
    "BAD_DESCRIPTOR_IS_INVALID, 1, shutdown",
    "FLIPS_A_BIT, 3, bytes",
    "POLL_WITHOUT_HUP, 4, poll"
  })
  void run_kernelThatLies_isFoundAndShrunk(LyingSys.Lie lie, int lines, String word) {
    Sys liar = LyingSys.of(lie);
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> liar, SEED);
    Failure failure = null;
    for (long number = 0; failure == null && fuzzer.coverage().total() < PLENTY; number++) {
      failure = fuzzer.run(number);
    }
    assertNotNull(failure, "found within " + PLENTY + " operations");
    String text = failure.text();
    assertTrue(failure.program().size() <= lines, text);
    assertTrue(text.contains(word), text);
    assertTrue(text.contains("--seed " + SEED + " --program " + failure.number()), text);

    Lockstep again = new Lockstep(_ -> kernel, Fuzzer.ORACLE_BASE, _ -> liar, Fuzzer.SUBJECT_BASE);
    Difference difference = again.confirm(failure.program());
    assertNotNull(difference, "the shrunk program still fails");
    assertEquals(failure.program().size() - 1, difference.index(), "by its last operation");
  }

  /** What was not told has not been seen: the next time that it comes, it is looked at again. */
  @Test
  void difference_thatGoesWhileItIsShrunk_isNotTakenForKnown() {
    Sys liar = LyingSys.of(LyingSys.Lie.BAD_DESCRIPTOR_IS_INVALID);
    int[] lies = {3}; // as many runs as it takes to believe it
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> lies[0]-- > 0 ? liar : kernel, SEED);
    long number = 0;
    while (fuzzer.unconfirmed() == 0) {
      lies[0] = 3;
      assertNull(fuzzer.run(number));
      number++;
    }
    lies[0] = Integer.MAX_VALUE;
    assertNotNull(fuzzer.run(number - 1));
    assertEquals(0, fuzzer.repeated());
  }

  @Test
  void run_anyProgram_leavesNoDescriptor() {
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> kernel, SEED);
    fuzzer.run(1);
    assertFalse(new Handles(_ -> kernel, Fuzzer.ORACLE_BASE).anyOpen());
    assertFalse(new Handles(_ -> kernel, Fuzzer.SUBJECT_BASE).anyOpen());
  }

  @Test
  void coverage_afterAWhile_hasEachKindSucceedAndFail() {
    Fuzzer fuzzer = new Fuzzer(_ -> kernel, _ -> kernel, SEED);
    for (long number = 0; !isCovered(fuzzer) && fuzzer.coverage().total() < 60_000; number++) {
      fuzzer.run(number);
    }
    for (Kind kind : Kind.values()) {
      String table = fuzzer.coverage().table();
      assertTrue(fuzzer.coverage().succeeds(kind), () -> kind + " never succeeds\n" + table);
      assertTrue(
          fuzzer.coverage().fails(kind) || cannotFail(kind), () -> kind + " never fails\n" + table);
    }
  }

  private static boolean isCovered(Fuzzer fuzzer) {
    Coverage coverage = fuzzer.coverage();
    return Stream.of(Kind.values())
        .allMatch(kind -> coverage.succeeds(kind) && (coverage.fails(kind) || cannotFail(kind)));
  }

  /** Creations have no error within a program's reach; poll reports errors as events. */
  private static boolean cannotFail(Kind kind) {
    return switch (kind) {
      case PIPE, PAIR, DGRAMS, UDP, SOCKET, EVENTFD, TIMERFD, NULL, POLL, PPOLL -> true;
      case UNIX, DATAGRAM, SMALL, FLOOD, LOAD, EMPTY, PASS, DELAY -> true;
      default -> false;
    };
  }
}
