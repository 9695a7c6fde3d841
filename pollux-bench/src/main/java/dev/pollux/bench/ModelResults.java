package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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

  /** One point of measurement. */
  record Point(ModelCase what, int items, int ready, JmhRun.Score score) {

    double nanosPerEvent() {
      return score.nanos() / ready;
    }
  }

  private final List<Point> points = new ArrayList<>();
  private @Nullable ModelMemory memory;

  void add(Point point) {
    points.add(point);
  }

  void measured(ModelMemory found) {
    memory = found;
  }

  void print(PrintWriter out) {
    out.printf(
        "%-28s %10s %6s %9s %9s %8s%n",
        "", "registered", "ready", "ns", "ns/event", "B");
    for (Point p : points) {
      boolean isWait = p.what == ModelCase.WAIT_FOR_ONE || p.what == ModelCase.WAIT_FOR_MANY;
      out.printf(
          "%-28s %10d %6s %9.1f %9s %8.3f%n",
          p.what.label(),
          p.items,
          isWait ? p.ready : "-",
          p.score.nanos(),
          isWait ? "%.1f".formatted(p.nanosPerEvent()) : "-",
          p.score.bytes());
    }
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
        ratio(
            "ADD + DEL takes O(log n)",
            ModelCase.CONTROL_ONE,
            MAX_CONTROL_RATIO),
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
    OptionalDouble few = nanos(of, FEW);
    OptionalDouble many = nanos(of, MANY);
    if (few.isEmpty() || many.isEmpty()) {
      return Bar.notMeasured(claim, "needs both sizes");
    }
    double ratio = many.getAsDouble() / few.getAsDouble();
    return Bar.of(claim, ratio <= most, "%.2f x".formatted(ratio));
  }

  private Bar rate() {
    String claim = "at least %.0f million events a second".formatted(MIN_EVENTS_PER_SECOND / 1e6);
    OptionalDouble slowest =
        points.stream()
            .filter(p -> p.what == ModelCase.WAIT_FOR_MANY)
            .mapToDouble(Point::nanosPerEvent)
            .max();
    if (slowest.isEmpty()) {
      return Bar.notMeasured(claim, "needs a batch");
    }
    double rate = NANOS_PER_SECOND / slowest.getAsDouble();
    return Bar.of(claim, rate >= MIN_EVENTS_PER_SECOND, "%.1f million".formatted(rate / 1e6));
  }

  private Bar allocation() {
    String claim = "no event allocates";
    OptionalDouble most =
        points.stream()
            .filter(p -> p.what == ModelCase.WAIT_FOR_ONE || p.what == ModelCase.WAIT_FOR_MANY)
            .mapToDouble(p -> p.score.bytes())
            .max();
    if (most.isEmpty()) {
      return Bar.notMeasured(claim, "needs a wait");
    }
    double bytes = most.getAsDouble();
    return Bar.of(claim, bytes <= MAX_BYTES_PER_WAIT, "at most %.4f B a wait".formatted(bytes));
  }

  private OptionalDouble nanos(ModelCase what, int items) {
    return points.stream()
        .filter(p -> p.what == what && p.items == items)
        .mapToDouble(p -> p.score.nanos())
        .max();
  }
}
