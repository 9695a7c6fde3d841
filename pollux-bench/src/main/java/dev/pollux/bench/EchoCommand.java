package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench echo}: echo servers against one another. */
@Command(
    name = "echo",
    description = {
      "Processor time, throughput, latency and memory of echo servers.",
      "",
      "Each server is a process on one processor, one load on another serves them in turns. Ratios"
          + " are taken within a round, latencies from the time at which a message was due."
    })
final class EchoCommand implements Callable<Integer> {

  private static final int IDLE = 10_000;
  private static final int QUICK_IDLE = 500;

  /** Descriptors of a server next to its idle connections. */
  private static final int SPARE_DESCRIPTORS = 300;

  private static final List<String> BAR_SERVERS =
      List.of(EchoServers.SHIPPED, EchoServers.C_THREAD);
  private static final List<String> BAR_PROFILES =
      List.of("pingpong64", "churn", "pipeline16", "conns1000");

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private BarOptions bars = new BarOptions();
  @Mixin private CoreOptions cores = new CoreOptions();

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "LIST",
      description = {
        "of pollux (as shipped), c, c-thread (with an idle second one), pollux-level, pollux-edge,"
            + " nio, netty-epoll, netty-io_uring, netty-nio, threads.",
        "Default: all"
      })
  private @Nullable List<String> servers;

  @Option(
      names = "--profiles",
      split = ",",
      paramLabel = "LIST",
      description = "of pingpong64, conns1000, pipeline16, bulk, churn, idle. Default: all")
  private @Nullable List<String> profiles;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "how long each measurement takes. Default: 2")
  private @Nullable Double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description = "for each server and profile, once, before the rounds. Default: 4")
  private @Nullable Double warmup;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      description =
          "messages a second where the rate is fixed. Default: half of what the slowest takes")
  private @Nullable Long rate;

  @Option(
      names = "--idle",
      paramLabel = "COUNT",
      description = "the idle connections of the profile idle. Default: 10000")
  private @Nullable Integer idle;

  @Option(
      names = "--syscalls",
      description =
          "count system calls for each message, too, before all else: needs strace; part of --bars")
  private boolean syscalls;

  @Option(names = "--chart", paramLabel = "FILE", description = "write a chart there, .svg or .png")
  private @Nullable Path chart;

  @Override
  public Integer call() throws IOException {
    common.check(chart);
    Samples rows = common.rows(EchoReport.COLUMNS, this::measure);
    Report report = common.report();
    EchoReport echo = new EchoReport(rows);
    echo.print(report);
    bars.print(echo.bars(), report);
    common.written(chart, echo.chart());
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    Processors processors = cores.processors(common, report);
    EchoBenchmark.Plan plan = plan(report);
    Progress progress = Progress.onStandardError();
    try (EchoServers all = EchoServers.open()) {
      printTerms(report, plan, processors);
      if (syscalls || bars.areWanted()) {
        new EchoSyscalls(all, processors).print(plan, progress, report);
      }
      report.say("");
      new EchoBenchmark(plan, all, processors, progress, rows).run(report);
    }
  }

  private EchoBenchmark.Plan plan(Report report) throws IOException {
    boolean isForBars = bars.areWanted();
    int rounds = bars.rounds(common, 5, 1);
    common.require(rate == null || rate >= 1, "--rate is at least 1, not " + rate);
    return new EchoBenchmark.Plan(
        EchoServers.chosen(
                common,
                "--profiles",
                profiles != null ? profiles : isForBars ? BAR_PROFILES : EchoProfile.labels(),
                EchoProfile.labels())
            .stream()
            .map(EchoProfile::named)
            .toList(),
        EchoServers.chosen(
            common,
            "--servers",
            servers != null ? servers : isForBars ? BAR_SERVERS : EchoServers.ALL,
            EchoServers.ALL),
        rounds,
        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
        fitting(common.atLeast(0, "--idle", idle, IDLE, QUICK_IDLE), report),
        millis("--warmup", warmup, 4000, 100),
        common.isQuick() ? 20 : 300,
        millis("--seconds", seconds, 2000, 100),
        !isForBars);
  }

  private long millis(String option, @Nullable Double given, long normal, long whenQuick) {
    long result = given != null ? Math.round(given * 1000) : common.isQuick() ? whenQuick : normal;
    common.require(
        result >= 10 && result <= 3_600_000, option + " takes 0.01 to 3600 seconds, not " + given);
    return result;
  }

  private int fitting(int planned, Report report) throws IOException {
    long most = Machine.raiseDescriptorLimit(NativeSys.open()) - SPARE_DESCRIPTORS;
    common.require(most >= 1, "the limit of descriptors is too low; raise it with ulimit -Hn");
    if (planned > most) {
      report.say("cut: %d idle connections, not %d (ulimit -Hn)".formatted(most, planned));
    }
    return (int) Math.min(planned, most);
  }

  private void printTerms(Report report, EchoBenchmark.Plan plan, Processors processors) {
    report.say(Machine.describe());
    report.say("JVM options of every server: " + String.join(" ", EchoServers.JVM_OPTIONS));
    report.say("load and servers in C: " + CPrograms.compiler());
    report.say(
        CoreOptions.describe(processors)
            + (processors.areApart() ? ", which it never leaves" : ""));
    report.say(
        ("%d rounds of %.1f s for each loop, after %.1f s uncounted; warm-up %.1f s for each server"
                + " and profile; %d idle connections")
            .formatted(
                plan.rounds(),
                plan.windowMillis() / 1e3,
                plan.settleMillis() / 1e3,
                plan.warmupMillis() / 1e3,
                plan.idle()));
    common.printQuick(report);
  }
}
