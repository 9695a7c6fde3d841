package dev.pollux.bench;

import dev.pollux.bench.Bar.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bars on ratios in a file, one row for each bar and run, and the verdict over three runs.
 *
 * <p>One run on a shared machine proves little. A bar is met if two of its last three runs met it
 * and the third missed it by at most {@link #MAX_MISS}. All runs stay in the file, those before the
 * last three, too.
 */
final class BarRows {

  static final double MAX_MISS = 0.05;

  private static final int RUNS = 3;
  private static final String HEAD = "bar,limit,rounds,median,least,greatest";
  private static final int THOUSANDTHS = 1000;

  /**
   * A bar in one run. The figures have three decimals, so that a file says what was judged.
   *
   * @param bar its name, without a comma
   * @param limit the most that the median may be
   * @param rounds how many paired ratios there were
   */
  record Row(String bar, double limit, int rounds, double median, double least, double greatest) {

    static Row of(Bar bar) {
      Spread ratios = bar.measured();
      return new Row(
          bar.claim(),
          rounded(bar.limit()),
          ratios.count(),
          rounded(ratios.median()),
          rounded(ratios.least()),
          rounded(ratios.greatest()));
    }

    static Row parse(String line) throws IOException {
      String[] words = line.split(",", -1);
      try {
        if (words.length == HEAD.split(",", -1).length) {
          return new Row(
              words[0],
              Double.parseDouble(words[1]),
              Integer.parseInt(words[2]),
              Double.parseDouble(words[3]),
              Double.parseDouble(words[4]),
              Double.parseDouble(words[5]));
        }
      } catch (NumberFormatException e) {
        throw new IOException("not a row of a bar: " + line, e);
      }
      throw new IOException("not a row of a bar: " + line);
    }

    String line() {
      return String.format(
          Locale.ROOT, "%s,%.2f,%d,%.3f,%.3f,%.3f", bar, limit, rounds, median, least, greatest);
    }

    /** By how much the limit was missed, in thousandths; 0 or less if it was met. */
    private long missed() {
      return Math.round((median - limit) * THOUSANDTHS);
    }

    private static double rounded(double value) {
      return (double) Math.round(value * THOUSANDTHS) / THOUSANDTHS;
    }
  }

  private BarRows() {}

  /** Adds the bars on ratios of a run to a file, which is made if there is none. */
  static void append(Path file, List<Bar> bars) throws IOException {
    List<String> lines = new ArrayList<>();
    if (Files.notExists(file)) {
      lines.add(HEAD);
    }
    bars.stream().filter(BarRows::isKept).forEach(bar -> lines.add(Row.of(bar).line()));
    Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static boolean isKept(Bar bar) {
    return bar.rounds() == BarOptions.ROUNDS && bar.measured().count() >= bar.rounds();
  }

  /** The rows of all runs in a file. */
  static List<Row> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      throw new IOException(file + " has no rows of bars: it does not begin with " + HEAD);
    }
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rows.add(Row.parse(line));
    }
    return rows;
  }

  /** A line with the verdict on each bar that there are rows of. */
  static List<String> verdicts(List<Row> rows) {
    return rows.stream().map(Row::bar).distinct().map(bar -> verdict(bar, rows)).toList();
  }

  private static String verdict(String bar, List<Row> all) {
    List<Row> rows = all.stream().filter(row -> row.bar().equals(bar)).toList();
    List<Row> last = rows.subList(Math.max(0, rows.size() - RUNS), rows.size());
    String medians =
        String.join(", ", last.stream().map(row -> "%.3f".formatted(row.median())).toList());
    long met = last.stream().filter(row -> row.missed() <= 0).count();
    long worst = last.stream().mapToLong(Row::missed).max().orElseThrow();
    boolean isMet = met >= RUNS - 1 && worst <= Math.round(MAX_MISS * THOUSANDTHS);
    boolean isJudged = last.size() == RUNS;
    return "%-12s  %s, at most %.2f: %s"
        .formatted(
            (isJudged ? isMet ? Verdict.MET : Verdict.MISSED : Verdict.NOT_MEASURED).label(),
            bar,
            last.getLast().limit(),
            isJudged
                ? "%s (the last of %d runs)".formatted(medians, rows.size())
                : "needs %d runs, has %s".formatted(RUNS, medians));
  }
}
