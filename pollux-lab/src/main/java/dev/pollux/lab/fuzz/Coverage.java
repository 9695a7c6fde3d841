package dev.pollux.lab.fuzz;

import dev.pollux.sys.Errno;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;

/** How often each kind of operation succeeded, and failed with which errno. */
final class Coverage {
  private static final int MAX_ERRNO = 256;
  private static final int EMPTY = MAX_ERRNO; // the column of successes with result 0

  private final Map<Kind, long[]> counts = new EnumMap<>(Kind.class);
  private long total;
  private long slept;

  Coverage() {
    for (Kind kind : Kind.values()) {
      counts.put(kind, new long[MAX_ERRNO + 1]);
    }
  }

  void count(Kind kind, int result) {
    total++;
    long[] row = row(kind);
    if (result >= 0) {
      row[result > 0 ? 0 : EMPTY]++;
    } else {
      row[Math.min(-result, MAX_ERRNO - 1)]++;
    }
  }

  /** Counts a thread's call that did not return at once. */
  void countSleep() {
    slept++;
  }

  /** How many calls of threads slept. */
  long slept() {
    return slept;
  }

  private long[] row(Kind kind) {
    return Objects.requireNonNull(counts.get(kind));
  }

  /** How many operations were executed. */
  long total() {
    return total;
  }

  /** Whether an operation of a kind succeeded. */
  boolean succeeds(Kind kind) {
    return row(kind)[0] + row(kind)[EMPTY] > 0;
  }

  /** Whether an operation of a kind failed. */
  boolean fails(Kind kind) {
    return Arrays.stream(row(kind), 1, EMPTY).sum() > 0;
  }

  /** One line for each kind: successes by the sign of the result, then the errors by frequency. */
  String table() {
    StringBuilder table = new StringBuilder();
    counts.forEach((kind, row) -> {
      StringJoiner errors = new StringJoiner("  ");
      TreeMap<Integer, Long> byErrno = new TreeMap<>();
      for (int errno = 1; errno < MAX_ERRNO; errno++) {
        if (row[errno] > 0) {
          byErrno.put(errno, row[errno]);
        }
      }
      byErrno.entrySet().stream()
          .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
          .forEach(e -> errors.add(Errno.name(e.getKey()) + " " + e.getValue()));
      table
          .append(
              "  %-9s > 0: %-8d = 0: %-8d %s%n"
                  .formatted(kind, row[0], row[EMPTY], errors)
                  .stripTrailing())
          .append('\n');
    });
    return table.toString();
  }
}
