package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The figures of the model's benchmark, its bars, and the table drawn from them. */
final class ModelResults {

  static final int FEW = 1_000;
  static final int MANY = 1_000_000;

  /**
   * log2 of {@link #MANY} is twice that of {@link #FEW}; twice again is for the caches, which hold
   * the one tree and not the other.
   */
  static final double MAX_CONTROL_RATIO = 4;

  static final double MAX_WAIT_RATIO = 2;
  static final double MIN_EVENTS_PER_SECOND = 3e6;

  /** Half of the smallest object; JMH's own few bytes, spread over the calls, show as well. */
  static final double MAX_BYTES_PER_WAIT = 8;

  private static final double NANOS_PER_SECOND = 1e9;

  /** What is measured, several times. */
  record Point(ModelCase what, int items, int ready) {}

  private final boolean judged;
  private final Map<Point, List<JmhRun.Score>> scores = new LinkedHashMap<>();
  private @Nullable ModelMemory memory;

  /**
   * No figures yet.
   *
   * @param judged whether the run is long enough for a verdict
   */
  ModelResults(boolean judged) {
    this.judged = judged;
  }

  void add(Point point, JmhRun.Score score) {
    scores.computeIfAbsent(point, _ -> new ArrayList<>()).add(score);
  }

  void measured(ModelMemory found) {
    memory = found;
  }

  void print(PrintWriter out) {
    out.printf("%-28s %10s %6s %9s %9s %8s%n", "", "registered", "ready", "ns", "ns/event", "B");
    for (Point p : scores.keySet()) {
      boolean isWait = p.what.isWait();
      out.printf(
          "%-28s %10d %6s %9.1f %9s %8.3f%n",
          p.what.label(),
          p.items,
          isWait ? p.ready : "-",
          nanos(p),
          isWait ? "%.1f".formatted(nanos(p) / p.ready) : "-",
          bytes(p));
    }
    out.println(
        "The best iteration of each fork, medians of the rounds; B: the most of any round.");
    out.println();
    if (memory != null) {
      out.printf(
          "Heap with %d registered: %.0f B for each registration, and %.0f B for its eventfd.%n%n",
          memory.items(), memory.perItem(), memory.perEventfd());
    }
    bars().forEach(out::println);
  }

  List<Bar> bars() {
    return List.of(
        ratio("ADD + DEL takes O(log n)", ModelCase.CONTROL_ONE, MAX_CONTROL_RATIO),
        ratio("a wait takes O(ready)", ModelCase.WAIT_FOR_ONE, MAX_WAIT_RATIO),
        rate(),
        allocation());
  }

  private static String thousands(int count) {
    return "%,d".formatted(count);
  }

  private Bar ratio(String what, ModelCase of, double most) {
    String claim =
        "%s: at %s registered at most %.0f x that at %s"
            .formatted(what, thousands(MANY), most, thousands(FEW));
    double ratio = nanos(new Point(of, MANY, 1)) / nanos(new Point(of, FEW, 1));
    if (Double.isNaN(ratio)) {
      return Bar.notMeasured(claim, "needs both sizes");
    }
    return Bar.ifJudged(judged, claim, ratio <= most, "%.2f x".formatted(ratio));
  }

  private Bar rate() {
    String claim = "at least %.0f million events a second".formatted(MIN_EVENTS_PER_SECOND / 1e6);
    OptionalDouble slowest =
        scores.keySet().stream()
            .filter(p -> p.what == ModelCase.WAIT_FOR_MANY)
            .mapToDouble(p -> nanos(p) / p.ready)
            .max();
    if (slowest.isEmpty()) {
      return Bar.notMeasured(claim, "needs a batch");
    }
    double rate = NANOS_PER_SECOND / slowest.getAsDouble();
    return Bar.ifJudged(
        judged, claim, rate >= MIN_EVENTS_PER_SECOND, "%.1f million".formatted(rate / 1e6));
  }

  private Bar allocation() {
    String claim = "no event allocates";
    OptionalDouble most =
        scores.keySet().stream().filter(p -> p.what.isWait()).mapToDouble(this::bytes).max();
    if (most.isEmpty()) {
      return Bar.notMeasured(claim, "needs a wait");
    }
    double bytes = most.getAsDouble();
    return Bar.ifJudged(
        judged, claim, bytes <= MAX_BYTES_PER_WAIT, "at most %.4f B a wait".formatted(bytes));
  }

  private double nanos(Point point) {
    return Stats.median(of(point).stream().map(JmhRun.Score::bestNanos).toList());
  }

  private double bytes(Point point) {
    return Stats.maximum(of(point).stream().map(JmhRun.Score::bytes).toList());
  }

  private List<JmhRun.Score> of(Point point) {
    return scores.getOrDefault(point, List.of());
  }
}
