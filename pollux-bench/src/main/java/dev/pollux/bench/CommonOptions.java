package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that the benchmarks against C share. */
final class CommonOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--c-threads",
      split = ",",
      paramLabel = "LIST",
      description = "the C programs: with 1 thread, with a second idle one; 0: none. Default 1,2")
  private List<Integer> cThreads = List.of(1, 2);

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

  /** The C programs wanted. */
  List<Integer> cThreads() {
    for (int threads : cThreads) {
      require(threads >= 0 && threads <= 2, "--c-threads takes 0, 1 and 2, not " + threads);
    }
    return cThreads.stream().filter(threads -> threads > 0).sorted().toList();
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

  /** Says who measures and where, and what is missing. */
  void printTerms(PrintWriter out, OptionalInt processor) throws IOException {
    out.println(Machine.describe());
    if (cThreads().isEmpty()) {
      out.println("C: not wanted");
    } else if (CProgram.isAvailable()) {
      out.println("C: " + CProgram.compiler());
    } else {
      out.println("C: missing, gcc is not installed, so the bars against C are not measured");
    }
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
