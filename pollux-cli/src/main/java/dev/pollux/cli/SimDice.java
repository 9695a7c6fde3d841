package dev.pollux.cli;

/**
 * The simulator's source of chance: SplitMix64, written out, so that a seed means the same run on
 * every machine and every JDK.
 *
 * <p>Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
 */
final class SimDice {

  private long state;

  /** Neighbouring seeds give unrelated numbers. */
  SimDice(long seed) {
    this.state = seed;
    this.state = next();
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number of {@code [0, bound)}. */
  int below(int bound) {
    return (int) Math.unsignedMultiplyHigh(next(), bound);
  }

  /** A number of {@code [1, most]}, small ones being as probable as large ones. */
  int upTo(int most) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(most);
    return 1 + below(Math.min(most, 1 << (1 + below(bits))));
  }

  /** True once in so many times. */
  boolean oneIn(int count) {
    return below(count) == 0;
  }

  /** One of these. */
  <T> T pick(T[] values) {
    return values[below(values.length)];
  }
}
