package dev.pollux.micrometer;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.function.Consumer;

/**
 * What is said of meters, beside their figures.
 *
 * <p>Immutable. Threads: any. Errors: each {@code with} throws IllegalArgumentException for a value
 * out of bounds.
 */
public final class MetricsOptions {

  /** What is so by default. */
  public static final MetricsOptions DEFAULT = new MetricsOptions(new Values());

  private static final int MAX_ROUTES = 10_000;

  private final Values values;

  private MetricsOptions(Values values) {
    this.values = values;
  }

  /** As these, with other tags. */
  public MetricsOptions withTags(Iterable<Tag> tags) {
    Tags all = Tags.of(tags);
    return with(v -> v.tags = all);
  }

  /** Tags of all meters. By default none. */
  public Tags tags() {
    return values.tags;
  }

  /** As these, with histograms or not. */
  public MetricsOptions withHistograms(boolean histograms) {
    return with(v -> v.histograms = histograms);
  }

  /**
   * Whether there are histograms, of the latency of requests and of the lag of loops. By default
   * not: of requests that is some 70 series for each method, route and status.
   */
  public boolean histograms() {
    return values.histograms;
  }

  /** As these, with another {@link #maxRoutes}: 1 to 10,000. */
  public MetricsOptions withMaxRoutes(int maxRoutes) {
    if (maxRoutes < 1 || maxRoutes > MAX_ROUTES) {
      throw new IllegalArgumentException(
          "maxRoutes: " + maxRoutes + " is not within 1 and " + MAX_ROUTES);
    }
    return with(v -> v.maxRoutes = maxRoutes);
  }

  /** How many routes are told apart; those that come later are "OTHER". By default 200. */
  public int maxRoutes() {
    return values.maxRoutes;
  }

  @Override
  public String toString() {
    return "MetricsOptions[tags="
        + tags()
        + ", histograms="
        + histograms()
        + ", maxRoutes="
        + maxRoutes()
        + "]";
  }

  private MetricsOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new MetricsOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    Tags tags = Tags.empty();
    boolean histograms;
    int maxRoutes = 200;

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
