package dev.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The rounds of the seam benchmark, and the table drawn from them. */
final class SeamResults {

  static final double MAX_OVER_C_NANOS = 40;

  /** The smallest object takes 16 bytes; JMH's own few, spread over the calls, show as well. */
  static final double MAX_BYTES_PER_CALL = 0.5;

  /**
   * One round of one call: nanoseconds for each call.
   *
   * @param c by the contestants in C that took part
   * @param bytes allocated for each call through the seam
   */
  record Round(double sys, double handle, double bytes, Map<Contestant, Double> c) {}

  private final boolean judged;
  private final Map<SeamCall, List<Round>> rounds = new EnumMap<>(SeamCall.class);

  /**
   * No figures yet.
   *
   * @param judged whether the run is long enough for a verdict
   */
  SeamResults(boolean judged) {
    this.judged = judged;
  }

  void add(SeamCall call, Round round) {
    rounds.computeIfAbsent(call, _ -> new ArrayList<>()).add(round);
  }

  /** The median of the line of {@code seam.c}: {@code NANOS_PER_CALL...}. */
  static double parse(String payload) throws IOException {
    try {
      return Stats.median(
          Arrays.stream(payload.strip().split(" +", -1)).map(Double::valueOf).toList());
    } catch (NumberFormatException e) {
      throw new IOException("the C program's figures are not numbers: " + payload, e);
    }
  }

  void print(PrintWriter out) {
    out.printf(
        "%-14s %9s %9s %9s %9s %9s %9s %9s%n",
        "ns a call", "Sys", "handle", "C", "C2", "Sys-C", "Sys-C2", "B a call");
    rounds.forEach((call, all) ->
        out.printf(
            "%-14s %9.1f %9.1f %9s %9s %9s %9s %9.3f%n",
            call.label(),
            Stats.median(all.stream().map(Round::sys).toList()),
            Stats.median(all.stream().map(Round::handle).toList()),
            text(cost(call, Contestant.C)),
            text(cost(call, Contestant.C_TWO_THREADS)),
            text(difference(call, Contestant.C)),
            text(difference(call, Contestant.C_TWO_THREADS)),
            Stats.maximum(all.stream().map(Round::bytes).toList())));
    out.println("C2: with a second, idle thread. Medians of the rounds; B: the most of any round.");
    out.println();
    bars().forEach(out::println);
  }

  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (Contestant c : List.of(Contestant.C, Contestant.C_TWO_THREADS)) {
      String claim =
          "epoll_wait through Sys is within %.0f ns of %s".formatted(MAX_OVER_C_NANOS, c.label());
      OptionalDouble difference = difference(SeamCall.EPOLL_WAIT, c);
      if (difference.isEmpty()) {
        bars.add(Bar.notMeasured(claim, "needs the C program"));
      } else {
        double nanos = difference.getAsDouble();
        bars.add(
            Bar.ifJudged(judged, claim, nanos <= MAX_OVER_C_NANOS, "%+.1f ns".formatted(nanos)));
      }
    }
    double most =
        Stats.maximum(rounds.values().stream().flatMap(List::stream).map(Round::bytes).toList());
    bars.add(
        Bar.ifJudged(
            judged,
            "no call through Sys allocates",
            most <= MAX_BYTES_PER_CALL,
            "at most %.4f B a call".formatted(most)));
    return bars;
  }

  /** The median over the rounds of the difference within each. */
  OptionalDouble difference(SeamCall call, Contestant c) {
    return median(
        of(call, c).stream().map(round -> round.sys() - round.c().getOrDefault(c, 0.0)).toList());
  }

  private OptionalDouble cost(SeamCall call, Contestant c) {
    return median(of(call, c).stream().map(round -> round.c().getOrDefault(c, 0.0)).toList());
  }

  private List<Round> of(SeamCall call, Contestant c) {
    return rounds.getOrDefault(call, List.of()).stream()
        .filter(round -> round.c().containsKey(c))
        .toList();
  }

  private static OptionalDouble median(List<Double> values) {
    return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Stats.median(values));
  }

  private static String text(OptionalDouble value) {
    return value.isEmpty() ? "-" : "%.1f".formatted(value.getAsDouble());
  }
}
