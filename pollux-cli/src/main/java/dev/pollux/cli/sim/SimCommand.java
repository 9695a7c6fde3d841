package dev.pollux.cli.sim;

import dev.pollux.cli.terminal.Exits;
import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Version;
import dev.pollux.poll.Backend;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimRuns;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pollux sim}: runs a {@link SimRun} for each of a range of seeds. */
@Command(
    name = "sim",
    header = "Runs a program and its peers on simulated hosts, with faults, seed by seed.",
    description = {
      "",
      "One thread, virtual time. The seed chooses the backend, the trigger, the clients, the links,"
          + " the faults and the order of events: the same seed is the same run, on any machine."
          + " Every byte must arrive in order or its connection fail for a reason, nothing may be"
          + " left open, and the program may neither throw nor spin. A run is given up, and"
          + " counted, if the program cannot open for want of descriptors. Exit code 1 at the first"
          + " seed that fails. A signal ends it with the sums so far, and exit code 128 and the"
          + " signal's number: 130 for Ctrl-C.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class SimCommand implements Callable<Integer> {

  private static final List<String> BACKENDS =
      Stream.of(Backend.values()).map(Backend::label).toList();
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

  @Option(
      names = "--backend",
      paramLabel = "BACKEND",
      description =
          "What the program waits with: epoll, poll, select or kqueue. Default: the seed chooses"
              + " among the first three.")
  private @Nullable String backend;

  @Option(names = "--trace", description = "Print every step with its virtual time.")
  private boolean trace;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public SimCommand() {}

  @Override
  public Integer call() {
    check(runs >= 1, "--runs takes a number from 1 on");
    check(
        clients >= 0 && clients <= SimPlan.MAX_PEERS,
        "--clients takes a number from 0 to " + SimPlan.MAX_PEERS);
    check(
        List.of("echo", "chat", "proxy").contains(program), "--program takes echo, chat or proxy");
    check(
        backend == null || BACKENDS.contains(backend),
        "--backend takes " + String.join(", ", BACKENDS));
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), STREAM_BYTES),
            false,
            StandardCharsets.UTF_8);
    int exitCode = run(out);
    if (out.checkError()) { // which flushes; standard output stays open
      throw new Failure(Exits.INCOMPLETE);
    }
    return exitCode;
  }

  private int run(PrintStream out) {
    SimRun.Program chosen = SimRun.Program.valueOf(program.toUpperCase(Locale.ROOT));
    Backend forced = backend == null ? null : Backend.valueOf(backend.toUpperCase(Locale.ROOT));
    SimTotals totals = new SimTotals(chosen, clients, forced);
    try (SimWatch watch = SimWatch.begin(out, runs)) {
      for (long i = 0; watch.goesOn(i); i++) {
        SimRuns one = Sim.seeds(1).unshrunk().from(seed + i);
        try {
          totals.run(trace ? one.traced(out::println) : one, watch::isStopAsked);
        } catch (SimFailure e) {
          return watch.failed(totals.report(e));
        }
        watch.ran(i + 1, seed + i);
        if (trace && out.checkError()) { // nobody reads it
          throw new Failure(Exits.INCOMPLETE);
        }
      }
      return watch.sum(totals.runs(), totals.text());
    }
  }

  private void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }
}
