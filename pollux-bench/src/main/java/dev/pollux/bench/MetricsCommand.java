package dev.pollux.bench;

import dev.pollux.http.HttpObserver;
import dev.pollux.micrometer.MetricsOptions;
import dev.pollux.micrometer.PolluxHttpMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench metrics}: what it costs to count requests by Micrometer. */
@Command(
    name = "metrics",
    description = {
      "What a request costs with figures and without, in this process: a loop that is turned by"
          + " hand, over a pair of Unix sockets, sixteen requests by one write. Times are the"
          + " processor's, of the one thread that is both ends.",
      "",
      "Who: nobody is told; PolluxHttpMetrics bound to no registry; to a SimpleMeterRegistry; to"
          + " that of Prometheus, without a histogram and with one."
    })
final class MetricsCommand implements Callable<Integer> {

  private static final List<String> COLUMNS = List.of("who", "round", "nanos", "bytes");
  private static final String NOBODY = "nobody";
  private static final List<String> WHO =
      List.of(NOBODY, "unbound", "simple", "prometheus", "histogram");

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--requests",
      paramLabel = "COUNT",
      description = "how many requests a round has. Default: 2000000")
  private @Nullable Integer requests;

  @Override
  public Integer call() throws IOException {
    Samples rows = common.rows(COLUMNS, this::measure);
    Report report = common.report();
    Table table = new Table(1, "told", "ns a request", "- nobody", "B a request");
    for (String who : WHO) {
      Samples of = rows.where("who", who);
      table.row(
          who,
          of.spread("nanos").cell("%.0f"),
          rows.difference("who", who, NOBODY, row -> row.number("nanos")).cell("%+.0f"),
          "%.3f".formatted(of.spread("bytes").greatest()));
    }
    report.table(table);
    report.say(rows.medians() + " Differences: of two turns in a round. B: the most of any round.");
    return 0;
  }

  private void measure(Samples rows, Report report) throws IOException {
    int count = common.atLeast(1, "--requests", requests, 2_000_000, 20_000);
    int rounds = common.rounds(5, 1);
    report.say(Machine.describe());
    common.printQuick(report);
    Progress progress = Progress.onStandardError();
    // Round 0 compiles.
    for (int round = common.isQuick() ? 1 : 0; round <= rounds; round++) {
      progress.show("round %d of %d".formatted(round, rounds));
      for (String who : WHO) {
        try (MetricsBenchmark benchmark = MetricsBenchmark.open(observer(who))) {
          MetricsBenchmark.Cost _ = benchmark.ask(count / 10 + 1); // its timer is there, then
          MetricsBenchmark.Cost cost = benchmark.ask(count);
          if (round > 0) {
            rows.add(who, round, cost.nanos(), cost.bytes());
          }
        }
      }
    }
    progress.end();
    report.say("");
  }

  private static @Nullable HttpObserver observer(String who) {
    if (who.equals(NOBODY)) {
      return null;
    }
    MetricsOptions options = MetricsOptions.DEFAULT.withHistograms(who.equals("histogram"));
    PolluxHttpMetrics metrics = new PolluxHttpMetrics(options);
    if (!who.equals("unbound")) {
      MeterRegistry registry =
          who.equals("simple")
              ? new SimpleMeterRegistry()
              : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      metrics.bindTo(registry);
    }
    return metrics;
  }
}
