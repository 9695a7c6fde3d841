package dev.pollux.bench;

import dev.pollux.bench.EchoResults.Entry;
import dev.pollux.bench.EchoResults.Phase;
import java.io.PrintWriter;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** The echo benchmark as tables, one for each profile, with the bars below them. */
final class EchoReport {

  private static final double NANOS_PER_MICRO = 1000;
  private static final double MIB = 1 << 20;

  private final EchoResults results;
  private final EchoBars bars;
  private final PrintWriter out;

  EchoReport(EchoResults results, EchoBars bars, PrintWriter out) {
    this.results = results;
    this.bars = bars;
    this.out = out;
  }

  void print() {
    for (EchoProfile profile : results.profiles()) {
      out.printf("%s: %s%n", profile.label(), profile.description());
      long rate = results.rate(profile);
      out.println(
          row(
              "",
              "closed",
              "",
              "",
              "CPU",
              "CPU /",
              "",
              "",
              "at " + rate + "/s",
              "",
              "",
              "",
              "",
              "",
              ""));
      out.println(
          row(
              "server",
              "CPU ns",
              "user",
              "system",
              "/ c",
              "netty",
              "messages/s",
              "busy",
              "CPU ns",
              "p50 µs",
              "p99 µs",
              "p99.9 µs",
              "MiB",
              "heap B",
              "total B"));
      for (String server : results.servers()) {
        out.println(row(profile, server));
      }
      out.println();
    }
    out.println("CPU: of the server, user and system, for each message; medians of the rounds");
    out.println("user, system: the same, split as the kernel's ticks of 10 ms were");
    out.println("/: the median of the rounds' ratios, each of two runs in the same round");
    out.println("busy: the share of its processor that the server took in the closed loop");
    out.println("µs: from the time at which a message was due, sent or not");
    out.println(
        "MiB: resident; on idle of a fresh process, else of the one that ran everything before");
    out.println("heap B: allocated for each message in the closed loop");
    out.println("total B: allocated in all of it, warm-up included, in the worst round");
    out.println();
    for (Bar bar : bars.all()) {
      out.println(bar);
    }
  }

  private String row(EchoProfile profile, String server) {
    boolean fresh = profile == EchoProfile.IDLE;
    return row(
        server,
        median("%.0f", profile, server, Phase.CLOSED, Entry::cpuPerMessage, 1),
        median("%.0f", profile, server, Phase.CLOSED, Entry::userPerMessage, 1),
        median("%.0f", profile, server, Phase.CLOSED, Entry::systemPerMessage, 1),
        ratio(profile, server, EchoBars.C),
        ratio(profile, server, EchoBars.NETTY),
        median("%.0f", profile, server, Phase.CLOSED, entry -> entry.sample().throughput(), 1),
        median("%.0f%%", profile, server, Phase.CLOSED, entry -> entry.sample().busy(), 0.01),
        median("%.0f", profile, server, Phase.FIXED, Entry::cpuPerMessage, 1),
        micros(profile, server, entry -> entry.sample().p50()),
        micros(profile, server, entry -> entry.sample().p99()),
        micros(profile, server, entry -> entry.sample().p999()),
        median(
            "%.0f", profile, server, fresh ? Phase.FRESH : Phase.CLOSED, Entry::residentBytes, MIB),
        median("%.2f", profile, server, Phase.CLOSED, Entry::allocatedPerMessage, 1),
        worst(profile, server));
  }

  private static String row(String... cells) {
    return "%-15s %9s %6s %7s %7s %7s %10s %5s %9s %8s %8s %8s %6s %9s %11s"
        .formatted((Object[]) cells)
        .stripTrailing();
  }

  private String micros(EchoProfile profile, String server, ToDoubleFunction<Entry> figure) {
    return median("%.1f", profile, server, Phase.FIXED, figure, NANOS_PER_MICRO);
  }

  private String median(
      String format,
      EchoProfile profile,
      String server,
      Phase phase,
      ToDoubleFunction<Entry> figure,
      double unit) {
    double value = results.median(profile, server, phase, figure);
    return Double.isNaN(value) ? "-" : format.formatted(value / unit);
  }

  private String worst(EchoProfile profile, String server) {
    double bytes = results.maximum(profile, server, Phase.CLOSED, Entry::allocatedBytes);
    return Double.isNaN(bytes) ? "-" : "%.0f".formatted(bytes);
  }

  private String ratio(EchoProfile profile, String server, String other) {
    OptionalDouble ratio = results.cpuRatio(profile, server, other, Phase.CLOSED);
    return ratio.isEmpty() ? "-" : "%.3f".formatted(ratio.getAsDouble());
  }
}
