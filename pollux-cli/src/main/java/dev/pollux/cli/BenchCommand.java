package dev.pollux.cli;

import picocli.CommandLine.Command;

/** {@code pollux bench}: stands here for the help; the benchmarks are a program of their own. */
@Command(
    name = "bench",
    header = "Benchmarks and comparisons; see: ./pollux bench --help.",
    description = {
      "",
      "The benchmarks are a separate program, which the ./pollux script starts:"
          + " ./pollux bench --help lists them. This program does not contain them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class BenchCommand implements Runnable {

  @Override
  public void run() {
    throw new Failure("the benchmarks are a separate program: run ./pollux bench");
  }
}
