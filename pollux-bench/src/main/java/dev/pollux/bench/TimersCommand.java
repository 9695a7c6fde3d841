package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench timers}: what a timer costs among many. */
@Command(
    name = "timers",
    description = {
      "What a timer costs while many are pending, beside those of Netty and of the JDK.",
      "",
      "Ticks of 1 ms, deadlines from 30 to 90 s ahead. Pollux is told the time, as a loop does once"
          + " in a turn; the others read the clock in each call and are safe for several threads."
          + " The work of their own threads counts when all run on one processor. Every figure is"
          + " a JMH run in a JVM of its own."
    })
final class TimersCommand implements Callable<Integer> {

  private static final int ITERATIONS = 10;

  /** As ./pollux runs, with room for a million timers of each kind. */
  private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--pending",
      paramLabel = "COUNT",
      description = "timers that are pending. Default: 1000000")
  private @Nullable Integer pending;

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
    int timers = common.orDefault(pending, 1_000_000, 10_000);
    common.require(timers >= 1, "--pending is at least 1, not " + timers);
    OptionalInt processor = common.processor();
    common.printTerms(out, "JVM options: " + String.join(" ", JVM_OPTIONS), processor);
    out.printf(
        "%d pending, %d rounds, each with a fork of the JVM for every figure%n%n", timers, planned);
    Progress progress = Progress.onStandardError();
    JmhRun run =
        new JmhRun(TimerBenchmark.class, JVM_OPTIONS, common.isQuick(), ITERATIONS, processor);
    TimerResults results = new TimerResults(timers, !common.isQuick());
    for (int round = 1; round <= planned; round++) {
      for (TimerCase each : TimerCase.values()) {
        progress.show("round %d of %d: %s, %s".formatted(round, planned, each.what(), each.who()));
        results.add(each, run.measure(each.method(), Map.of("pending", timers)));
      }
    }
    progress.end();
    results.print(out);
    return 0;
  }
}
