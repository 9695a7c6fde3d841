package dev.pollux.bench;

import dev.pollux.poll.Backend;
import java.io.PrintWriter;
import java.util.OptionalDouble;

/** The pipes benchmark as a table, with the bars below it. */
final class PipesReport {

  private static final double NANOS_PER_MICRO = 1000;

  private final PipesResults results;
  private final PipesBars bars;
  private final PrintWriter out;

  PipesReport(PipesResults results, PipesBars bars, PrintWriter out) {
    this.results = results;
    this.bars = bars;
    this.out = out;
  }

  void print() {
    boolean c = results.has(Contestant.C);
    boolean two = results.has(Contestant.C_TWO_THREADS);
    StringBuilder head = new StringBuilder("%-8s %6s %18s".formatted("", "", "Java µs"));
    StringBuilder names =
        new StringBuilder("%-8s %6s %9s %8s".formatted("backend", "N", "median", "min"));
    if (c) {
      head.append(" %18s %7s".formatted("C µs", "Java/C"));
      names.append(" %9s %8s %7s".formatted("median", "min", ""));
    }
    if (two) {
      head.append(" %18s %7s".formatted("C, 2 threads µs", "Java/C2"));
      names.append(" %9s %8s %7s".formatted("median", "min", ""));
    }
    head.append(" %18s".formatted("CPU ns a byte"));
    names.append(" %9s %8s".formatted("Java", c ? "C" : ""));
    out.println(head);
    out.println(names);
    for (Backend backend : results.backends()) {
      for (int pairs : results.sizes()) {
        printRow(backend, pairs, c, two);
      }
    }
    if (c) {
      out.println("Java/C: the median of the rounds' ratios, each of two turns in a row");
    }
    out.println("CPU: time of the thread for each byte read, the firing included");
    out.println();
    for (Bar bar : bars.all()) {
      out.println(bar);
    }
  }

  private void printRow(Backend backend, int pairs, boolean c, boolean two) {
    StringBuilder row = new StringBuilder("%-8s %6d".formatted(backend.label(), pairs));
    row.append(times(backend, pairs, Contestant.JAVA));
    if (c) {
      row.append(times(backend, pairs, Contestant.C)).append(ratio(backend, pairs, Contestant.C));
    }
    if (two) {
      row.append(times(backend, pairs, Contestant.C_TWO_THREADS))
          .append(ratio(backend, pairs, Contestant.C_TWO_THREADS));
    }
    row.append(" %9.0f".formatted(results.cpuNanosPerByte(backend, pairs, Contestant.JAVA)));
    if (c) {
      row.append(" %8.0f".formatted(results.cpuNanosPerByte(backend, pairs, Contestant.C)));
    }
    out.println(row);
  }

  private String times(Backend backend, int pairs, Contestant contestant) {
    return " %9.1f %8.1f"
        .formatted(
            results.median(backend, pairs, contestant) / NANOS_PER_MICRO,
            results.minimum(backend, pairs, contestant) / NANOS_PER_MICRO);
  }

  private String ratio(Backend backend, int pairs, Contestant other) {
    OptionalDouble ratio = results.ratio(backend, pairs, other);
    return ratio.isEmpty() ? " %7s".formatted("-") : " %7.3f".formatted(ratio.getAsDouble());
  }
}
