package dev.pollux.bench;

import dev.pollux.bench.abi.AbiCheck;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench abi}: the tables of the system-call layer against the C headers. */
@Command(
    name = "abi",
    description = "Compares constants, sizes and offsets with the C headers installed.")
final class AbiCommand implements Callable<Integer> {

  @Option(
      names = "--require",
      paramLabel = "NAMES",
      description = "toolchains that must be there, separated by commas; a wrong one lists them")
  private @Nullable String required;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() {
    List<String> arguments = required == null ? List.of() : List.of("--require", required);
    return AbiCheck.run(arguments, System.out);
  }
}
