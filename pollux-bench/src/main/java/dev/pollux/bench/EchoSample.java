package dev.pollux.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What the load saw.
 *
 * @param messages answered in the window
 * @param nanos how long the window was
 * @param serverNanos processor time of the server in the window, user and system
 * @param loadNanos processor time of the load in the window
 * @param total messages answered at all, before and after the window, too
 * @param p50 latencies in nanoseconds, from the time at which a message was due; 0 in a closed loop
 * @param recorded how many messages were due in the window, all of which have a latency
 */
record EchoSample(
    long messages,
    long nanos,
    long serverNanos,
    long loadNanos,
    long total,
    long p50,
    long p99,
    long p999,
    long maximum,
    long recorded) {

  private static final int FIGURES = 10;

  /** Reads the answer of {@code echo_load.c} to {@code run} and {@code churn}. */
  static EchoSample parse(String payload) throws IOException {
    String[] words = payload.strip().split(" +", -1);
    if (words.length != FIGURES) {
      throw new IOException("the load gave " + words.length + " figures, not " + FIGURES);
    }
    List<Long> n;
    try {
      n = Arrays.stream(words).map(Long::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IOException("the figures of the load are not numbers: " + payload, e);
    }
    return new EchoSample(
        n.get(0), n.get(1), n.get(2), n.get(3), n.get(4), n.get(5), n.get(6), n.get(7), n.get(8),
        n.get(9));
  }

  /** Processor time of the server for each message, in nanoseconds; NaN if there was none. */
  double cpuPerMessage() {
    return messages == 0 ? Double.NaN : (double) serverNanos / messages;
  }

  /** Messages a second. */
  double throughput() {
    return messages * 1e9 / nanos;
  }

  /** The share of the window in which the server had a processor. */
  double busy() {
    return (double) serverNanos / nanos;
  }
}
