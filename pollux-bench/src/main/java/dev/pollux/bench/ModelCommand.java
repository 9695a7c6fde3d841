package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  private static final List<Integer> SIZES =
      List.of(ModelResults.FEW, 10_000, 100_000, ModelResults.MANY);
  private static final List<Integer> QUICK_SIZES = List.of(ModelResults.FEW, ModelResults.MANY);

  private static final List<Integer> BATCHES = List.of(64, 256);
  private static final List<Integer> QUICK_BATCHES = List.of(256);

  /** As ./pollux runs, with room for a million registrations. */
  private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "how often everything is measured. Default: 3")
  private @Nullable Integer rounds;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    int planned = common.orDefault(rounds, 3, 1);
    common.require(planned >= 1, "--rounds is at least 1, not " + planned);
    OptionalInt processor = common.processor();
    boolean quick = common.isQuick();
    common.printTerms(out, "JVM options: " + String.join(" ", JVM_OPTIONS), processor);
    out.printf("%d rounds, each with a fork of the JVM for every figure%n%n", planned);
    Progress progress = Progress.onStandardError();
    JmhRun run = new JmhRun(ModelBenchmark.class, JVM_OPTIONS, quick, ITERATIONS, processor);
    ModelResults results = new ModelResults(!quick);
    for (int round = 1; round <= planned; round++) {
      for (ModelResults.Point point : points(quick)) {
        progress.show(
            "round %d of %d: %s, %d registered"
                .formatted(round, planned, point.what().label(), point.items()));
        results.add(
            point,
            run.measure(
                point.what().method(), Map.of("items", point.items(), "ready", point.ready())));
      }
    }
    progress.show("memory");
    results.measured(ModelMemory.measure(quick ? 100_000 : ModelResults.MANY));
    progress.end();
    results.print(out);
    return 0;
  }

  private static List<ModelResults.Point> points(boolean quick) {
    List<ModelResults.Point> points = new ArrayList<>();
    for (ModelCase each : ModelCase.values()) {
      if (each == ModelCase.WAIT_FOR_MANY) {
        for (int ready : quick ? QUICK_BATCHES : BATCHES) {
          points.add(new ModelResults.Point(each, ModelResults.FEW, ready));
        }
      } else {
        for (int items : quick ? QUICK_SIZES : SIZES) {
          points.add(new ModelResults.Point(each, items, 1));
        }
      }
    }
    return points;
  }
}
