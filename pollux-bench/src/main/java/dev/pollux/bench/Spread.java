package dev.pollux.bench;

import java.util.Collection;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What the rounds gave for one figure, the least first; of nothing, every figure is NaN. What is no
 * number is left out.
 */
record Spread(List<Double> sorted) {

  static final Spread NONE = of();

  Spread {
    sorted = sorted.stream().filter(Double::isFinite).sorted().toList();
  }

  static Spread of(double... figures) {
    return new Spread(DoubleStream.of(figures).boxed().toList());
  }

  static Spread of(Collection<? extends Number> figures) {
    return new Spread(figures.stream().map(Number::doubleValue).toList());
  }

  boolean isEmpty() {
    return sorted.isEmpty();
  }

  int count() {
    return sorted.size();
  }

  /** The middle figure, or the mean of the two in the middle. */
  double median() {
    int n = count();
    return n == 0 ? Double.NaN : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  double least() {
    return isEmpty() ? Double.NaN : sorted.getFirst();
  }

  double greatest() {
    return isEmpty() ? Double.NaN : sorted.getLast();
  }

  Spread times(double factor) {
    return new Spread(sorted.stream().map(each -> each * factor).toList());
  }

  /**
   * For a table: the median, and half of the way from the least to the greatest as a part of it.
   */
  String cell(String format) {
    if (isEmpty()) {
      return "-";
    }
    String median = format.formatted(median());
    double share = (greatest() - least()) / 2 / Math.abs(median());
    if (count() < 2 || !Double.isFinite(share)) {
      return median;
    }
    return median + (share < 10 ? " ±%.0f%%".formatted(100 * share) : " ±%.0fx".formatted(share));
  }

  /** For a sentence: the median, the least and the greatest. */
  String text(String format) {
    String all = format.formatted(median());
    return count() < 2
        ? all
        : "%s (rounds %s to %s)"
            .formatted(all, format.formatted(least()), format.formatted(greatest()));
  }

  /** The straight line nearest to the points, by least squares. */
  static Line line(double[] x, double[] y) {
    int n = x.length;
    if (n != y.length) {
      throw new IllegalArgumentException(n + " values of x and " + y.length + " of y");
    }
    double meanX = DoubleStream.of(x).average().orElse(Double.NaN);
    double meanY = DoubleStream.of(y).average().orElse(Double.NaN);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return new Line(xy / xx, xy * xy / (xx * yy));
  }

  /**
   * A line through points.
   *
   * @param slope the rise for each unit of x
   * @param fit R², from 0, no line at all, to 1, all points on the line
   */
  record Line(double slope, double fit) {}
}
