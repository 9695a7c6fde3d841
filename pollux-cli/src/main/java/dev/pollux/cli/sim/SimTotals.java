package dev.pollux.cli.sim;

import dev.pollux.cli.terminal.StackTraces;
import dev.pollux.poll.Backend;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimReport;
import dev.pollux.sim.SimRuns;
import dev.pollux.sim.Trouble;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the runs of {@code pollux sim} came to, so far. */
final class SimTotals {

  private final SimRun.Program program;
  private final int peerCount;
  private final @Nullable Backend backend;
  private @Nullable SimRun last;
  private long runs;
  private long givenUp;
  private long peers;
  private long complete;
  private long peersGivenUp;
  private long bytes;
  private int mostUnsentBytes;
  private long faults;

  /**
   * None yet.
   *
   * @param peerCount how many clients a run has; 0 lets the seed decide
   */
  SimTotals(SimRun.Program program, int peerCount) {
    this(program, peerCount, null);
  }

  /** As the other, on a backend that was asked for; null lets the seed decide. */
  SimTotals(SimRun.Program program, int peerCount, @Nullable Backend backend) {
    this.program = program;
    this.peerCount = peerCount;
    this.backend = backend;
  }

  /** Runs one seed. */
  void run(SimRuns one) {
    run(one, () -> false);
  }

  /** Runs one seed, unless it is asked before the end whether to stop: that run does not count. */
  void run(SimRuns one, BooleanSupplier isStopAsked) {
    last = null;
    boolean[] stopped = {false};
    SimReport report =
        one.run(sim -> {
          last = SimRun.begin(sim, program, peerCount, backend);
          sim.always(
              "nobody asks for the end",
              () -> {
                if (!stopped[0] && isStopAsked.getAsBoolean()) {
                  stopped[0] = true;
                  sim.giveUp("as was asked");
                }
                return true;
              });
        });
    SimRun run = last;
    if (run != null && !stopped[0]) {
      runs++;
      givenUp += report.givenUp();
      peers += run.peers().size();
      complete += run.completeCount();
      peersGivenUp += run.givenUpCount();
      bytes += run.receivedBytes();
      mostUnsentBytes = Math.max(mostUnsentBytes, run.mostUnsentBytes());
      report.faults().forEach((name, count) -> faults += isFault(name) ? count : 0);
    }
  }

  /** Whether it is worth a word: packets are hardly ever on time. */
  private static boolean isFault(String name) {
    return !name.equals(Trouble.JITTER.name());
  }

  long runs() {
    return runs;
  }

  /** How many runs were given up, as their program could not open. */
  long givenUp() {
    return givenUp;
  }

  /** How many peers there were. */
  long peers() {
    return peers;
  }

  /** How many of them have sent and received everything. */
  long complete() {
    return complete;
  }

  /** The longest queue of output that a connection had. */
  int mostUnsentBytes() {
    return mostUnsentBytes;
  }

  /** All of it in words. */
  String text() {
    return runs
        + (runs == 1 ? " run" : " runs")
        + (", no failure; " + peers + " peers, " + complete + " of them complete; ")
        + (bytes + " bytes received, at most " + mostUnsentBytes + " queued for one connection; ")
        + (faults + " faults met")
        + (givenUp == 0 ? "" : "; given up, for the program could not open: " + givenUp)
        + (peersGivenUp == 0 ? "" : "; peers that got no descriptor: " + peersGivenUp);
  }

  /** What failed, in which circumstances, and how to see it again. */
  String report(SimFailure failure) {
    return report(failure, StackTraces.areAsked());
  }

  /** The same, with all of what was thrown, or where that began. */
  String report(SimFailure failure, boolean isTraced) {
    SimRun run = last;
    Throwable thrown = failure.getCause();
    String where =
        thrown == null ? "" : isTraced ? StackTraces.whole(thrown) : StackTraces.first(thrown);
    return "pollux sim: seed "
        + failure.seed()
        + (" failed: " + failure.what())
        + where
        + (run == null ? "" : "\n  " + run.plan().text())
        + "\n  replay: ./pollux sim"
        + (program == SimRun.Program.ECHO ? "" : " --program " + program)
        + (" --seed " + failure.seed() + " --runs 1")
        + (peerCount == 0 ? "" : " --clients " + peerCount)
        + (backend == null ? "" : " --backend " + backend.label())
        + " --trace";
  }
}
