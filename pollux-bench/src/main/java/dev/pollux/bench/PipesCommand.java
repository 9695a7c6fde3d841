package dev.pollux.bench;

import dev.pollux.poll.Backend;
import dev.pollux.poll.Events;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench pipes}: the cost of readiness against the count of watched descriptors.
 *
 * <p>In each round the contestants measure a point one right after the other, and every second
 * round in reverse order, so that a change of the machine's mood meets all of them. Only one of
 * them runs at a time.
 */
@Command(
    name = "pipes",
    description = {
      "The cost of epoll, poll, select and kqueue against the count of watched descriptors, Java"
          + " and C.",
      "",
      "N Unix socket pairs are watched for ever. A run fires A bytes, untimed, and times until"
          + " A + W bytes were read; each callback reads one and sends one on while W lasts."
    })
final class PipesCommand implements Callable<Integer> {

  private static final List<Integer> SIZES = List.of(100, 500, 1000, 2000, 4000, 8000, 9000);
  private static final List<Integer> QUICK_SIZES = List.of(100, 200, 400);
  private static final int WARMUP_RUNS = 5;
  private static final int WARMUP_PAIRS = 200;

  /** Descriptors for files of the JVM, the poller and the C programs. */
  private static final int SPARE_DESCRIPTORS = 200;

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private ProcessorOption cpu = new ProcessorOption();
  @Mixin private CThreads c = new CThreads();
  @Mixin private BarOptions bars = new BarOptions();

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "LIST",
      description = "of epoll, poll, select and kqueue. Default: all")
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

  @Option(names = "--runs", paramLabel = "COUNT", description = "runs in a turn. Default: 25")
  private @Nullable Integer runs;

  @Option(names = "--chart", paramLabel = "FILE", description = "write a chart there, .svg or .png")
  private @Nullable Path chart;

  @Override
  public Integer call() throws IOException {
    common.check(chart);
    Samples rows = common.rows(PipesReport.COLUMNS, this::measure);
    PipesReport pipes = new PipesReport(rows);
    pipes.print(common.report());
    bars.print(pipes.bars(), common.report());
    common.written(chart, pipes.chart());
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    Sys sys = NativeSys.open();
    int rounds = bars.rounds(common, 5, 2);
    int count = common.atLeast(1, "--runs", runs, 25, 5);
    List<Backend> wanted =
        backends != null
            ? backends
            : bars.areWanted() ? List.of(Backend.EPOLL) : List.of(Backend.values());
    List<JavaPipes.Spec> points =
        points(wanted, count, fitting(Machine.raiseDescriptorLimit(sys), report));
    OptionalInt processor = cpu.processor(common);
    if (processor.isPresent() && !Machine.pinThread(processor.getAsInt())) {
      throw new IOException("taskset could not tie the thread to processor " + processor);
    }
    cpu.printTerms(report, common, processor);
    report.say(c.describe(common));
    int warmupMillis = common.isQuick() ? 100 : 1500;
    report.say(
        ("%d rounds of %d runs a point; Java warmed up for %d ms a backend, and all by %d runs a"
                + " point, uncounted\n")
            .formatted(rounds, count, warmupMillis, WARMUP_RUNS));
    Progress progress = Progress.onStandardError();
    try (CThreads.Running running = c.start("pipes", common, processor)) {
      for (Backend backend : wanted) {
        progress.show("JIT warm-up: " + backend.label());
        warmUp(sys, backend, warmupMillis);
      }
      for (JavaPipes.Spec point : points) {
        progress.show(
            "%s, N = %d, %d rounds".formatted(point.backend().label(), point.pairs(), rounds));
        measure(sys, point, rounds, running, rows);
      }
    }
    progress.end();
  }

  private static void measure(
      Sys sys, JavaPipes.Spec point, int rounds, CThreads.Running running, Samples rows)
      throws IOException {
    List<String> order = new ArrayList<>(List.of(CThreads.JAVA));
    if (point.backend() != Backend.KQUEUE) { // which C does not have here
      order.addAll(running.programs().keySet());
    }
    for (int round = 1; round <= rounds; round++) {
      for (String who : order) {
        Child program = running.programs().get(who);
        String answer =
            program == null ? JavaPipes.measure(sys, point) : program.askC(point.command());
        PipesReport.add(rows, point, who, round, answer);
      }
      Collections.reverse(order);
    }
  }

  /** The optimising compiler wants to have seen the loops for a while; C needs nothing like it. */
  private void warmUp(Sys sys, Backend backend, int millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    JavaPipes.Spec point =
        points(List.of(backend), 5, List.of(Math.max(WARMUP_PAIRS, active))).getFirst();
    try (JavaPipes pipes = JavaPipes.open(sys, point)) {
      do {
        String _ = pipes.sample();
      } while (System.nanoTime() < end);
    }
  }

  private List<JavaPipes.Spec> points(List<Backend> wanted, int count, List<Integer> fitting) {
    int batch = Math.max(active, Events.DEFAULT_CAPACITY);
    int sentOn = common.atLeast(0, "--writes", writes, active, active);
    return wanted.stream()
        .distinct()
        .flatMap(backend ->
            fitting.stream()
                .map(size ->
                    new JavaPipes.Spec(backend, size, active, sentOn, WARMUP_RUNS, count, batch)))
        .toList();
  }

  private List<Integer> fitting(long descriptors, Report report) {
    common.require(active >= 1, "--active is at least 1, not " + active);
    List<Integer> usual =
        bars.areWanted() ? PipesReport.COMPARED_SIZES : common.isQuick() ? QUICK_SIZES : SIZES;
    List<Integer> wanted = (sizes != null ? sizes : usual).stream().distinct().toList();
    for (int size : wanted) {
      common.require(
          size >= active, "--sizes has " + size + ", less than the " + active + " active pairs");
    }
    long most = (descriptors - SPARE_DESCRIPTORS) / 2;
    List<Integer> fitting = wanted.stream().filter(size -> size <= most).toList();
    common.require(
        !fitting.isEmpty(),
        "no size fits the limit of " + descriptors + " descriptors; raise it with ulimit -Hn");
    if (fitting.size() < wanted.size()) {
      report.say(
          "cut: sizes above %d, for the limit of %d descriptors (ulimit -Hn)"
              .formatted(most, descriptors));
    }
    return fitting;
  }
}
