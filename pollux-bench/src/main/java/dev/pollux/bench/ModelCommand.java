package dev.pollux.bench;

import dev.pollux.bench.Samples.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench model}: whether the epoll of the model kernel scales. */
@Command(
    name = "model",
    description = {
      "What the epoll of the model kernel costs against the count of its registrations.",
      "",
      "One instance watches eventfds, level-triggered, one thread makes the calls. Every figure"
          + " is a JMH run in a JVM of its own."
    })
final class ModelCommand implements Callable<Integer> {

  static final int FEW = 1_000;
  static final int MANY = 1_000_000;

  /**
   * log2 of {@link #MANY} is twice that of {@link #FEW}; twice again is for the caches, which hold
   * the one tree and not the other.
   */
  static final double MAX_CONTROL_RATIO = 4;

  static final double MAX_WAIT_RATIO = 2;
  static final double MIN_MILLIONS_PER_SECOND = 3;

  /** Half of the smallest object; JMH's own few bytes, spread over the calls, show as well. */
  static final double MAX_BYTES_PER_WAIT = 8;

  static final List<String> COLUMNS =
      List.of("what", "registered", "ready", "round", "nanos", "bytes");
  static final String CONTROL_ONE = "ADD + DEL of always the same";
  static final String CONTROL_ANY = "DEL + ADD of any one";
  static final String WAIT_ONE = "wait for one that is ready";
  static final String WAIT_MANY = "wait for a batch";

  /** The heap after a collection, not a time. */
  static final String HEAP_OF_FD = "heap of an eventfd";

  static final String HEAP_OF_ITEM = "heap of a registration of it";

  private static final List<Integer> SIZES = List.of(FEW, 10_000, 100_000, MANY);
  private static final List<Integer> QUICK_SIZES = List.of(FEW, MANY);
  private static final List<Integer> BATCHES = List.of(64, 256);
  private static final List<Integer> QUICK_BATCHES = List.of(256);

  /** As ./pollux runs, with room for a million registrations. */
  private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();
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
    int rounds = common.rounds(3, 1);
    OptionalInt processor = cpu.processor(common);
    cpu.printTerms(report, common, processor);
    report.say(
        "JVM options: %s; %d rounds, each with a fork of the JVM for every figure\n"
            .formatted(String.join(" ", JVM_OPTIONS), rounds));
    Progress progress = Progress.onStandardError();
    for (int round = 1; round <= rounds; round++) {
      progress.show("round %d of %d".formatted(round, rounds));
      for (int items : common.isQuick() ? QUICK_SIZES : SIZES) {
        add(rows, CONTROL_ONE, "controlOne", items, 1, round, processor);
        add(rows, CONTROL_ANY, "controlAny", items, 1, round, processor);
        add(rows, WAIT_ONE, "waitForReady", items, 1, round, processor);
      }
      for (int ready : common.isQuick() ? QUICK_BATCHES : BATCHES) {
        add(rows, WAIT_MANY, "waitForReady", FEW, ready, round, processor);
      }
      int items = common.isQuick() ? 100_000 : MANY;
      ModelMemory memory = ModelMemory.measure(items);
      rows.add(HEAP_OF_FD, items, "", round, "", memory.perEventfd());
      rows.add(HEAP_OF_ITEM, items, "", round, "", memory.perItem());
    }
    progress.end();
  }

  private void add(
      Samples rows,
      String what,
      String method,
      int items,
      int ready,
      int round,
      OptionalInt processor)
      throws IOException {
    Jmh.Score score =
        jmh.measure(
            ModelBenchmark.class,
            method,
            Map.of("items", items, "ready", ready),
            JVM_OPTIONS,
            common.isQuick(),
            processor);
    rows.add(what, items, ready, round, score.bestNanos(), score.bytes());
  }

  static void print(Samples rows, Report report) {
    Table table = new Table(1, "", "registered", "ready", "ns", "/ at 1,000", "ns/event", "B");
    for (String what : rows.values("what")) {
      boolean isWait = what.startsWith("wait");
      boolean isHeap = what.startsWith("heap");
      Samples of = rows.where("what", what);
      for (int items : of.sizes("registered")) {
        for (String ready : of.where("registered", items).values("ready")) {
          Samples at = of.where("registered", items).where("ready", ready);
          table.row(
              what,
              items,
              isWait ? ready : "",
              isHeap ? "" : at.spread("nanos").cell("%.1f"),
              items == FEW ? "" : growth(of, items, FEW).cell("%.2f"),
              isWait ? at.spread(row -> row.ratio("nanos", "ready")).cell("%.1f") : "",
              "%.3f".formatted(at.spread("bytes").greatest()));
        }
      }
    }
    report.table(table);
    report.say("The best iteration of each fork. " + rows.medians() + " B: the most of any round.");
  }

  static List<Bar> bars(Samples rows) {
    List<Bar> bars = new ArrayList<>();
    Map<String, Double> most = Map.of(CONTROL_ONE, MAX_CONTROL_RATIO, WAIT_ONE, MAX_WAIT_RATIO);
    for (String what : List.of(CONTROL_ONE, WAIT_ONE)) {
      bars.add(
          Bar.atMost(
                  most.getOrDefault(what, 0.0),
                  "%.2f",
                  "%s: at %,d registered / at %,d".formatted(what, MANY, FEW),
                  growth(rows.where("what", what), MANY, FEW))
              .needs(1, "both sizes"));
    }
    Samples batches = rows.where("what", WAIT_MANY);
    // The slower of the sizes of a batch.
    List<Spread> rates = new ArrayList<>();
    for (String ready : batches.values("ready")) {
      rates.add(batches.where("ready", ready).spread(row -> 1e3 * row.ratio("ready", "nanos")));
    }
    bars.add(
        Bar.atLeast(
                MIN_MILLIONS_PER_SECOND,
                "%.1f million",
                "events a second",
                rates.stream().min(Comparator.comparingDouble(Spread::median)).orElse(Spread.NONE))
            .needs(1, "a batch"));
    bars.add(
        Bar.atMost(
                MAX_BYTES_PER_WAIT,
                "%.3f B",
                "what a wait allocates, in the worst round",
                Spread.of(
                    rows.spread(row ->
                            row.text("what").startsWith("wait") ? row.number("bytes") : Double.NaN)
                        .greatest()))
            .needs(1, "a wait"));
    return bars;
  }

  private static Spread growth(Samples of, int many, int few) {
    return of.ratio("registered", many, few, (Row row) -> row.number("nanos"));
  }
}
