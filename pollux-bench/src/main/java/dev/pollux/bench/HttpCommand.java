package dev.pollux.bench;

import dev.pollux.bench.EchoBenchmark.Processors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench http}: HTTP servers against one another. */
@Command(
    name = "http",
    description = {
      "Processor time, throughput, latency and memory of HTTP/1.1 servers.",
      "",
      "Each server is a process on one processor, wrk and h2load on another load them in turns, and"
          + " a program in C where connections are short, idle or mixed, or speak WebSocket."
          + " Ratios are taken within a round, latencies from the sending on. pollux-serve is what"
          + " ships."
    })
final class HttpCommand implements Callable<Integer> {

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private CoreOptions cores = new CoreOptions();

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "LIST",
      description =
          "of pollux, c, netty-epoll, nio, which answer wherever no files are asked for and there"
              + " is no TLS; pollux-arena, vertx, helidon, jetty, jdk for sums, with"
              + " pollux-httpserver, robaho and jetty-http-spi, which serve the JDK's API, and"
              + " nginx, by GET; pollux-serve, pollux-arena, netty-files, nginx for files;"
              + " pollux-tls, netty-jdk, netty-openssl, nginx-tls; for WebSockets c-ws, pollux,"
              + " netty-epoll, pollux-arena, vertx; pollux-proxy, nginx-proxy, haproxy. Default:"
              + " all")
  private List<String> servers = HttpServers.ALL;

  @Option(
      names = "--scenarios",
      split = ",",
      paramLabel = "LIST",
      description =
          "of plaintext64, plaintext512, pipelined16, post1k, post64k, and churn10, idle10k,"
              + " baseline11, in which sums are asked for, file13, files20, which ask for files,"
              + " tls64, ws64, ws64x16, in which WebSockets send texts back, and proxy64. Default:"
              + " all")
  private List<String> scenarios = HttpScenario.labels();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "how long each turn takes. Default: 2")
  private @Nullable Integer seconds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description = "for each server and scenario, once, before the rounds. Default: 4")
  private @Nullable Integer warmup;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      description =
          "requests a second where the rate is fixed. Default: half of what the slowest takes")
  private @Nullable Long rate;

  @Option(
      names = "--own-load",
      description = "load with a program of this benchmark's, not with wrk and h2load")
  private boolean ownLoad;

  @Option(names = "--chart", paramLabel = "FILE", description = "write a chart there, .svg or .png")
  private @Nullable Path chart;

  @Override
  public Integer call() throws IOException {
    common.check(chart);
    Samples rows = common.rows(HttpReport.COLUMNS, this::measure);
    Report report = common.report();
    HttpReport http = new HttpReport(rows);
    http.print(report);
    report.bars(http.bars());
    common.written(chart, http.chart());
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    Processors processors = cores.processors(common, report);
    HttpBenchmark.Plan wanted = plan();
    boolean isOwn = isOwn(report);
    HttpBenchmark.Plan plan = wanted.with(sent(wanted.scenarios(), isOwn, report));
    try (HttpServers all = HttpServers.open(plan.servers(), plan.scenarios())) {
      HttpLoad load = all.load(isOwn, processors.load());
      printTerms(report, plan, processors, load);
      new HttpBenchmark(plan, all, processors, load, Progress.onStandardError(), rows).run(report);
    }
  }

  /** The scenarios that the load can send; it says which are left out. */
  private static List<HttpScenario> sent(List<HttpScenario> scenarios, boolean isOwn, Report report)
      throws IOException {
    List<HttpScenario> sent = new ArrayList<>();
    for (HttpScenario scenario : scenarios) {
      if (HttpLoad.sends(isOwn, scenario)) {
        sent.add(scenario);
      } else {
        report.say(
            scenario.label()
                + ": left out, as the load of this benchmark asks for one thing, without TLS");
      }
    }
    if (sent.isEmpty()) {
      throw new IOException("there is no load for any of the scenarios");
    }
    return sent;
  }

  /** Whether the load is of this module: if that is wanted, or a quick run has no better one. */
  private boolean isOwn(Report report) throws IOException {
    if (ownLoad || HttpLoad.isInstalled()) {
      return ownLoad;
    }
    String missing = "wrk or h2load is not installed (" + HttpLoad.INSTALL + ")";
    if (!common.isQuick()) {
      throw new IOException(missing + "; --own-load does without, for figures that say less");
    }
    report.say(missing + ": a load of this benchmark's takes their place");
    return true;
  }

  private HttpBenchmark.Plan plan() {
    common.require(rate == null || rate >= 1, "--rate is at least 1, not " + rate);
    return new HttpBenchmark.Plan(
        EchoServers.chosen(common, "--scenarios", scenarios, HttpScenario.labels()).stream()
            .map(HttpScenario::named)
            .toList(),
        EchoServers.chosen(common, "--servers", servers, HttpServers.ALL),
        common.rounds(HttpReport.ROUNDS, 1),
        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
        common.atLeast(1, "--warmup", warmup, 4, 1),
        common.atLeast(1, "--seconds", seconds, 2, 1));
  }

  private void printTerms(
      Report report, HttpBenchmark.Plan plan, Processors processors, HttpLoad load) {
    report.say(Machine.describe());
    report.say(
        "JVM options of every server but pollux-serve, which has the launcher's: "
            + String.join(" ", EchoServers.JVM_OPTIONS));
    report.say("servers in C: " + CPrograms.compiler());
    report.say(
        load.isOwn()
            ? "load: this benchmark's own, one thread in Java"
            : "load: wrk, one thread; h2load --h1 at the fixed rate; http_load.c where sums are"
                + " asked for, ws_load.c on WebSockets");
    report.say(CoreOptions.describe(processors));
    report.say(
        "%d rounds of %d s for each turn; warm-up %d s for each server and scenario"
            .formatted(plan.rounds(), plan.seconds(), plan.warmupSeconds()));
    common.printQuick(report);
    report.say("");
  }
}
