package dev.pollux.bench;

import java.util.Locale;

/**
 * A promise of the project, held against what was measured.
 *
 * @param claim what is to be so small, or so great
 * @param isMost whether the limit is the most, not the least, that is allowed
 * @param measured the figure of each round, of which the median counts
 * @param format of the figure, such as {@code %.1f ns}
 * @param needs what has to be in the run, said if nothing was measured
 * @param rounds how many a verdict needs
 * @param more figures that explain the one
 */
record Bar(
    String claim,
    boolean isMost,
    double limit,
    Spread measured,
    String format,
    String needs,
    int rounds,
    String more) {

  /** The outcome for one bar. */
  enum Verdict {
    MET,
    MISSED,
    NOT_MEASURED;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  static Bar atMost(double limit, String format, String claim, Spread measured) {
    return new Bar(claim, true, limit, measured, format, "it in the run", 1, "");
  }

  static Bar atLeast(double limit, String format, String claim, Spread measured) {
    return new Bar(claim, false, limit, measured, format, "it in the run", 1, "");
  }

  Bar needs(int leastRounds, String what) {
    return new Bar(claim, isMost, limit, measured, format, what, leastRounds, more);
  }

  Bar with(String explanation) {
    return new Bar(claim, isMost, limit, measured, format, needs, rounds, explanation);
  }

  /** Whether this run kept it. */
  Verdict verdict() {
    if (measured.count() < Math.max(1, rounds)) {
      return Verdict.NOT_MEASURED;
    }
    double median = measured.median();
    return (isMost ? median <= limit : median >= limit) ? Verdict.MET : Verdict.MISSED;
  }

  /**
   * The line that tells it.
   *
   * @param judged whether the run was one for verdicts
   */
  String line(boolean judged) {
    Verdict verdict = judged ? verdict() : Verdict.NOT_MEASURED;
    String figures;
    if (measured.isEmpty()) {
      figures = "needs " + needs;
    } else if (verdict == Verdict.NOT_MEASURED) {
      figures = "too quick a run for a verdict on " + measured.text(format) + more;
    } else {
      figures = measured.text(format) + more;
    }
    String bound = (isMost ? "at most " : "at least ") + format.formatted(limit);
    return "%-12s  %s, %s: %s".formatted(verdict.label(), claim, bound, figures);
  }
}
