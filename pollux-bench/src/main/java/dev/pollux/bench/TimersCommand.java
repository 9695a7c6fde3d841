package dev.pollux.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench timers}: what a timer costs among many. */
@Command(
    name = "timers",
    description = {
      "What a timer costs while many are pending, beside those of Netty and of the JDK.",
      "",
      "Ticks of 1 ms, deadlines from 30 to 90 s ahead. Pollux is told the time, as a loop does once"
          + " in a turn; the others read the clock in each call and are safe for several threads."
          + " The work of their own threads counts when all run on one processor. Every figure is"
          + " a JMH run in a JVM of its own."
    })
final class TimersCommand implements Callable<Integer> {

  static final double MAX_NANOS = 100;

  /** The smallest object takes 16 bytes; JMH's own few, spread over the calls, show as well. */
  static final double MAX_BYTES = 0.5;

  static final List<String> COLUMNS = List.of("what", "who", "pending", "round", "nanos", "bytes");
  static final String PAIR = "schedule + cancel";
  static final String REFRESH = "put off a pending one";
  static final String POLLUX = "Pollux TimerWheel";
  static final String NETTY = "Netty HashedWheelTimer";

  /** What is done again and again, whose timers they are, and the method. */
  record Case(String what, String who, String method) {}

  private static final String JDK = "ScheduledThreadPoolExecutor";
  static final List<Case> CASES =
      List.of(
          new Case(PAIR, POLLUX, "polluxScheduleCancel"),
          new Case(PAIR, NETTY, "nettyScheduleCancel"),
          new Case(PAIR, JDK, "jdkScheduleCancel"),
          new Case(REFRESH, POLLUX, "polluxRefresh"),
          new Case(REFRESH, NETTY, "nettyRefresh"),
          new Case(REFRESH, JDK, "jdkRefresh"),
          new Case("note the moment instead", "an array of longs", "noteInstead"),
          new Case("come due + run + schedule anew", POLLUX, "polluxTurnOver"));

  /** As ./pollux runs, with room for a million timers of each kind. */
  private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();
  @Mixin private Jmh jmh = new Jmh();

  @Option(
      names = "--pending",
      paramLabel = "COUNT",
      description = "timers that are pending. Default: 1000000")
  private @Nullable Integer pending;

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
    int timers = common.atLeast(1, "--pending", pending, 1_000_000, 10_000);
    OptionalInt processor = cpu.processor(common);
    cpu.printTerms(report, common, processor);
    report.say(
        "JVM options: %s; %d rounds, each with a fork of the JVM for every figure\n"
            .formatted(String.join(" ", JVM_OPTIONS), rounds));
    Progress progress = Progress.onStandardError();
    for (int round = 1; round <= rounds; round++) {
      for (Case each : CASES) {
        progress.show("round %d of %d: %s, %s".formatted(round, rounds, each.what, each.who));
        Jmh.Score score =
            jmh.measure(
                TimerBenchmark.class,
                each.method,
                Map.of("pending", timers),
                JVM_OPTIONS,
                common.isQuick(),
                processor);
        rows.add(each.what, each.who, timers, round, score.nanos(), score.bytes());
      }
    }
    progress.end();
  }

  static void print(Samples rows, Report report) {
    Table table = new Table(2, "", "", "ns", "Pollux / it", "B");
    for (String what : rows.values("what")) {
      Samples of = rows.where("what", what);
      for (String who : of.values("who")) {
        Samples turns = of.where("who", who);
        table.row(
            what,
            who,
            turns.spread("nanos").cell("%.1f"),
            of.ratio("who", POLLUX, who, row -> row.number("nanos")).cell("%.2f"),
            "%.3f".formatted(turns.spread("bytes").greatest()));
      }
    }
    report.table(table);
    report.say(
        String.join(" ", rows.values("pending"))
            + " pending. The mean of each fork. "
            + rows.medians()
            + " B: the most of any round.");
  }

  static List<Bar> bars(Samples rows) {
    Samples pairs = rows.where("what", PAIR).where("who", POLLUX);
    String among = String.join(" ", pairs.values("pending"));
    return List.of(
        Bar.atMost(MAX_NANOS, "%.1f ns", "schedule + cancel among " + among, pairs.spread("nanos")),
        Bar.atMost(
            MAX_BYTES,
            "%.3f B",
            "what schedule + cancel allocates, in the worst round",
            Spread.of(pairs.spread("bytes").greatest())));
  }
}
