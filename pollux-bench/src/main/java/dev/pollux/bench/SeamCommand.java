package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private COptions c = new COptions();

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
    List<Integer> cThreads = c.threads();
    OptionalInt processor = common.processor();
    common.printTerms(out, c.describe(), processor);
    out.printf("%d rounds, each with a fork of the JVM for every call and way%n%n", planned);
    Progress progress = Progress.onStandardError();
    SeamResults results = new SeamResults(!common.isQuick());
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
    JmhRun run =
        new JmhRun(
            SeamBenchmark.class, List.of("-Xmx256m"), common.isQuick(), ITERATIONS, processor);
    JmhRun.Score sys = run.measure(call.method(SeamCall.Way.SYS), Map.of());
    Map<Contestant, Double> costs = new EnumMap<>(Contestant.class);
    for (Map.Entry<Contestant, CProgram> entry : programs.entrySet()) {
      int millis = common.isQuick() ? 20 : 1000;
      costs.put(
          entry.getKey(),
          SeamResults.parse(entry.getValue().ask("run " + call.label() + " " + millis)));
    }
    JmhRun.Score handle = run.measure(call.method(SeamCall.Way.HANDLE), Map.of());
    return new SeamResults.Round(sys.nanos(), handle.nanos(), sys.bytes(), costs);
  }
}
