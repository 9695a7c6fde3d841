package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench input}: what it costs to receive a frame of many parts. */
@Command(
    name = "input",
    description = {
      "What a connection costs whose frames are larger than one read, in this process: a loop that"
          + " is turned by hand, over a pair of Unix sockets.",
      "",
      "Dribble: microseconds of one turn that receives a byte, when so much of the frame is there."
          + " Whole frames: milliseconds a MiB. Beside both the same without Pollux: one recv into"
          + " a buffer for each send."
    })
final class InputCommand implements Callable<Integer> {

  private static final List<String> COLUMNS = List.of("what", "size", "who", "round", "time");
  private static final String DRIBBLE = "µs a packet of one byte";
  private static final String FRAMES = "ms a MiB";
  private static final int[] FILLED_BYTES = {0, 1 << 10, 1 << 14, 1 << 16, 1 << 20, 1 << 23};
  private static final int[] FRAME_BYTES = {1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 23, 1 << 25};

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--packets",
      paramLabel = "COUNT",
      description = "how many bytes are dribbled at each filling. Default: 20000")
  private @Nullable Integer packets;

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    for (String what : List.of(DRIBBLE, FRAMES)) {
      Samples of = rows.where("what", what);
      Table table =
          new Table(
              1,
              what.equals(DRIBBLE) ? "behind, bytes" : "frames of, bytes",
              "Pollux, " + what,
              "bare",
              "Pollux / bare");
      for (int size : of.sizes("size")) {
        Samples at = of.where("size", size);
        table.row(
            "%,10d".formatted(size),
            at.where("who", "Pollux").spread("time").cell("%.2f"),
            at.where("who", "bare").spread("time").cell("%.2f"),
            at.ratio("who", "Pollux", "bare", row -> row.number("time")).cell("%.2f"));
      }
      report.table(table);
      report.say("");
    }
    report.say(rows.medians());
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int count = common.atLeast(1, "--packets", packets, 20_000, 200);
    int rounds = common.rounds(3, 1);
    int total = common.isQuick() ? 1 << 22 : 1 << 28;
    report.say(Machine.describe());
    common.printQuick(report);
    Progress progress = Progress.onStandardError();
    try (InputBenchmark benchmark = InputBenchmark.open()) {
      // Round 0 compiles.
      for (int round = common.isQuick() ? 1 : 0; round <= rounds; round++) {
        progress.show("round %d of %d".formatted(round, rounds));
        for (int size : FILLED_BYTES) {
          add(rows, DRIBBLE, size, "Pollux", round, benchmark.dribble(size, count));
          add(rows, DRIBBLE, size, "bare", round, benchmark.bareDribble(count));
        }
        for (int size : FRAME_BYTES) {
          int bytes = round == 0 ? total / 4 : total;
          add(rows, FRAMES, size, "Pollux", round, benchmark.frames(size, bytes));
          add(rows, FRAMES, size, "bare", round, benchmark.bare(bytes));
        }
      }
    }
    progress.end();
    report.say("");
  }

  private static void add(Samples rows, String what, int size, String who, int round, double time)
      throws IOException {
    if (round > 0) {
      rows.add(what, size, who, round, time);
    }
  }
}
