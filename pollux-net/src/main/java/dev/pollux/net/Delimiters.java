package dev.pollux.net;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What finds the ends of any of some delimiters in one pass: the automaton of Aho and Corasick. A
 * state stands for the longest end of what was seen that begins a delimiter.
 *
 * <p>Threads: any; nothing changes.
 */
final class Delimiters {

  /** Where nothing was seen. */
  static final int START = 0;

  /** How many bytes the delimiters may have together. */
  static final int MOST_BYTES = 1 << 10; // 1 KiB

  private static final int BYTES = 256;

  private final short[][] next; // by state and byte
  private final short[] begunBytes; // the depth of a state
  private final short[] endedBytes; // of the longest delimiter that ends there, or 0
  private final int longestBytes;
  private int stateCount = 1;

  Delimiters(byte[]... delimiters) {
    int total = 0;
    int longest = 0;
    for (byte[] delimiter : delimiters) {
      total = Math.addExact(total, delimiter.length);
      longest = Math.max(longest, delimiter.length);
      if (delimiter.length == 0 || total > MOST_BYTES) {
        throw new IllegalArgumentException(
            "a delimiter of " + delimiter.length + " bytes; all may have 1 to " + MOST_BYTES);
      }
    }
    if (total == 0) {
      throw new IllegalArgumentException("no delimiter");
    }
    longestBytes = longest;
    next = new short[total + 1][];
    next[START] = new short[BYTES];
    begunBytes = new short[total + 1];
    endedBytes = new short[total + 1];
    for (byte[] delimiter : delimiters) {
      add(delimiter);
    }
    link();
  }

  /** The state after one more byte. */
  int step(int state, byte value) {
    return next[state][value & 0xFF];
  }

  /** How long the delimiter is that ends in this state; 0 if none does. */
  int endedBytes(int state) {
    return endedBytes[state];
  }

  /** How many bytes in this state may be the beginning of a delimiter. */
  int begunBytes(int state) {
    return begunBytes[state];
  }

  int longestBytes() {
    return longestBytes;
  }

  private void add(byte[] delimiter) {
    int state = START;
    for (byte value : delimiter) {
      int known = next[state][value & 0xFF];
      if (known == START) {
        known = stateCount++;
        next[known] = new short[BYTES];
        begunBytes[known] = (short) (begunBytes[state] + 1);
        next[state][value & 0xFF] = (short) known;
      }
      state = known;
    }
    endedBytes[state] = (short) delimiter.length;
  }

  /** Goes on, where a delimiter does not, with the longest end of it that begins one. */
  private void link() {
    short[] fallback = new short[stateCount];
    ArrayDeque<Integer> states = new ArrayDeque<>();
    for (short child : next[START]) {
      if (child != START) {
        states.add((int) child);
      }
    }
    while (!states.isEmpty()) {
      int state = states.remove();
      short shorter = fallback[state];
      if (endedBytes[state] == 0) {
        endedBytes[state] = endedBytes[shorter];
      }
      for (int value = 0; value < BYTES; value++) {
        short child = next[state][value];
        if (child == START) {
          next[state][value] = next[shorter][value];
        } else {
          fallback[child] = next[shorter][value];
          states.add((int) child);
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Delimiters[" + Arrays.toString(endedBytes) + "]";
  }
}
