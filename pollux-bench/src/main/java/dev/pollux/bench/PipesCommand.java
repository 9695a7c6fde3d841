package dev.pollux.bench;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Events;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench pipes}: the cost of readiness against the count of watched descriptors. */
@Command(
    name = "pipes",
    description = {
      "The cost of epoll, poll and select against the count of watched descriptors, Java and C.",
      "",
      "N Unix socket pairs are watched for ever. A run fires A bytes, untimed, and times until"
          + " A + W bytes were read; each callback reads one and sends one on while W lasts."
    })
final class PipesCommand implements Callable<Integer> {

  private static final List<Integer> SIZES = List.of(100, 500, 1000, 2000, 4000, 8000, 9000);
  private static final List<Integer> QUICK_SIZES = List.of(100, 200, 400);

  /** Descriptors for files of the JVM, the poller and the C programs. */
  private static final int SPARE_DESCRIPTORS = 200;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private COptions c = new COptions();

  @Mixin private BarOptions barOptions = new BarOptions();

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "LIST",
      description = "of epoll, poll and select. Default: all")
  private @Nullable List<Backend> backends;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "LIST",
      description = "values of N. Default: 100,500,1000,2000,4000,8000,9000; with --bars 1000,8000")
  private @Nullable List<Integer> sizes;

  @Option(names = "--active", paramLabel = "A", description = "bytes fired. Default: 100")
  private int active = 100;

  @Option(names = "--writes", paramLabel = "W", description = "bytes sent on. Default: A")
  private @Nullable Integer writes;

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "turns of Java and C at each point. Default: 5, with --bars 15")
  private @Nullable Integer rounds;

  @Option(names = "--runs", paramLabel = "COUNT", description = "runs in a turn. Default: 25")
  private @Nullable Integer runs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "write the raw data and a chart there: pipes.csv, pipes.svg, pipes.png")
  private @Nullable Path folder;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = common.out();
    NativeSys sys = NativeSys.open();
    long descriptors = Machine.raiseDescriptorLimit(sys);
    PipesBenchmark.Plan plan = plan(out, descriptors);
    List<Integer> cThreads = c.threads();
    OptionalInt processor = common.processor();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (processor.isPresent() && !Machine.pinThread(processor.getAsInt())) {
      throw new IOException("taskset could not tie the thread to processor " + processor);
    }
    common.printTerms(out, c.describe(), processor);
    String terms = "A = %d, W = %d".formatted(plan.active(), plan.writes());
    out.printf(
        "%s; %d rounds of %d runs a point; Java warmed up for %d ms a backend, and all by %d runs"
            + " a point, uncounted%n%n",
        terms, plan.rounds(), plan.runs(), plan.jitWarmupMillis(), plan.warmup());
    try (CPrograms programs = CPrograms.open("pipes", cThreads, processor)) {
      PipesResults results =
          new PipesBenchmark(sys, plan, programs.programs(), Progress.onStandardError()).run();
      PipesBars bars = new PipesBars(results, plan.active(), !common.isQuick());
      new PipesReport(results, bars, out).print();
      barOptions.keep(bars.rows(), out);
      if (folder != null) {
        write(results, terms, folder, out);
      }
    }
    return 0;
  }

  private PipesBenchmark.Plan plan(PrintWriter out, long descriptors) throws IOException {
    int plannedWrites = writes != null ? writes : active;
    boolean bars = barOptions.areWanted();
    int plannedRounds = common.orDefault(rounds, bars ? BarOptions.ROUNDS : 5, 2);
    int plannedRuns = common.orDefault(runs, 25, 5);
    List<Integer> wanted = wantedSizes();
    List<Backend> usual = bars ? List.of(Backend.EPOLL) : List.of(Backend.values());
    common.require(active >= 1, "--active is at least 1, not " + active);
    common.require(plannedWrites >= 0, "--writes is at least 0, not " + plannedWrites);
    common.require(plannedRounds >= 1, "--rounds is at least 1, not " + plannedRounds);
    common.require(plannedRuns >= 1, "--runs is at least 1, not " + plannedRuns);
    barOptions.check(plannedRounds, common.isQuick());
    for (int size : wanted) {
      common.require(
          size >= active, "--sizes has " + size + ", less than the " + active + " active pairs");
    }
    long most = (descriptors - SPARE_DESCRIPTORS) / 2;
    List<Integer> fitting = wanted.stream().filter(size -> size <= most).distinct().toList();
    common.require(
        !fitting.isEmpty(),
        "no size fits the limit of " + descriptors + " descriptors; raise it with ulimit -Hn");
    if (fitting.size() < wanted.stream().distinct().count()) {
      out.printf(
          "cut: sizes above %d, for the limit of %d descriptors (ulimit -Hn)%n", most, descriptors);
    }
    return new PipesBenchmark.Plan(
        (backends == null ? usual : backends).stream().distinct().toList(),
        fitting,
        active,
        plannedWrites,
        5,
        plannedRuns,
        plannedRounds,
        Math.max(active, Events.DEFAULT_CAPACITY),
        common.isQuick() ? 100 : 1500);
  }

  private List<Integer> wantedSizes() {
    if (sizes != null) {
      return sizes;
    }
    if (barOptions.areWanted()) {
      return PipesBars.COMPARED_SIZES;
    }
    return common.isQuick() ? QUICK_SIZES : SIZES;
  }

  private static void write(PipesResults results, String terms, Path folder, PrintWriter out)
      throws IOException {
    Path csv = folder.resolve("pipes.csv");
    Path svg = folder.resolve("pipes.svg");
    Path png = folder.resolve("pipes.png");
    results.writeCsv(csv);
    PipesChart chart = new PipesChart(results, terms);
    chart.writeSvg(svg);
    chart.writePng(png);
    out.printf("%nwritten: %s, %s, %s%n", csv, svg, png);
  }
}
