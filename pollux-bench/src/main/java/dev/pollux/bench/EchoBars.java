package dev.pollux.bench;

import dev.pollux.bench.EchoResults.Entry;
import dev.pollux.bench.EchoResults.Phase;
import java.util.ArrayList;
import java.util.List;

/** What the echo benchmark is to show, computed from its results. */
final class EchoBars {

  static final String C = "c";
  static final String C_THREAD = "c-thread";
  static final String NIO = "nio";
  static final String SHIPPED = "pollux";
  static final String NETTY = "netty-epoll";
  static final String POLLUX = "pollux-level";

  /** What still counts as nothing allocated for each message: 0.00 when printed. */
  private static final double NO_BYTES = 0.005;

  private static final double MIB = 1 << 20;

  /** A bar on the processor time of the shipped server. */
  private record CpuBar(EchoProfile profile, String other, double limit) {}

  private static final List<CpuBar> CPU =
      List.of(
          new CpuBar(EchoProfile.PINGPONG64, C_THREAD, 1.05),
          new CpuBar(EchoProfile.CHURN, C_THREAD, 1.08),
          new CpuBar(EchoProfile.PIPELINE16, C_THREAD, 1.08),
          new CpuBar(EchoProfile.CONNS1000, C_THREAD, 1.10),
          new CpuBar(EchoProfile.PINGPONG64, NETTY, 0.95),
          new CpuBar(EchoProfile.CHURN, NETTY, 0.85));

  private final EchoResults results;
  private final boolean judged;

  /**
   * Bars on results.
   *
   * @param judged whether the run was long enough for a verdict
   */
  EchoBars(EchoResults results, boolean judged) {
    this.results = results;
    this.judged = judged;
  }

  List<Bar> all() {
    List<Bar> bars = new ArrayList<>();
    CPU.forEach(bar -> bars.add(cpu(bar)));
    bars.add(allocation());
    bars.add(resident(85));
    bars.add(idleMemory(NIO, 1.25));
    bars.add(idleMemory(NETTY, 0.5));
    return bars;
  }

  /** The bars on processor time that were measured. */
  List<BarRows.Row> rows() {
    return CPU.stream()
        .filter(bar -> !ratios(bar).isEmpty())
        .map(bar ->
            BarRows.Row.of(
                "echo %s: %s / %s".formatted(bar.profile().label(), SHIPPED, bar.other()),
                bar.limit(),
                ratios(bar)))
        .toList();
  }

  private Bar cpu(CpuBar bar) {
    String claim =
        "%s, CPU for each %s: %s takes at most %.2f times %s"
            .formatted(
                bar.profile().label(),
                bar.profile() == EchoProfile.CHURN ? "connection" : "message",
                SHIPPED,
                bar.limit(),
                bar.other());
    List<Double> ratios = ratios(bar);
    if (ratios.isEmpty()) {
      return Bar.notMeasured(claim, "needs both of them in the run");
    }
    double median = Stats.median(ratios);
    StringBuilder figures = new StringBuilder(figures(median, ratios));
    results
        .cpuRatio(bar.profile(), SHIPPED, bar.other(), Phase.FIXED)
        .ifPresent(fixed -> figures.append("; %.3f at the fixed rate".formatted(fixed)));
    return bar(claim, median <= bar.limit(), figures.toString());
  }

  private List<Double> ratios(CpuBar bar) {
    return results.pairedRatios(
        bar.profile(), SHIPPED, bar.other(), Phase.CLOSED, Entry::cpuPerMessage);
  }

  private Bar allocation() {
    EchoProfile profile = EchoProfile.PINGPONG64;
    String claim = "%s: %s allocates nothing for a message".formatted(profile.label(), POLLUX);
    double bytes = results.maximum(profile, POLLUX, Phase.CLOSED, Entry::allocatedPerMessage);
    if (Double.isNaN(bytes)) {
      return Bar.notMeasured(claim, "needs it in the run");
    }
    double total = results.maximum(profile, POLLUX, Phase.CLOSED, Entry::allocatedBytes);
    String figures = "%.2f B in the worst round, %,.0f B in all of it".formatted(bytes, total);
    return bar(claim, bytes < NO_BYTES, figures);
  }

  private Bar resident(double mostMegabytes) {
    EchoProfile profile = EchoProfile.PINGPONG64;
    String claim =
        "%s, memory: %s has at most %.0f MB".formatted(profile.label(), SHIPPED, mostMegabytes);
    double bytes = results.maximum(profile, SHIPPED, Phase.CLOSED, Entry::residentBytes);
    if (Double.isNaN(bytes)) {
      return Bar.notMeasured(claim, "needs it in the run");
    }
    double megabytes = bytes / 1e6;
    return bar(
        claim, megabytes <= mostMegabytes, "%.0f MB in the worst round".formatted(megabytes));
  }

  private Bar idleMemory(String other, double most) {
    String claim =
        "%s, memory: %s has at most %.2f times %s"
            .formatted(EchoProfile.IDLE.label(), SHIPPED, most, other);
    List<Double> all =
        results.pairedRatios(EchoProfile.IDLE, SHIPPED, other, Phase.FRESH, Entry::residentBytes);
    if (all.isEmpty()) {
      return Bar.notMeasured(claim, "needs both of them in the run");
    }
    double ratio = Stats.median(all);
    return bar(
        claim,
        ratio <= most,
        figures(ratio, all) + "; %.0f MiB and %.0f MiB".formatted(mib(SHIPPED), mib(other)));
  }

  private double mib(String server) {
    return results.median(EchoProfile.IDLE, server, Phase.FRESH, Entry::residentBytes) / MIB;
  }

  private Bar bar(String claim, boolean met, String figures) {
    return Bar.ifJudged(judged, claim, met, figures);
  }

  private static String figures(double median, List<Double> all) {
    return "%.3f (rounds %.3f to %.3f)".formatted(median, Stats.minimum(all), Stats.maximum(all));
  }
}
