package dev.pollux.bench;

import dev.pollux.poll.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** What the pipes benchmark is to show, computed from its results. */
final class PipesBars {

  static final double MAX_EPOLL_GROWTH = 1.5;
  static final double MAX_JAVA_OVER_C = 1.05;
  static final double MIN_LINEAR_FIT = 0.95;

  /** How much of the time at the largest N is due to N, at least, if the growth is to be seen. */
  static final double MIN_LINEAR_SHARE = 0.5;

  private static final int SMALLEST = 100;
  private static final int TERMS_ACTIVE = 100;

  /** The sizes at which Java is compared with C. */
  static final List<Integer> COMPARED_SIZES = List.of(1000, 8000);

  private final PipesResults results;
  private final int active;
  private final boolean judged;

  /**
   * Bars on results.
   *
   * @param judged whether the run was long enough for a verdict
   */
  PipesBars(PipesResults results, int active, boolean judged) {
    this.results = results;
    this.active = active;
    this.judged = judged;
  }

  List<Bar> all() {
    List<Bar> bars = new ArrayList<>();
    bars.add(epollIsFlat());
    bars.add(isLinear(Backend.POLL));
    bars.add(isLinear(Backend.SELECT));
    for (int size : COMPARED_SIZES) {
      bars.add(javaIsNearC(size));
    }
    return bars;
  }

  private Bar epollIsFlat() {
    String claim =
        "epoll is flat: the largest N takes at most %.1f times N = %d, A = %d"
            .formatted(MAX_EPOLL_GROWTH, SMALLEST, TERMS_ACTIVE);
    List<Integer> sizes = results.sizes();
    int largest = sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
    if (!results.backends().contains(Backend.EPOLL)
        || !sizes.contains(SMALLEST)
        || largest <= SMALLEST
        || active != TERMS_ACTIVE) {
      return Bar.notMeasured(claim, "needs epoll, N = 100, a larger N, and --active 100");
    }
    double growth = growth(Backend.EPOLL, SMALLEST, largest, Contestant.JAVA);
    String figures = "%.2f at N = %d".formatted(growth, largest);
    if (results.has(Contestant.C)) {
      figures += " (C: %.2f)".formatted(growth(Backend.EPOLL, SMALLEST, largest, Contestant.C));
    }
    return Bar.ifJudged(judged, claim, growth <= MAX_EPOLL_GROWTH, figures);
  }

  private Bar isLinear(Backend backend) {
    String claim = backend.label() + " grows linearly with N";
    List<Integer> sizes = results.sizes().stream().sorted().toList();
    if (!results.backends().contains(backend) || sizes.size() < 3) {
      return Bar.notMeasured(claim, "needs " + backend.label() + " and three sizes");
    }
    int first = sizes.getFirst();
    int last = sizes.getLast();
    double atFirst = results.median(backend, first, Contestant.JAVA);
    double atLast = results.median(backend, last, Contestant.JAVA);
    Stats.Line line = line(sizes, n -> results.median(backend, n, Contestant.JAVA));
    // Beyond some N the sockets leave the caches, sooner on a busy machine: see the fastest, too.
    Stats.Line fastest = line(sizes, n -> results.minimum(backend, n, Contestant.JAVA));
    double share = line.slope() * (last - first) / atLast;
    String figures =
        "%.0f ns for each pair, R² %.3f; fastest runs %.0f ns, R² %.3f"
                .formatted(line.slope(), line.fit(), fastest.slope(), fastest.fit())
            + "; time/N %.0f ns at %d, %.0f ns at %d"
                .formatted(atFirst / first, first, atLast / last, last);
    if (results.has(Contestant.C)) {
      Stats.Line c = line(sizes, n -> results.median(backend, n, Contestant.C));
      figures += " (C: %.0f ns for each pair, R² %.3f)".formatted(c.slope(), c.fit());
    }
    return Bar.ifJudged(
        judged, claim, line.fit() >= MIN_LINEAR_FIT && share >= MIN_LINEAR_SHARE, figures);
  }

  private static Stats.Line line(List<Integer> sizes, IntToDoubleFunction time) {
    return Stats.line(
        sizes.stream().mapToDouble(Integer::intValue).toArray(),
        sizes.stream().mapToDouble(time::applyAsDouble).toArray());
  }

  /** The bars on a ratio that were measured. */
  List<BarRows.Row> rows() {
    return COMPARED_SIZES.stream()
        .filter(size -> !ratios(size).isEmpty())
        .map(size ->
            BarRows.Row.of(
                "pipes epoll N = %d: Java / C with an idle second thread".formatted(size),
                MAX_JAVA_OVER_C,
                ratios(size)))
        .toList();
  }

  private Bar javaIsNearC(int size) {
    String claim =
        "epoll at N = %d: Java takes at most %.2f times C with an idle second thread"
            .formatted(size, MAX_JAVA_OVER_C);
    List<Double> all = ratios(size);
    if (all.isEmpty()) {
      return Bar.notMeasured(claim, "needs epoll, this N, and that C program");
    }
    double ratio = Stats.median(all);
    StringBuilder figures = new StringBuilder();
    figures.append(
        "%.3f (rounds %.3f to %.3f)".formatted(ratio, Stats.minimum(all), Stats.maximum(all)));
    results
        .ratio(Backend.EPOLL, size, Contestant.C)
        .ifPresent(one -> figures.append("; %.3f times C with one thread".formatted(one)));
    figures.append(
        "; waits a run: %.1f, C %.1f"
            .formatted(waits(size, Contestant.JAVA), waits(size, Contestant.C_TWO_THREADS)));
    boolean enough = judged && all.size() >= BarOptions.ROUNDS;
    return Bar.ifJudged(enough, claim, ratio <= MAX_JAVA_OVER_C, figures.toString());
  }

  private List<Double> ratios(int size) {
    return results.pairedRatios(Backend.EPOLL, size, Contestant.C_TWO_THREADS);
  }

  private double waits(int size, Contestant contestant) {
    return results.waitsPerRun(Backend.EPOLL, size, contestant);
  }

  private double growth(Backend backend, int small, int large, Contestant contestant) {
    return results.median(backend, large, contestant) / results.median(backend, small, contestant);
  }
}
