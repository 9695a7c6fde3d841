package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench model}: whether the epoll of the model kernel scales. */
@Command(
    name = "model",
    description = {
      "What the epoll of the model kernel costs against the count of its registrations.",
      "",
      "One instance watches eventfds, level-triggered, one thread makes the calls. Every figure"
          + " is a JMH run in a JVM of its own."
    })
final class ModelCommand implements Callable<Integer> {

  private static final int ITERATIONS = 10;

  private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);
  private static final List<Integer> QUICK_SIZES = List.of(1_000, 1_000_000);

  private static final List<Integer> BATCHES = List.of(64, 256);
  private static final List<Integer> QUICK_BATCHES = List.of(256);

  /** As ./pollux runs, with room for a million registrations. */
  private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    OptionalInt processor = common.processor();
    boolean quick = common.isQuick();
    common.printTerms(out, "JVM options: " + String.join(" ", JVM_OPTIONS), processor);
    out.println();
    Progress progress = Progress.onStandardError();
    JmhRun run = new JmhRun(ModelBenchmark.class, JVM_OPTIONS, quick, ITERATIONS, processor);
    List<Integer> sizes = quick ? QUICK_SIZES : SIZES;
    ModelResults results = new ModelResults();
    for (ModelCase each : ModelCase.values()) {
      boolean isBatch = each == ModelCase.WAIT_FOR_MANY;
      for (int size : isBatch ? List.of(ModelResults.FEW) : sizes) {
        for (int ready : isBatch ? quick ? QUICK_BATCHES : BATCHES : List.of(1)) {
          progress.show("%s, %d registered, %d ready".formatted(each.label(), size, ready));
          JmhRun.Score score =
              run.measure(each.method(), Map.of("items", size, "ready", ready));
          results.add(new ModelResults.Point(each, size, ready, score));
        }
      }
    }
    progress.show("memory");
    results.measured(ModelMemory.measure(quick ? 100_000 : ModelResults.MANY));
    progress.end();
    results.print(out);
    return 0;
  }
}
