package dev.pollux.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Runs {@link ProgramSimulation}s for {@link SimCommand}, seed by seed, and adds them up. */
final class ProgramRuns {

  private ProgramRuns() {}

  /** Whether there is such a program. */
  static boolean isProgram(String name) {
    return name.equals("chat") || name.equals("proxy");
  }

  /** Runs seeds up to the first that fails; the exit code. */
  static int run(
      String name, long firstSeed, long runs, int peers, boolean trace, PrintStream out) {
    ProgramPlan.Program program = ProgramPlan.Program.valueOf(name.toUpperCase(Locale.ROOT));
    SimTrace sink = trace ? new SimTrace(out::println) : SimTrace.OFF;
    long peerCount = 0;
    long completeCount = 0;
    long bytes = 0;
    long mostUnsent = 0;
    long faults = 0;
    long done = 0;
    try (SimWatch watch = SimWatch.begin(out, runs)) {
      while (watch.goesOn(done)) {
        ProgramPlan plan = ProgramPlan.of(firstSeed + done, program, peers);
        ProgramSimulation.Result result;
        try {
          result = ProgramSimulation.run(plan, sink);
        } catch (SimFailure e) {
          return watch.failed(report(plan, peers, e));
        }
        peerCount += result.peerCount();
        completeCount += result.completeCount();
        bytes += result.bytes();
        mostUnsent = Math.max(mostUnsent, result.mostUnsentBytes());
        faults += result.faultCount();
        done++;
        watch.ran(done, plan.seed());
      }
      return watch.sum(
          done,
          (done == 1 ? "1 run" : done + " runs")
              + (", no failure; " + peerCount + " peers, " + completeCount + " of them complete; ")
              + (bytes + " bytes received, at most " + mostUnsent + " queued for one connection; ")
              + (faults + " faults injected"));
    }
  }

  /** What failed, in which circumstances, and how to see it again. */
  static String report(ProgramPlan plan, int peers, SimFailure failure) {
    String name = plan.program().name().toLowerCase(Locale.ROOT);
    return "pollux sim: seed "
        + plan.seed()
        + " failed: "
        + failure.getMessage()
        + "\n  "
        + plan.text()
        + "\n  replay: ./pollux sim --program "
        + name
        + " --seed "
        + plan.seed()
        + " --runs 1"
        + (peers == 0 ? "" : " --clients " + peers)
        + " --trace";
  }
}
