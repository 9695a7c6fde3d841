package dev.pollux.bench;

/** Who runs a benchmark. */
enum Contestant {
  /** Pollux in this JVM. */
  JAVA("Java"),
  /** The C program with one thread: the bar. */
  C("C"),
  /** The C program with a second, idle thread, as a JVM has several: explains part of the rest. */
  C_TWO_THREADS("C, 2 threads");

  private final String label;

  Contestant(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** How many threads the C program is given. */
  int threads() {
    return this == C_TWO_THREADS ? 2 : 1;
  }

  static Contestant ofThreads(int threads) {
    return threads == 2 ? C_TWO_THREADS : C;
  }
}
