package dev.pollux.kqueue.fuzz;

/** Whether something is told. */
enum Verdict {
  NO,
  MAY,
  MUST;

  Verdict or(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }

  Verdict and(Verdict other) {
    return compareTo(other) <= 0 ? this : other;
  }

  static Verdict of(boolean isSo) {
    return isSo ? MUST : NO;
  }
}
