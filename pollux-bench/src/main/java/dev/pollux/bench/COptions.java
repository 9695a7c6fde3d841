package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the benchmarks against C. */
final class COptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--c-threads",
      split = ",",
      paramLabel = "LIST",
      description = "the C programs: with 1 thread, with a second idle one; 0: none. Default 1,2")
  private List<Integer> threads = List.of(1, 2);

  /** The C programs wanted. */
  List<Integer> threads() {
    for (int count : threads) {
      if (count < 0 || count > 2) {
        throw new ParameterException(
            spec.commandLine(), "--c-threads takes 0, 1 and 2, not " + count);
      }
    }
    return threads.stream().filter(count -> count > 0).sorted().toList();
  }

  /** Says which C takes part, or why none. */
  String describe() throws IOException {
    if (threads().isEmpty()) {
      return "C: not wanted";
    }
    return CProgram.isAvailable()
        ? "C: " + CProgram.compiler()
        : "C: missing, gcc is not installed, so the bars against C are not measured";
  }
}
