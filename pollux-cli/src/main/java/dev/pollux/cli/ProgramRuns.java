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
    for (long i = 0; i < runs; i++) {
      ProgramPlan plan = ProgramPlan.of(firstSeed + i, program, peers);
      ProgramSimulation.Result result;
      try {
        result = ProgramSimulation.run(plan, sink);
      } catch (SimFailure e) {
        out.flush();
        System.err.println(report(plan, peers, e));
        return Main.EXIT_FAILURE;
      }
      peerCount += result.peerCount();
      completeCount += result.completeCount();
      bytes += result.bytes();
      mostUnsent = Math.max(mostUnsent, result.mostUnsentBytes());
      faults += result.faultCount();
    }
    out.println(
        (runs == 1 ? "1 run" : runs + " runs")
            + (", no failure; " + peerCount + " peers, " + completeCount + " of them complete; ")
            + (bytes + " bytes received, at most " + mostUnsent + " queued for one connection; ")
            + (faults + " faults injected"));
    return 0;
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
