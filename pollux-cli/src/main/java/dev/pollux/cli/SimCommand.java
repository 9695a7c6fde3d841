package dev.pollux.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pollux sim}: runs a {@link Simulation} for each of a range of seeds. */
@Command(
    name = "sim",
    header = "Runs the echo server on the model kernel, with faults, seed by seed.",
    description = {
      "",
      "One thread, virtual time. The seed chooses the backend, the trigger, the clients, the faults"
          + " and the order of events: the same seed is the same run, on any machine. Every byte"
          + " must come back in order or its connection fail for a reason, nothing may be left"
          + " open, and the server may neither throw nor spin. Exit code 1 at the first seed that"
          + " fails. Ctrl-C ends it with the sums so far, and exit code 130.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class SimCommand implements Callable<Integer> {

  private static final int STREAM_BYTES = 1 << 16; // 64 KiB

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The first seed (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--runs",
      paramLabel = "R",
      defaultValue = "1",
      description = "How many seeds, counting up from the first (default: ${DEFAULT-VALUE}).")
  private long runs = 1;

  @Option(
      names = "--clients",
      paramLabel = "C",
      defaultValue = "0",
      description = "How many clients a run has; 0 lets the seed choose (default).")
  private int clients;

  @Option(
      names = "--program",
      paramLabel = "PROGRAM",
      defaultValue = "echo",
      description = "What is run: echo, chat or proxy (default: ${DEFAULT-VALUE}).")
  private String program = "echo";

  @Option(names = "--trace", description = "Print every step with its virtual time.")
  private boolean trace;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  SimCommand() {}

  @Override
  public Integer call() {
    check(runs >= 1, "--runs takes a number from 1 on");
    check(
        clients >= 0 && clients <= SimPlan.MAX_CLIENTS,
        "--clients takes a number up to " + SimPlan.MAX_CLIENTS);
    check(
        program.equals("echo") || ProgramRuns.isProgram(program),
        "--program takes echo, chat or proxy");
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), STREAM_BYTES),
            false,
            StandardCharsets.UTF_8);
    int exitCode = run(out);
    if (out.checkError()) { // which flushes; standard output stays open
      throw new Failure(Main.INCOMPLETE);
    }
    return exitCode;
  }

  private int run(PrintStream out) {
    if (!program.equals("echo")) {
      return ProgramRuns.run(program, seed, runs, clients, trace, out);
    }
    SimTrace sink = trace ? new SimTrace(out::println) : SimTrace.OFF;
    Totals totals = new Totals();
    try (SimWatch watch = SimWatch.begin(out, runs)) {
      for (long i = 0; watch.goesOn(i); i++) {
        SimPlan plan = SimPlan.of(seed + i, clients);
        try {
          totals.add(Simulation.run(plan, sink));
        } catch (SimFailure e) {
          return watch.failed(report(plan, clients, e));
        }
        watch.ran(i + 1, plan.seed());
      }
      return watch.sum(totals.runs, totals.text());
    }
  }

  /** What failed, in which circumstances, and how to see it again. */
  static String report(SimPlan plan, int clients, SimFailure failure) {
    return "pollux sim: seed "
        + plan.seed()
        + " failed: "
        + failure.getMessage()
        + "\n  "
        + plan.text()
        + "\n  replay: ./pollux sim --seed "
        + plan.seed()
        + " --runs 1"
        + (clients == 0 ? "" : " --clients " + clients)
        + " --trace";
  }

  private void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  /** What all runs came to. */
  private static final class Totals {
    private long runs;
    private long clients;
    private long complete;
    private long bytes;
    private long mostUnsent;
    private long faults;

    private void add(Simulation.Result result) {
      runs++;
      clients += result.clientCount();
      complete += result.completeCount();
      bytes += result.echoedBytes();
      mostUnsent = Math.max(mostUnsent, result.mostUnsentBytes());
      faults += result.faultCount();
    }

    private String text() {
      return runs
          + (runs == 1 ? " run" : " runs")
          + ", no failure; "
          + clients
          + " clients, "
          + complete
          + " of them complete; "
          + bytes
          + " bytes echoed, at most "
          + mostUnsent
          + " queued for one client; "
          + faults
          + " faults injected";
    }
  }
}
