package dev.pollux.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * How one class of benchmarks is run under JMH: each measurement in a JVM of its own.
 *
 * @param benchmarks the class
 * @param jvmOptions heap and collector of its JVMs
 * @param isQuick whether one short iteration is enough
 * @param iterations how many are measured otherwise
 * @param processor the one to run on, or any
 */
record JmhRun(
    Class<?> benchmarks,
    List<String> jvmOptions,
    boolean isQuick,
    int iterations,
    OptionalInt processor) {

  /** The system property that names the processor to run on; unset for any. */
  private static final String PROCESSOR_PROPERTY = "pollux.bench.processor";

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /**
   * What one operation costs.
   *
   * @param nanos the mean time
   * @param bestNanos the time in the iteration that was disturbed least
   * @param bytes allocated on the heap
   */
  record Score(double nanos, double bestNanos, double bytes) {}

  JmhRun {
    jvmOptions = List.copyOf(jvmOptions);
  }

  /** Ties the thread to its processor: the first thing that a benchmark's set-up does. */
  static void pin() throws IOException {
    Integer processor = Integer.getInteger(PROCESSOR_PROPERTY);
    if (processor != null && !Machine.pinThread(processor)) {
      throw new IOException("taskset could not tie the thread to processor " + processor);
    }
  }

  /** Runs one method, with these parameters. */
  Score measure(String method, Map<String, Integer> parameters) throws IOException {
    System.setProperty("jmh.ignoreLock", "true"); // the runs here are one after the other anyway
    List<String> jvm = new ArrayList<>(jvmOptions);
    if (processor.isPresent()) {
      jvm.add("-D" + PROCESSOR_PROPERTY + "=" + processor.getAsInt());
    }
    TimeValue time = TimeValue.milliseconds(isQuick ? 20 : 100);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmarks.getName() + "." + method + "$")
            .forks(1)
            .warmupIterations(isQuick ? 1 : 15)
            .warmupTime(time)
            .measurementIterations(isQuick ? 1 : iterations)
            .measurementTime(time)
            .jvmArgs(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow") // JMH asks for it
            .jvmArgsAppend(jvm.toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    parameters.forEach((name, value) -> options.param(name, value.toString()));
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      if (results.size() != 1) {
        throw new IOException("JMH ran " + results.size() + " benchmarks for " + method);
      }
      RunResult result = results.iterator().next();
      Result<?> cost = result.getPrimaryResult();
      return new Score(cost.getScore(), cost.getStatistics().getMin(), allocated(result));
    } catch (RunnerException e) {
      throw new IOException("JMH could not run " + method + ": " + e.getMessage(), e);
    }
  }

  /** Bytes for each operation, by JMH's profiler; its label had a dot in front once. */
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
