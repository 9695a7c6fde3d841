package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a run that is made to judge bars on ratios to C. */
final class BarOptions {

  /** Paired ratios that a verdict on one needs at least. */
  static final int ROUNDS = 15;

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

  /** How many rounds there are; ends with a message about the options if they are too few. */
  int rounds(CommonOptions common, int normal, int whenQuick) throws IOException {
    int rounds = common.rounds(bars ? ROUNDS : normal, whenQuick);
    if (rows != null) {
      common.require(
          rounds >= ROUNDS && !common.isQuick(),
          "--rows needs %d rounds and no --quick".formatted(ROUNDS));
      UserFile.requireWritable("--rows", rows);
      if (Files.exists(rows)) {
        List<BarRows.Row> _ = BarRows.read(rows); // better now than after minutes
      }
    }
    return rounds;
  }

  /** Prints the bars of this run; keeps those on ratios and judges them with those before. */
  void print(List<Bar> run, Report report) throws IOException {
    report.bars(run);
    if (rows != null) {
      BarRows.append(rows, run);
      report.say("\nby the rule of three runs, from " + rows + ":");
      BarRows.verdicts(BarRows.read(rows)).forEach(report::verdict);
    }
  }
}
