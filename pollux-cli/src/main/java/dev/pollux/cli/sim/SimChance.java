package dev.pollux.cli.sim;

import java.util.Random;

/** What a seed is asked for in {@code pollux sim}. */
record SimChance(Random random) {

  /** A number of {@code [0, bound)}. */
  int below(int bound) {
    return random.nextInt(bound);
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
