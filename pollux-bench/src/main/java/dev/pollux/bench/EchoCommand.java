package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import dev.pollux.sys.NativeSys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

  private static final List<String> BAR_SERVERS = List.of(EchoBars.SHIPPED, EchoBars.C_THREAD);
  private static final List<String> BAR_PROFILES =
      List.of("pingpong64", "churn", "pipeline16", "conns1000");

  private static final int ANY = -1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private BarOptions barOptions = new BarOptions();

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
      names = "--rounds",
      paramLabel = "COUNT",
      description = "how often everything is measured. Default: 5, with --bars 15")
  private @Nullable Integer rounds;

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
      names = "--server-core",
      paramLabel = "NUMBER",
      description = "the processor of the servers; -1: any. Default: 0")
  private int serverCore = 0;

  @Option(
      names = "--load-core",
      paramLabel = "NUMBER",
      description = "the processor of the load; -1: any. Default: 1")
  private int loadCore = 1;

  @Option(names = "--java-load", description = "the load in Java, also where there is a compiler")
  private boolean javaLoad;

  @Option(
      names = "--syscalls",
      description =
          "count system calls for each message, too, after all else: needs strace; part of --bars")
  private boolean syscalls;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "write every sample there, as it comes")
  private @Nullable Path csv;

  @Option(names = "--chart", paramLabel = "FILE", description = "write a chart there, as SVG")
  private @Nullable Path chart;

  @Option(names = "--quick", description = "few seconds: shows that it works, not how fast it is")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Processors processors = processors(out);
    EchoBenchmark.Plan plan = plan(out);
    EchoResults results = csv == null ? new EchoResults() : EchoResults.writingTo(csv);
    try (EchoPrograms programs = EchoPrograms.open(javaLoad)) {
      printTerms(out, plan, programs, processors);
      EchoBenchmark benchmark =
          new EchoBenchmark(plan, programs, processors, Progress.onStandardError(), results);
      benchmark.run();
      benchmark.missing().forEach((server, why) -> out.println(server.label() + ": " + why));
      out.println();
      EchoBars bars = new EchoBars(results, isJudged(plan));
      new EchoReport(results, bars, out).print();
      barOptions.keep(bars.rows(), out);
      write(results, plan, out);
      if (syscalls || barOptions.areWanted()) {
        new EchoSyscalls(programs, processors)
            .print(plan.profiles(), plan.servers(), Progress.onStandardError(), out);
      }
    }
    return 0;
  }

  private boolean isJudged(EchoBenchmark.Plan plan) {
    return !quick && plan.rounds() >= BarOptions.ROUNDS;
  }

  private EchoBenchmark.Plan plan(PrintWriter out) throws IOException {
    boolean bars = barOptions.areWanted();
    int plannedRounds = rounds != null ? rounds : quick ? 1 : bars ? BarOptions.ROUNDS : 5;
    long window = millis("--seconds", seconds, 2000, 100);
    require(plannedRounds >= 1, "--rounds is at least 1, not " + plannedRounds);
    barOptions.check(plannedRounds, quick);
    require(rate == null || rate >= 1, "--rate is at least 1, not " + rate);
    return new EchoBenchmark.Plan(
        chosen(
            "--profiles",
            profiles == null && bars ? BAR_PROFILES : profiles,
            EchoProfile.values(),
            EchoProfile::named),
        servers(out),
        plannedRounds,
        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
        idle(out),
        millis("--warmup", warmup, 4000, 100),
        quick ? 20 : 300,
        window,
        !bars);
  }

  private long millis(String option, @Nullable Double given, long normal, long whenQuick) {
    long result = given != null ? Math.round(given * 1000) : quick ? whenQuick : normal;
    require(
        result >= 10 && result <= 3_600_000, option + " takes 0.01 to 3600 seconds, not " + given);
    return result;
  }

  private List<EchoContestant> servers(PrintWriter out) {
    List<String> wanted = servers == null && barOptions.areWanted() ? BAR_SERVERS : servers;
    List<EchoContestant> result =
        new ArrayList<>(
            chosen("--servers", wanted, EchoContestant.values(), EchoContestant::named));
    if (!CProgram.isAvailable() && result.removeIf(EchoContestant::isC)) {
      out.println("c: missing, gcc is not installed, so the bars against it are not measured");
    }
    require(!result.isEmpty(), "without gcc there is no server in --servers");
    return result;
  }

  private <T> List<T> chosen(
      String option, @Nullable List<String> names, T[] all, Function<String, Optional<T>> named) {
    if (names == null) {
      return Arrays.asList(all);
    }
    List<T> result = new ArrayList<>();
    for (String name : names) {
      Optional<T> found = named.apply(name);
      require(found.isPresent(), option + " does not know '" + name + "'");
      found.filter(each -> !result.contains(each)).ifPresent(result::add);
    }
    return result;
  }

  private int idle(PrintWriter out) throws IOException {
    int planned = idle != null ? idle : quick ? QUICK_IDLE : IDLE;
    require(planned >= 0, "--idle is at least 0, not " + planned);
    long most = Machine.raiseDescriptorLimit(NativeSys.open()) - SPARE_DESCRIPTORS;
    if (planned <= most) {
      return planned;
    }
    require(most >= 1, "the limit of descriptors is too low; raise it with ulimit -Hn");
    out.printf("cut: %d idle connections, not %d (ulimit -Hn)%n", most, planned);
    return (int) most;
  }

  private Processors processors(PrintWriter out) {
    int count = Machine.processors();
    require(serverCore >= ANY && loadCore >= ANY, "--server-core and --load-core are at least -1");
    boolean wanted = serverCore != ANY || loadCore != ANY;
    if (wanted && Machine.command("taskset").isEmpty()) {
      out.println("not tied to processors: taskset is not installed (util-linux)");
      return new Processors(OptionalInt.empty(), OptionalInt.empty());
    }
    if (wanted && count == 1) {
      out.println("not tied to processors: there is only one, servers and load share it");
      return new Processors(OptionalInt.empty(), OptionalInt.empty());
    }
    int highest = Math.max(serverCore, loadCore);
    require(highest < count, "there are " + count + " processors, and no number " + highest);
    return new Processors(processor(serverCore), processor(loadCore));
  }

  private static OptionalInt processor(int number) {
    return number == ANY ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private void printTerms(
      PrintWriter out, EchoBenchmark.Plan plan, EchoPrograms programs, Processors processors) {
    out.println(Machine.describe());
    out.println("JVM options of every server: " + String.join(" ", EchoContestant.JVM_OPTIONS));
    out.println(
        programs.isLoadInC() ? "load in C: " + CProgram.compiler() : "load in Java, on Selector");
    out.println(
        "servers on processor "
            + name(processors.server())
            + ", load on processor "
            + name(processors.load())
            + (processors.areApart() ? ", which it never leaves" : ""));
    out.printf(
        "%d rounds of %.1f s for each loop, after %.1f s uncounted; warm-up %.1f s for each server"
            + " and profile; %d idle connections%n",
        plan.rounds(),
        plan.windowMillis() / 1e3,
        plan.settleMillis() / 1e3,
        plan.warmupMillis() / 1e3,
        plan.idle());
    if (quick) {
      out.println("a quick run: it shows that everything works, its figures mean little");
    }
  }

  private static String name(OptionalInt processor) {
    return processor.isPresent() ? String.valueOf(processor.getAsInt()) : "any";
  }

  private void write(EchoResults results, EchoBenchmark.Plan plan, PrintWriter out)
      throws IOException {
    if (csv != null) {
      out.println("written: " + csv);
    }
    if (chart != null) {
      new EchoChart(results, plan.rounds() + " rounds").writeSvg(chart);
      out.println("written: " + chart);
    }
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
