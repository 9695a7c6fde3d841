package dev.pollux.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lines that tell what happens in a simulated run, each with its virtual time; or nothing. */
final class SimTrace {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** A trace that nobody reads. */
  static final SimTrace OFF = new SimTrace(null);

  private final @Nullable Consumer<String> sink;
  private final StringBuilder line = new StringBuilder();

  SimTrace(@Nullable Consumer<String> sink) {
    this.sink = sink;
  }

  /** Whether lines are worth putting together. */
  boolean isOn() {
    return sink != null;
  }

  /** One line. */
  void add(long nanos, String what) {
    if (sink == null) {
      return;
    }
    line.setLength(0);
    line.append(nanos / NANOS_PER_SECOND).append('.');
    int digits = line.length();
    line.append(nanos % NANOS_PER_SECOND + NANOS_PER_SECOND).deleteCharAt(digits);
    sink.accept(line.append("  ").append(what).toString());
  }
}
