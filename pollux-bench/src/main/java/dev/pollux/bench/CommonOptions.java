package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that the benchmarks share. */
final class CommonOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--cpu",
      paramLabel = "NUMBER",
      description = "the processor that all run on, in turns; -1: any. Default: the last one")
  private @Nullable Integer cpu;

  @Option(names = "--quick", description = "few seconds: shows that it works, not how fast it is")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  /** Where the results go. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  boolean isQuick() {
    return quick;
  }

  /** The value given, or else one of the two defaults. */
  int orDefault(@Nullable Integer value, int normal, int whenQuick) {
    return value != null ? value : quick ? whenQuick : normal;
  }

  /** The processor to measure on; none if any will do. */
  OptionalInt processor() {
    if (cpu == null) {
      return Machine.lastProcessor();
    }
    int count = Machine.processors();
    require(cpu >= -1 && cpu < count, "--cpu takes -1 to " + (count - 1) + ", not " + cpu);
    require(
        cpu < 0 || Machine.command("taskset").isPresent(),
        "--cpu needs taskset, which is not installed; leave it out or install util-linux");
    return cpu < 0 ? OptionalInt.empty() : OptionalInt.of(cpu);
  }

  /** Ends with a message about the options unless the condition holds. */
  void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** Says who measures and where, and who takes part. */
  void printTerms(PrintWriter out, String contestants, OptionalInt processor) {
    out.println(Machine.describe());
    out.println(contestants);
    if (processor.isPresent()) {
      out.println("all on processor " + processor.getAsInt() + ", in turns");
    } else {
      out.println("not tied to a processor");
    }
    if (quick) {
      out.println("a quick run: it shows that everything works, its figures mean little");
    }
  }
}
