package dev.pollux.bench;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The processor of the benchmarks whose contestants share one. */
final class ProcessorOption {

  @Option(
      names = "--cpu",
      paramLabel = "NUMBER",
      description = "the processor that all run on, in turns; -1: any. Default: the last one")
  private @Nullable Integer cpu;

  /** The processor to measure on; none if any will do. */
  OptionalInt processor(CommonOptions common) {
    if (cpu == null) {
      return Machine.lastProcessor();
    }
    int count = Machine.processors();
    common.require(cpu >= -1 && cpu < count, "--cpu takes -1 to " + (count - 1) + ", not " + cpu);
    common.require(
        cpu < 0 || Machine.command("taskset").isPresent(),
        "--cpu needs taskset, which is not installed; leave it out or install util-linux");
    return cpu < 0 ? OptionalInt.empty() : OptionalInt.of(cpu);
  }

  /** Says who measures and where. */
  void printTerms(Report report, CommonOptions common, OptionalInt processor) {
    report.say(Machine.describe());
    report.say(
        processor.isPresent()
            ? "all on processor " + processor.getAsInt() + ", in turns"
            : "not tied to a processor");
    common.printQuick(report);
  }
}
