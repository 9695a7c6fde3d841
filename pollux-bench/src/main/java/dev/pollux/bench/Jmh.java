package dev.pollux.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Option;

/**
 * Runs benchmarks under JMH, each measurement in a JVM of its own, and reads the JSON that JMH
 * itself writes ({@code -rf json}).
 */
final class Jmh {

  static final int ITERATIONS = 10;

  /** The system property that names the processor to run on; unset for any. */
  private static final String PROCESSOR_PROPERTY = "pollux.bench.processor";

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "write JMH's own results there, for programs that read them")
  private @Nullable Path json;

  private final JsonArray results = new JsonArray();

  /**
   * What one operation costs.
   *
   * @param nanos the mean time
   * @param bestNanos the time in the iteration that was disturbed least
   * @param bytes allocated on the heap
   */
  record Score(double nanos, double bestNanos, double bytes) {

    /** Reads one element of JMH's results. */
    static Score of(JsonObject result) throws IOException {
      JsonObject cost = result.getAsJsonObject("primaryMetric");
      List<Double> iterations = new ArrayList<>();
      for (JsonElement fork : cost.getAsJsonArray("rawData")) {
        fork.getAsJsonArray().forEach(each -> iterations.add(each.getAsDouble()));
      }
      // The label had a dot in front once.
      for (Map.Entry<String, JsonElement> each :
          result.getAsJsonObject("secondaryMetrics").entrySet()) {
        if (each.getKey().endsWith(ALLOCATED)) {
          double bytes = each.getValue().getAsJsonObject().get("score").getAsDouble();
          return new Score(cost.get("score").getAsDouble(), Spread.of(iterations).least(), bytes);
        }
      }
      throw new IOException("JMH did not report " + ALLOCATED);
    }
  }

  /** Ties the thread to its processor: the first thing that a benchmark's set-up does. */
  static void pin() throws IOException {
    Integer processor = Integer.getInteger(PROCESSOR_PROPERTY);
    if (processor != null && !Machine.pinThread(processor)) {
      throw new IOException("taskset could not tie the thread to processor " + processor);
    }
  }

  /** Looks at the file for the results, before anything is measured. */
  void check() throws IOException {
    UserFile.requireWritable("--json", json);
  }

  /**
   * Runs one method of a class, with these parameters.
   *
   * @param jvmOptions heap and collector of its JVM
   */
  Score measure(
      Class<?> benchmarks,
      String method,
      Map<String, Integer> parameters,
      List<String> jvmOptions,
      boolean isQuick,
      OptionalInt processor)
      throws IOException {
    System.setProperty("jmh.ignoreLock", "true"); // the runs here are one after the other anyway
    List<String> jvm = new ArrayList<>(jvmOptions);
    processor.ifPresent(number -> jvm.add("-D" + PROCESSOR_PROPERTY + "=" + number));
    TimeValue time = TimeValue.milliseconds(isQuick ? 20 : 100);
    Path file = Files.createTempFile("pollux-jmh", ".json");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + benchmarks.getName() + "." + method + "$")
            .forks(1)
            .warmupIterations(isQuick ? 1 : 15)
            .warmupTime(time)
            .measurementIterations(isQuick ? 1 : ITERATIONS)
            .measurementTime(time)
            .jvmArgs(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow") // JMH asks for it
            .jvmArgsAppend(jvm.toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(file.toString())
            .verbosity(VerboseMode.SILENT);
    parameters.forEach((name, value) -> options.param(name, value.toString()));
    try {
      var _ = new Runner(options.build()).run();
      return keep(file, method);
    } catch (RunnerException e) {
      throw new IOException("JMH could not run " + method + ": " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Score keep(Path file, String method) throws IOException {
    JsonArray run;
    try (Reader reader = Files.newBufferedReader(file)) {
      run = JsonParser.parseReader(reader).getAsJsonArray();
    }
    if (run.size() != 1) {
      throw new IOException("JMH ran " + run.size() + " benchmarks for " + method);
    }
    results.addAll(run);
    if (json != null) {
      Files.writeString(json, results.toString());
    }
    return Score.of(run.get(0).getAsJsonObject());
  }
}
