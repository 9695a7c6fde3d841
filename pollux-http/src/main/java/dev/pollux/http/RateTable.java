package dev.pollux.http;

import java.util.Arrays;

/**
 * How much each of many has left of what it may do: by the generic cell rate algorithm, a time for
 * each, up to which what it did is paid for. Whose time is over is as one that is not known, and
 * makes room for another one.
 *
 * <p>Bounded: where all that are known are in debt, another one finds no place. To look for one
 * costs a few steps, whatever it finds.
 *
 * <p>Threads: any, under its lock, which is held for those steps. Source: ITU-T I.371, A.
 */
final class RateTable {

  /** There is no place. */
  static final long FULL = Long.MAX_VALUE;

  private static final int FEW = 64; // a power of two
  private static final int LOOKS = 16;
  private static final int NONE = -1;

  private final int max;
  private final long intervalNanos;
  private final long toleranceNanos;
  private final long salt;

  // By the lock: a chain for each hash, through the places.
  private int[] heads = empty(FEW);
  private int[] next = new int[FEW];
  private long[] keys = new long[FEW];
  private long[] paidUntil = new long[FEW];
  private int count;
  private int hand; // the place that was looked at last

  /**
   * A table.
   *
   * @param intervalNanos what one costs
   * @param toleranceNanos how far ahead one may be
   * @param salt so that nobody knows whose chains are the same
   */
  RateTable(int max, long intervalNanos, long toleranceNanos, long salt) {
    this.max = max;
    this.intervalNanos = intervalNanos;
    this.toleranceNanos = toleranceNanos;
    this.salt = salt;
  }

  private static int[] empty(int size) {
    int[] heads = new int[size];
    Arrays.fill(heads, NONE);
    return heads;
  }

  /** Takes one from a key: 0 if it has one, or in how many ns it will; FULL without a place. */
  synchronized long take(long key, long now) {
    int place = find(key);
    if (place == NONE) {
      place = claim(now);
      if (place == NONE) {
        return FULL;
      }
      enter(place, key, now);
    }
    long from = paidUntil[place] - now > 0 ? paidUntil[place] : now;
    long ahead = from - now;
    if (ahead > toleranceNanos) {
      return ahead - toleranceNanos;
    }
    paidUntil[place] = from + intervalNanos;
    return 0;
  }

  private int find(long key) {
    int place = heads[bucket(key)];
    while (place != NONE && keys[place] != key) {
      place = next[place];
    }
    return place;
  }

  private int bucket(long key) {
    return (int) mix(key ^ salt) & heads.length - 1;
  }

  /** A number of which each bit depends on all. */
  static long mix(long number) {
    long mixed = (number ^ number >>> 32) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 29) * 0xbf58476d1ce4e5b9L;
    return mixed ^ mixed >>> 32;
  }

  /** A place that nobody has, or nobody needs any more. */
  private int claim(long now) {
    if (count < max) {
      if (count == keys.length) {
        grow();
      }
      count++;
      return count - 1;
    }
    for (int i = 0; i < Math.min(LOOKS, max); i++) {
      hand = hand + 1 < max ? hand + 1 : 0;
      if (paidUntil[hand] - now <= 0) {
        remove(hand);
        return hand;
      }
    }
    return NONE;
  }

  private void enter(int place, long key, long now) {
    int bucket = bucket(key);
    keys[place] = key;
    paidUntil[place] = now;
    next[place] = heads[bucket];
    heads[bucket] = place;
  }

  private void remove(int place) {
    int bucket = bucket(keys[place]);
    if (heads[bucket] == place) {
      heads[bucket] = next[place];
      return;
    }
    int before = heads[bucket];
    while (next[before] != place) {
      before = next[before];
    }
    next[before] = next[place];
  }

  private void grow() {
    int size = 2 * count;
    keys = Arrays.copyOf(keys, size);
    paidUntil = Arrays.copyOf(paidUntil, size);
    next = Arrays.copyOf(next, size);
    heads = empty(size);
    for (int i = 0; i < count; i++) {
      enter(i, keys[i], paidUntil[i]);
    }
  }
}
