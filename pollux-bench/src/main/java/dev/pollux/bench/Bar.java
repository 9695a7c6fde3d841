package dev.pollux.bench;

import java.util.Locale;

/**
 * A promise of the project, held against what was measured.
 *
 * @param claim what is promised
 * @param verdict whether this run kept it
 * @param figures what was measured, or why nothing was
 */
record Bar(String claim, Verdict verdict, String figures) {

  /** The outcome for one bar. */
  enum Verdict {
    MET,
    MISSED,
    NOT_MEASURED;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  static Bar of(String claim, boolean met, String figures) {
    return new Bar(claim, met ? Verdict.MET : Verdict.MISSED, figures);
  }

  /**
   * The same, if the run was long enough for a verdict; else only the figures.
   *
   * @param judged whether it was
   */
  static Bar ifJudged(boolean judged, String claim, boolean met, String figures) {
    return judged
        ? of(claim, met, figures)
        : notMeasured(claim, "too quick a run for a verdict on " + figures);
  }

  static Bar notMeasured(String claim, String why) {
    return new Bar(claim, Verdict.NOT_MEASURED, why);
  }

  @Override
  public String toString() {
    return "%-12s  %s: %s".formatted(verdict.label(), claim, figures);
  }
}
