package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The figures of the timers' benchmark, its bars, and the table drawn from them. */
final class TimerResults {

  static final double MAX_NANOS = 100;

  /** The smallest object takes 16 bytes; JMH's own few, spread over the calls, show as well. */
  static final double MAX_BYTES = 0.5;

  private final int pending;
  private final boolean judged;
  private final Map<TimerCase, List<JmhRun.Score>> scores = new EnumMap<>(TimerCase.class);

  /**
   * No figures yet.
   *
   * @param pending how many timers there are while others come and go
   * @param judged whether the run is long enough for a verdict
   */
  TimerResults(int pending, boolean judged) {
    this.pending = pending;
    this.judged = judged;
  }

  void add(TimerCase each, JmhRun.Score score) {
    scores.computeIfAbsent(each, _ -> new ArrayList<>()).add(score);
  }

  void print(PrintWriter out) {
    out.printf("%-30s %-28s %9s %9s%n", "", "", "ns", "B");
    scores.forEach((each, all) ->
        out.printf("%-30s %-28s %9.1f %9.3f%n", each.what(), each.who(), nanos(all), bytes(all)));
    out.println("Means of each fork, medians of the rounds; B: the most of any round.");
    out.println();
    bars().forEach(out::println);
  }

  List<Bar> bars() {
    String claim =
        "schedule + cancel takes at most %.0f ns among %,d".formatted(MAX_NANOS, pending);
    String allocation = "schedule + cancel allocates nothing";
    List<JmhRun.Score> pairs = scores.get(TimerCase.PAIR_POLLUX);
    if (pairs == null) {
      return List.of(
          Bar.notMeasured(claim, "needs the wheel"),
          Bar.notMeasured(allocation, "needs the wheel"));
    }
    double nanos = nanos(pairs);
    double bytes = bytes(pairs);
    return List.of(
        Bar.ifJudged(judged, claim, nanos <= MAX_NANOS, "%.1f ns".formatted(nanos)),
        Bar.ifJudged(judged, allocation, bytes <= MAX_BYTES, "%.4f B".formatted(bytes)));
  }

  private static double nanos(List<JmhRun.Score> all) {
    return Stats.median(all.stream().map(JmhRun.Score::nanos).toList());
  }

  private static double bytes(List<JmhRun.Score> all) {
    return Stats.maximum(all.stream().map(JmhRun.Score::bytes).toList());
  }
}
