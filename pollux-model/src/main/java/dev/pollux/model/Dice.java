package dev.pollux.model;

/**
 * The model's source of chance: SplitMix64, written out, so that a seed means the same run on every
 * machine and every JDK.
 *
 * <p>Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
 */
final class Dice {

  private static final double UNIT = 0x1.0p-53;

  private long state;

  Dice(long seed) {
    this.state = seed;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number of {@code [0, 1)}. */
  double unit() {
    return (next() >>> 11) * UNIT;
  }

  /** A number of {@code [0, bound)}. */
  long below(long bound) {
    return Math.unsignedMultiplyHigh(next(), bound);
  }
}
