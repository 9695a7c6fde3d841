package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.poll.Backend;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link SimRun}: the programs hold, runs are repeatable, and what fails says how. */
class SimRunTest {

  private static final int KQUEUE_SEEDS = 20;

  private static final int SEEDS = 200;
  private static final int REPEATED = 20;
  private static final int SEEDS_TO_GIVE_UP = 2_000;

  /** One that is short, in which much goes wrong, and something right. */
  private static long goldenSeed(SimRun.Program program) {
    return switch (program) {
      case ECHO -> 39;
      case CHAT -> 188;
      case PROXY -> 108;
    };
  }

  private static List<String> trace(long seed, SimRun.Program program) {
    List<String> lines = new ArrayList<>();
    new SimTotals(program, 0).run(Sim.seeds(1).from(seed).traced(lines::add));
    return lines;
  }

  @ParameterizedTest
  @EnumSource
  void program_underManySeeds_keepsItsPromises(SimRun.Program program) {
    SimTotals totals = new SimTotals(program, 0);
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        totals.run(Sim.seeds(1).from(seed));
      } catch (SimFailure e) {
        fail(totals.report(e), e);
      }
    }
    assertTrue(totals.complete() > SEEDS, totals.text());
    int slow = // a chat drops its slow ones
        switch (program) {
          case ECHO -> EchoOptions.PAUSE_BYTES;
          case CHAT -> 1 << 11;
          case PROXY -> 1 << 12;
        };
    assertTrue(totals.mostUnsentBytes() >= slow, "nobody was slow: " + totals.text());
  }

  @Test
  void run_withManyClients_keepsItsPromises() {
    SimTotals totals = new SimTotals(SimRun.Program.ECHO, 100);
    totals.run(Sim.seeds(1).from(3));
    assertEquals(100, totals.peers());
  }

  @ParameterizedTest
  @EnumSource
  void seed_isTheSameRunEveryTime(SimRun.Program program) {
    SimReport _ =
        Sim.seeds(REPEATED)
            .repeated()
            .run(sim -> {
              SimRun _ = SimRun.begin(sim, program, 0, UnaryOperator.identity());
            });
    assertNotEquals(trace(1, program), trace(2, program));
  }

  /** Whoever changes the schedule, the model or the program changes this: look at the trace. */
  @ParameterizedTest
  @EnumSource
  void trace_ofAGoldenSeed_isTheSameOnEveryMachine(SimRun.Program program) throws Exception {
    GoldenTrace.of(program + ".txt").assertSame(trace(goldenSeed(program), program));
  }

  /** The emulation, beneath whole programs. */
  @ParameterizedTest
  @EnumSource
  void runs_onKqueue_passAsOnTheOthers(SimRun.Program program) {
    SimTotals totals = new SimTotals(program, 0, Backend.KQUEUE);
    for (int seed = 1; seed <= KQUEUE_SEEDS; seed++) {
      totals.run(Sim.seeds(1).from(seed));
    }
    assertEquals(KQUEUE_SEEDS, totals.runs());
    assertTrue(totals.complete() > 0, totals.text());
  }

  /** A program that is out of descriptors however often it opens has not failed. */
  @Test
  void run_thatCannotBegin_isGivenUp_andCounted() {
    SimTotals totals = new SimTotals(SimRun.Program.CHAT, 0);
    long seed = 0;
    while (totals.givenUp() == 0 && seed < SEEDS_TO_GIVE_UP) {
      totals.run(Sim.seeds(1).from(++seed));
    }
    assertTrue(
        totals.text().endsWith("; given up, for the program could not open: 1"), totals.text());
    assertEquals(seed, totals.runs());
  }

  @Test
  void report_ofWhatWasThrown_saysWhere() {
    SimTotals totals = new SimTotals(SimRun.Program.ECHO, 0);
    SimFailure failure =
        assertThrows(SimFailure.class, () -> Sim.seeds(1).from(1).run(SimRunTest::thrower));
    String first = totals.report(failure, false);
    String whole = totals.report(failure, true);
    String where = "\n    at dev.pollux.cli.sim.SimRunTest.thrower(SimRunTest.java:";
    assertTrue(first.startsWith("pollux sim: seed 1 failed: java.lang.IllegalState"), first);
    assertTrue(first.contains(where), first);
    assertEquals(4, first.lines().count(), first);
    assertTrue(whole.contains("\n  java.lang.IllegalStateException: as planned" + where), whole);
    assertTrue(whole.lines().count() > first.lines().count(), whole);
  }

  private static void thrower(Sim sim) {
    throw new IllegalStateException("as planned");
  }

  @Test
  void run_thatIsToStop_doesNotCount() {
    SimTotals totals = new SimTotals(SimRun.Program.ECHO, 0);
    totals.run(Sim.seeds(1).from(1), () -> totals.runs() == 0);
    assertEquals(0, totals.runs());
    totals.run(Sim.seeds(1).from(1), () -> false);
    assertEquals(1, totals.runs());
  }

  @Test
  void report_ofAFailure_namesTheCommandThatReplaysIt() {
    SimTotals totals = new SimTotals(SimRun.Program.PROXY, 2);
    SimFailure failure =
        assertThrows(
            SimFailure.class, () -> Sim.seeds(1).from(-5).run(sim -> sim.fail("something")));
    assertEquals(
        "pollux sim: seed -5 failed: something\n"
            + "  replay: ./pollux sim --program proxy --seed -5 --runs 1 --clients 2 --trace",
        totals.report(failure));
    totals = new SimTotals(SimRun.Program.ECHO, 0);
    String report = totals.report(failure);
    assertTrue(report.endsWith("replay: ./pollux sim --seed -5 --runs 1 --trace"), report);
  }
}
