package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The processors of servers and of the one load that serves them in turns. */
final class CoreOptions {

  private static final int ANY = -1;

  @Option(
      names = "--server-core",
      paramLabel = "NUMBER",
      description = "the processor of the servers; -1: any. Default: 0")
  private int serverCore = 0;

  @Option(
      names = "--load-core",
      paramLabel = "NUMBER",
      description = "the processor of the load; -1: any. Default: 1")
  private int loadCore = 1;

  /** Where they run; says so if they cannot be tied to processors. */
  Processors processors(CommonOptions common, Report report) {
    int count = Machine.processors();
    common.require(
        serverCore >= ANY && loadCore >= ANY, "--server-core and --load-core are at least -1");
    boolean wanted = serverCore != ANY || loadCore != ANY;
    if (wanted && Machine.command("taskset").isEmpty()) {
      report.say("not tied to processors: taskset is not installed (util-linux)");
      return new Processors(OptionalInt.empty(), OptionalInt.empty());
    }
    if (wanted && count == 1) {
      report.say("not tied to processors: there is only one, servers and load share it");
      return new Processors(OptionalInt.empty(), OptionalInt.empty());
    }
    int highest = Math.max(serverCore, loadCore);
    common.require(highest < count, "there are " + count + " processors, and no number " + highest);
    return new Processors(processor(serverCore), processor(loadCore));
  }

  /** Where they run, for the report. */
  static String describe(Processors processors) {
    return "servers on processor "
        + name(processors.server())
        + ", load on processor "
        + name(processors.load());
  }

  private static OptionalInt processor(int number) {
    return number == ANY ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private static String name(OptionalInt processor) {
    return processor.isPresent() ? String.valueOf(processor.getAsInt()) : "any";
  }
}
