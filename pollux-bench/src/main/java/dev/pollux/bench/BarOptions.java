package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a run that is made to judge bars on ratios. */
final class BarOptions {

  /** Paired ratios that a verdict needs at least. */
  static final int ROUNDS = 15;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--bars",
      description = "what the bars on ratios to C need, and no more, in 15 rounds")
  private boolean bars;

  @Option(
      names = "--rows",
      paramLabel = "FILE",
      description =
          "add a row for each bar on a ratio there, and judge the last three runs that it has:"
              + " two meet the bar, the third misses it by at most 0.05")
  private @Nullable Path rows;

  /** Whether only what the bars need is wanted. */
  boolean areWanted() {
    return bars;
  }

  /** Ends with a message about the options if rows are wanted of a run that is none to judge. */
  void check(int rounds, boolean quick) throws IOException {
    if (rows == null) {
      return;
    }
    if (quick || rounds < ROUNDS) {
      throw new ParameterException(
          spec.commandLine(), "--rows needs %d rounds and no --quick".formatted(ROUNDS));
    }
    if (Files.exists(rows)) {
      List<BarRows.Row> _ = BarRows.read(rows); // better now than after minutes
    }
  }

  /** Keeps the rows of this run, if that is wanted, and judges them with those before. */
  void keep(List<BarRows.Row> run, PrintWriter out) throws IOException {
    if (rows == null) {
      return;
    }
    BarRows.append(rows, run);
    out.printf("%nby the rule of three runs, from %s:%n", rows);
    BarRows.verdicts(BarRows.read(rows)).forEach(out::println);
  }
}
