package dev.pollux.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench sim}: what a simulated run costs. */
@Command(
    name = "sim",
    description = {
      "How many simulated runs a second of processor time makes, in this process and on one"
          + " thread: a run is a new world, an echo server and eight peers with 32 messages of 64"
          + " bytes each.",
      "",
      "The peers are on a host of their own each, or on one host together. The time of the"
          + " collector and of the compilers is not counted; nor is that of the first runs, which"
          + " are compiled."
    })
final class SimCommand implements Callable<Integer> {

  private static final double LEAST_RUNS = 1_000;
  private static final List<String> COLUMNS = List.of("peers", "round", "runs", "steps");

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    Table table = new Table(1, "the peers", "runs a CPU second", "steps a run");
    List<Bar> bars = new ArrayList<>();
    for (String peers : rows.values("peers")) {
      Samples of = rows.where("peers", peers);
      table.row(peers, of.spread("runs").cell("%.0f"), of.spread("steps").cell("%.0f"));
      bars.add(
          Bar.atLeast(
              LEAST_RUNS, "%.0f", "echo runs a CPU second, peers " + peers, of.spread("runs")));
    }
    report.table(table);
    report.say("");
    report.say(rows.medians());
    report.bars(bars);
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int rounds = common.rounds(5, 1);
    double warmUpSeconds = common.isQuick() ? 0.1 : 10;
    double seconds = common.isQuick() ? 0.1 : 1;
    report.say(Machine.describe());
    common.printQuick(report);
    Progress progress = Progress.onStandardError();
    for (SimBenchmark.Peers peers : SimBenchmark.Peers.values()) {
      progress.show("warming up");
      SimBenchmark.Result _ = SimBenchmark.run(peers, warmUpSeconds);
    }
    for (int round = 1; round <= rounds; round++) {
      progress.show("round %d of %d".formatted(round, rounds));
      for (SimBenchmark.Peers peers : SimBenchmark.Peers.values()) {
        SimBenchmark.Result result = SimBenchmark.run(peers, seconds);
        rows.add(peers.where, round, result.runsPerSecond(), result.stepsPerRun());
      }
    }
    progress.end();
    report.say("");
  }
}
