package dev.pollux.cli.inspect;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Look;
import dev.pollux.cli.terminal.StandardStreams;
import dev.pollux.cli.terminal.Version;
import dev.pollux.inspect.Confidence;
import dev.pollux.inspect.InspectException;
import dev.pollux.inspect.InspectOptions;
import dev.pollux.inspect.Inspector;
import dev.pollux.inspect.Report;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pollux inspect}: why a process is stuck, or spinning. */
@Command(
    name = "inspect",
    header = "Looks at a process from outside: what it waits for, and what is wrong.",
    description = {
      "",
      "The process is not stopped, and loses no event. Without a PID, the processes that wait by"
          + " epoll, poll or select are listed.",
      ""
    },
    exitCodeOnInvalidInput = InspectCommand.WRONG_USAGE,
    exitCodeOnExecutionException = InspectCommand.COULD_NOT_LOOK,
    footer = {
      "",
      "Exit codes: 0 nothing wrong, 1 something possible or likely, 2 something certain, 3 could"
          + " not look, 64 wrong usage."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class InspectCommand implements Callable<Integer> {

  static final int WRONG_USAGE = 64; // EX_USAGE of sysexits.h
  static final int COULD_NOT_LOOK = 3;

  private static final int CERTAIN = 2;
  private static final int UNSURE = 1;
  private static final String DEFAULT_WATCH = "2";
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PID",
      description = "The process; without it, all that wait are listed.")
  private @Nullable Long pid;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = DEFAULT_WATCH,
      paramLabel = "SECONDS",
      description = "Looks again every so many seconds, ${FALLBACK-VALUE} if none are given.")
  private @Nullable Integer watchSeconds;

  @Option(names = "--json", description = "As JSON, a document for each look.")
  private boolean asJson;

  @Option(
      names = "--deep",
      description = {
        "Reads what poll and select watch from the memory of the process, and asks whether ready"
            + " lists are empty, by copies of its epoll descriptors. Needs the right to attach."
      })
  private boolean isDeep;

  @Option(names = "--all", description = "Healthy items and sockets in no set too.")
  private boolean isAll;

  @Option(
      names = "--explain",
      paramLabel = "FD",
      description = "Tells the story of an item, step by step, on the model kernel.")
  private @Nullable Integer explained;

  private final PrintStream out = System.out;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public InspectCommand() {}

  @Override
  public Integer call() {
    Sys sys = NativeSys.open();
    Long process = pid;
    if (process == null) {
      requireNone();
      return ProcessList.print(out, asJson);
    }
    if (watchSeconds != null && watchSeconds <= 0) {
      throw usage("--watch takes a number of seconds above 0, not " + watchSeconds);
    }
    if (asJson && explained != null) {
      throw usage("--explain tells a story in words: it does not go with --json");
    }
    InspectOptions options = InspectOptions.DEFAULT.withDeep(isDeep);
    try (Inspector inspector = Inspector.open(sys, process, options)) {
      Report report = inspector.diagnose();
      print(report);
      while (watchSeconds != null && pause(sys, watchSeconds)) {
        report = inspector.diagnose();
        print(report);
      }
      return report.worst().map(InspectCommand::exitCode).orElse(0);
    } catch (InspectException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private void requireNone() {
    if (watchSeconds != null || isDeep || isAll || explained != null) {
      throw usage("which process? The PID stands first: pollux inspect PID --watch");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static int exitCode(Confidence confidence) {
    return confidence == Confidence.CERTAIN ? CERTAIN : UNSURE;
  }

  private void print(Report report) {
    if (asJson) {
      ReportJson.print(report, out);
    } else if (explained != null) {
      ItemStory.print(report, explained, out);
    } else {
      boolean coloured = Look.isColoured(StandardStreams.STDOUT);
      new ReportText(out, Look.columns(Look.DEFAULT_COLUMNS), coloured, isAll).print(report);
    }
    out.flush();
  }

  /** Whether to go on. */
  private boolean pause(Sys sys, int seconds) {
    if (out.checkError()) {
      return false; // nobody reads any more
    }
    long end = sys.nanoTime() + seconds * NANOS_PER_SECOND;
    for (long left = end - sys.nanoTime(); left > 0; left = end - sys.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return true;
  }
}
