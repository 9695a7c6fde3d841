package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimReport;
import dev.pollux.sys.Sys;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Where a mistake is planted in a program: in what kind of runs, and that it is found there. */
final class Planted {

  /** A mistake that takes more seeds to find than this is not found. */
  private static final int SEEDS = 500;

  private final SimRun.Program program;
  private final Predicate<SimPlan> where;

  private Planted(SimRun.Program program, Predicate<SimPlan> where) {
    this.program = program;
    this.where = where;
  }

  /** In any run. */
  static Planted in(SimRun.Program program) {
    return new Planted(program, _ -> true);
  }

  /** In runs that end so. */
  static Planted at(SimRun.Program program, SimPlan.Ending ending) {
    return new Planted(program, plan -> plan.ending() == ending);
  }

  /** In such of them. */
  Planted where(Predicate<SimPlan> more) {
    return new Planted(program, where.and(more));
  }

  /** Found in one of the first seeds, by these words. */
  void assertFound(String expected, SimTwist twist) {
    assertFound(expected, UnaryOperator::identity, () -> twist);
  }

  /** The same for a mistake before the kernel. */
  void assertFoundAtKernel(String expected, Supplier<PlantedBug> bug) {
    assertFound(expected, () -> kernel -> PlantedBug.over(kernel, bug.get()), () -> SimTwist.NONE);
  }

  private void assertFound(
      String expected, Supplier<UnaryOperator<Sys>> between, Supplier<SimTwist> twist) {
    try {
      SimReport _ =
          Sim.seeds(SEEDS)
              .unshrunk()
              .run(sim -> {
                SimRun run = SimRun.begin(sim, program, 0, between.get(), twist.get());
                if (!where.test(run.plan())) {
                  sim.giveUp("not what is looked at");
                }
              });
    } catch (SimFailure e) {
      assertTrue(e.what().matches("(?s)" + expected), e.getMessage());
      return;
    }
    fail("not found in " + SEEDS + " seeds");
  }
}
