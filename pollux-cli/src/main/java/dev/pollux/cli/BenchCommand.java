package dev.pollux.cli;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Version;
import picocli.CommandLine.Command;

/** {@code pollux bench}: stands here for the help; the benchmarks are a program of their own. */
@Command(
    name = "bench",
    header = "Benchmarks and comparisons, in the source tree.",
    description = {
      "",
      "The benchmarks are a program of their own, which this one does not contain, nor does the"
          + " packed command: in the source tree, ./pollux bench --help lists them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class BenchCommand implements Runnable {

  @Override
  public void run() {
    throw new Failure(
        "the benchmarks are a program of their own: run ./pollux bench in the source tree");
  }
}
