package dev.pollux.lab.fuzz;

/**
 * Where two kernels disagree.
 *
 * @param index the operation's place in the program
 * @param op the operation as it was executed
 * @param expected what the oracle said
 * @param actual what the other one said
 */
record Difference(int index, Op op, String expected, String actual) {
  /** What differences that look alike have in common: the kind of operation, and both results. */
  String signature() {
    return op.kind() + ": " + (expected + ", " + actual).replaceAll("#\\d+", "#");
  }
}
