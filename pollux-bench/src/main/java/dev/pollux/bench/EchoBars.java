package dev.pollux.bench;

import dev.pollux.bench.EchoResults.Entry;
import dev.pollux.bench.EchoResults.Phase;
import java.util.List;
import java.util.OptionalDouble;

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
    return List.of(
        cpu(EchoProfile.PINGPONG64, C_THREAD, 1.05),
        cpu(EchoProfile.CHURN, C_THREAD, 1.08),
        cpu(EchoProfile.PIPELINE16, C_THREAD, 1.08),
        cpu(EchoProfile.CONNS1000, C_THREAD, 1.10),
        cpu(EchoProfile.PINGPONG64, NETTY, 0.95),
        cpu(EchoProfile.CHURN, NETTY, 0.85),
        allocation(),
        resident(85),
        idleMemory(1.25));
  }

  private Bar cpu(EchoProfile profile, String other, double most) {
    String claim =
        "%s, CPU for each %s: %s takes at most %.2f times %s"
            .formatted(
                profile.label(),
                profile == EchoProfile.CHURN ? "connection" : "message",
                SHIPPED,
                most,
                other);
    OptionalDouble ratio = results.cpuRatio(profile, SHIPPED, other, Phase.CLOSED);
    if (ratio.isEmpty()) {
      return Bar.notMeasured(claim, "needs both of them in the run");
    }
    List<Double> all =
        results.pairedRatios(profile, SHIPPED, other, Phase.CLOSED, Entry::cpuPerMessage);
    StringBuilder figures = new StringBuilder(figures(ratio.getAsDouble(), all));
    results
        .cpuRatio(profile, SHIPPED, other, Phase.FIXED)
        .ifPresent(fixed -> figures.append("; %.3f at the fixed rate".formatted(fixed)));
    return bar(claim, ratio.getAsDouble() <= most, figures.toString());
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

  private Bar idleMemory(double most) {
    String claim =
        "%s, memory: %s has at most %.2f times %s"
            .formatted(EchoProfile.IDLE.label(), SHIPPED, most, NIO);
    List<Double> all =
        results.pairedRatios(EchoProfile.IDLE, SHIPPED, NIO, Phase.FRESH, Entry::residentBytes);
    if (all.isEmpty()) {
      return Bar.notMeasured(claim, "needs both of them in the run");
    }
    double ratio = Stats.median(all);
    return bar(
        claim,
        ratio <= most,
        figures(ratio, all) + "; %.0f MiB and %.0f MiB".formatted(mib(SHIPPED), mib(NIO)));
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
