package dev.pollux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.cli.ProgramPlan.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link ProgramSimulation}: the programs hold, and runs are repeatable. */
class ProgramSimulationTest {

  private static final int SEEDS = 300;
  private static final long GOLDEN_SEED = 7; // some bytes arrive, and many faults happen

  private static List<String> trace(long seed, Program program) {
    List<String> lines = new ArrayList<>();
    ProgramSimulation.run(ProgramPlan.of(seed, program, 0), new SimTrace(lines::add));
    return lines;
  }

  @ParameterizedTest
  @EnumSource
  void program_underManySeeds_keepsItsPromises(Program program) {
    int completeCount = 0;
    int mostUnsent = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      ProgramPlan plan = ProgramPlan.of(seed, program, 0);
      try {
        ProgramSimulation.Result result = ProgramSimulation.run(plan, SimTrace.OFF);
        completeCount += result.completeCount();
        mostUnsent = Math.max(mostUnsent, result.mostUnsentBytes());
      } catch (SimFailure e) {
        fail(ProgramRuns.report(plan, 0, e), e);
      }
    }
    assertTrue(completeCount > SEEDS / 4, completeCount + " were complete");
    int slow = program == Program.CHAT ? 1 << 11 : 1 << 12; // a chat drops its slow ones
    assertTrue(mostUnsent > slow, "nobody was slow: " + mostUnsent);
  }

  @ParameterizedTest
  @EnumSource
  void trace_ofOneSeed_isTheSameEveryTime(Program program) {
    for (long seed = 0; seed < 20; seed++) {
      assertEquals(trace(seed, program), trace(seed, program));
    }
    assertNotEquals(trace(7, program), trace(8, program));
  }

  /** Whoever changes the schedule, the model or the program changes this: look at the trace. */
  @ParameterizedTest
  @EnumSource
  void trace_ofAGoldenSeed_isTheSameOnEveryMachine(Program program) throws Exception {
    String name = program.name().toLowerCase(Locale.ROOT) + ".txt";
    GoldenTrace.of(name).assertSame(trace(GOLDEN_SEED, program));
  }

  @Test
  void report_ofAFailure_namesTheCommandThatReplaysIt() {
    ProgramPlan plan = ProgramPlan.of(-5, Program.PROXY, 0);
    String report = ProgramRuns.report(plan, 0, new SimFailure("something"));
    assertTrue(report.startsWith("pollux sim: seed -5 failed: something\n"), report);
    assertTrue(report.endsWith("sim --program proxy --seed -5 --runs 1 --trace"), report);
  }
}
