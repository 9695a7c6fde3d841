package dev.pollux.bench;

import java.util.Collection;

/** The arithmetic of the reports. An empty collection has no figures: NaN. */
final class Stats {

  private Stats() {}

  /** The middle value, or the mean of the two in the middle. */
  static double median(Collection<? extends Number> values) {
    double[] sorted = sorted(values);
    int n = sorted.length;
    if (n == 0) {
      return Double.NaN;
    }
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** The smallest value. */
  static double minimum(Collection<? extends Number> values) {
    double[] sorted = sorted(values);
    return sorted.length == 0 ? Double.NaN : sorted[0];
  }

  /** The largest value. */
  static double maximum(Collection<? extends Number> values) {
    double[] sorted = sorted(values);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length - 1];
  }

  /** The straight line nearest to the points, by least squares. */
  static Line line(double[] x, double[] y) {
    int n = x.length;
    if (n != y.length) {
      throw new IllegalArgumentException(n + " values of x and " + y.length + " of y");
    }
    double meanX = mean(x);
    double meanY = mean(y);
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

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double[] sorted(Collection<? extends Number> values) {
    return values.stream().mapToDouble(Number::doubleValue).sorted().toArray();
  }
}
