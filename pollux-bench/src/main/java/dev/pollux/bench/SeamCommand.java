package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench seam}: what a system call from Java costs beside the same call in C. */
@Command(
    name = "seam",
    description = {
      "What a system call costs through Sys, by the bare downcall handle, and in C.",
      "",
      "The calls: epoll_wait without waiting on an empty set, a read of an eventfd, a write to one."
          + " The Java side runs under JMH, each measurement in a JVM of its own."
    })
final class SeamCommand implements Callable<Integer> {

  static final double MAX_OVER_C_NANOS = 40;

  /** The smallest object takes 16 bytes; JMH's own few, spread over the calls, show as well. */
  static final double MAX_BYTES_PER_CALL = 0.5;

  static final List<String> COLUMNS = List.of("call", "who", "round", "nanos", "bytes");
  static final String SYS = "Sys";
  static final String HANDLE = "handle";

  /** The calls as {@code seam.c} names them, and the methods of {@link SeamBenchmark}. */
  static final Map<String, String> CALLS =
      new TreeMap<>(
          Map.of(
              "epoll_wait", "epollWait",
              "eventfd_read", "eventfdRead",
              "eventfd_write", "eventfdWrite"));

  private static final int ROUNDS = 3;

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();
  @Mixin private CThreads c = new CThreads();
  @Mixin private Jmh jmh = new Jmh();

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    print(rows, report);
    report.bars(bars(rows));
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    jmh.check();
    int rounds = common.rounds(ROUNDS, 1);
    OptionalInt processor = cpu.processor(common);
    cpu.printTerms(report, common, processor);
    report.say(c.describe(common));
    report.say("%d rounds, each with a fork of the JVM for every call and way\n".formatted(rounds));
    Progress progress = Progress.onStandardError();
    try (CThreads.Running running = c.start("seam", common, processor)) {
      for (int round = 1; round <= rounds; round++) {
        for (Map.Entry<String, String> call : CALLS.entrySet()) {
          progress.show("round %d of %d: %s".formatted(round, rounds, call.getKey()));
          add(rows, call, SYS, round, processor);
          for (Map.Entry<String, Child> program : running.programs().entrySet()) {
            int millis = common.isQuick() ? 20 : 1000;
            String answer = program.getValue().askC("run " + call.getKey() + " " + millis);
            rows.add(call.getKey(), program.getKey(), round, parse(answer), "");
          }
          add(rows, call, HANDLE, round, processor);
        }
      }
    }
    progress.end();
  }

  private void add(
      Samples rows, Map.Entry<String, String> call, String who, int round, OptionalInt processor)
      throws IOException {
    String method = call.getValue() + (who.equals(SYS) ? "Sys" : "Handle");
    Jmh.Score score =
        jmh.measure(
            SeamBenchmark.class,
            method,
            Map.of(),
            List.of("-Xmx256m"),
            common.isQuick(),
            processor);
    rows.add(call.getKey(), who, round, score.nanos(), score.bytes());
  }

  /** The median of the line of {@code seam.c}: {@code NANOS_PER_CALL...}. */
  static double parse(String payload) throws IOException {
    try {
      return Spread.of(Arrays.stream(payload.split(" +", -1)).map(Double::valueOf).toList())
          .median();
    } catch (NumberFormatException e) {
      throw new IOException("the C program's figures are not numbers: " + payload, e);
    }
  }

  static void print(Samples rows, Report report) {
    Table table =
        new Table(
            1,
            "ns a call",
            SYS,
            HANDLE,
            CThreads.C,
            CThreads.C2,
            "Sys - C",
            "Sys - C2",
            "B a call");
    for (String call : rows.values("call")) {
      Samples of = rows.where("call", call);
      List<String> cells = new ArrayList<>(List.of(call));
      for (String who : List.of(SYS, HANDLE, CThreads.C, CThreads.C2)) {
        cells.add(of.where("who", who).spread("nanos").cell("%.1f"));
      }
      cells.add(overC(of, CThreads.C).cell("%+.1f"));
      cells.add(overC(of, CThreads.C2).cell("%+.1f"));
      cells.add("%.3f".formatted(of.where("who", SYS).spread("bytes").greatest()));
      table.row(cells.toArray());
    }
    report.table(table);
    report.say(rows.medians() + " Differences: of two turns in a round. B: the most of any round.");
  }

  static List<Bar> bars(Samples rows) {
    List<Bar> bars = new ArrayList<>();
    for (String c : List.of(CThreads.C, CThreads.C2)) {
      bars.add(
          Bar.atMost(
                  MAX_OVER_C_NANOS,
                  "%+.1f ns",
                  "epoll_wait through Sys - " + c,
                  overC(rows.where("call", "epoll_wait"), c))
              .needs(1, "the C program"));
    }
    bars.add(
        Bar.atMost(
            MAX_BYTES_PER_CALL,
            "%.3f B",
            "what a call through Sys allocates, in the worst round",
            Spread.of(rows.where("who", SYS).spread("bytes").greatest())));
    return bars;
  }

  private static Spread overC(Samples of, String c) {
    return of.difference("who", SYS, c, (Row row) -> row.number("nanos"));
  }
}
