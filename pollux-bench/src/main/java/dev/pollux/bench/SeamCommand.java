package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench seam}: what a system call from Java costs beside the same call in C. */
@Command(
    name = "seam",
    description = {
      "What a system call costs through Sys, by the bare downcall handle, and in C.",
      "",
      "The calls: epoll_wait without waiting on an empty set, a read of an eventfd, a write to one."
          + " The Java side runs under JMH, each measurement in a JVM of its own."
    })
final class SeamCommand implements Callable<Integer> {

  /** As many as seam.c makes, each as long. */
  private static final int ITERATIONS = 10;

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "turns of Java and C for each call. Default: 3")
  private @Nullable Integer rounds;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    int planned = common.orDefault(rounds, 3, 1);
    common.require(planned >= 1, "--rounds is at least 1, not " + planned);
    List<Integer> cThreads = common.cThreads();
    OptionalInt processor = common.processor();
    common.printTerms(out, processor);
    out.printf("%d rounds, each with a fork of the JVM for every call and way%n%n", planned);
    Progress progress = Progress.onStandardError();
    SeamResults results = new SeamResults();
    try (CPrograms programs = CPrograms.open("seam", cThreads, processor)) {
      for (int round = 1; round <= planned; round++) {
        for (SeamCall call : SeamCall.values()) {
          progress.show("round %d of %d: %s".formatted(round, planned, call.label()));
          results.add(call, measure(call, programs.programs(), processor));
        }
      }
    }
    progress.end();
    results.print(out);
    return 0;
  }

  private SeamResults.Round measure(
      SeamCall call, Map<Contestant, CProgram> programs, OptionalInt processor) throws IOException {
    RunResult sys = run(call.method(SeamCall.Way.SYS), processor);
    Map<Contestant, Double> c = new EnumMap<>(Contestant.class);
    for (Map.Entry<Contestant, CProgram> entry : programs.entrySet()) {
      int millis = common.isQuick() ? 20 : 1000;
      c.put(
          entry.getKey(),
          SeamResults.parse(entry.getValue().ask("run " + call.label() + " " + millis)));
    }
    RunResult handle = run(call.method(SeamCall.Way.HANDLE), processor);
    return new SeamResults.Round(
        sys.getPrimaryResult().getScore(), handle.getPrimaryResult().getScore(), allocated(sys), c);
  }

  private RunResult run(String method, OptionalInt processor) throws IOException {
    System.setProperty("jmh.ignoreLock", "true"); // the runs here are one after the other anyway
    TimeValue time = TimeValue.milliseconds(common.isQuick() ? 20 : 100);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + SeamBenchmark.class.getName() + "." + method + "$")
            .forks(1)
            .warmupIterations(common.isQuick() ? 1 : 15)
            .warmupTime(time)
            .measurementIterations(common.isQuick() ? 1 : ITERATIONS)
            .measurementTime(time)
            .jvmArgs(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", // JMH asks for it
                "-Xmx256m")
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (processor.isPresent()) {
      String property = "-D" + SeamBenchmark.PROCESSOR_PROPERTY + "=" + processor.getAsInt();
      options.jvmArgsAppend(property);
    }
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      if (results.size() != 1) {
        throw new IOException("JMH ran " + results.size() + " benchmarks for " + method);
      }
      return results.iterator().next();
    } catch (RunnerException e) {
      throw new IOException("JMH could not run " + method + ": " + e.getMessage(), e);
    }
  }

  /** Bytes for each call, by JMH's profiler; its label had a dot in front in older versions. */
  private static double allocated(RunResult result) throws IOException {
    for (Map.Entry<String, ? extends Result<?>> entry : secondary(result).entrySet()) {
      if (entry.getKey().endsWith(ALLOCATED)) {
        return entry.getValue().getScore();
      }
    }
    throw new IOException("JMH did not report " + ALLOCATED);
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // JMH's map has the raw type Result
  private static Map<String, ? extends Result<?>> secondary(RunResult result) {
    return (Map<String, ? extends Result<?>>) (Map) result.getSecondaryResults();
  }
}
