package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that a benchmark measured, one row for each turn of a contestant: words that say what it was,
 * the column {@code round}, and figures. Every figure of every report is drawn from such rows, in
 * memory or from their file.
 */
final class Samples {

  private static final String ROUND = "round";

  /** Before the number of a round in which a figure means little. */
  private static final String QUICK = "quick ";

  /**
   * One row. A cell is empty if a figure is not known, and may have several, with blanks between.
   */
  record Row(List<String> columns, List<String> cells) {

    String text(String column) {
      int index = columns.indexOf(column);
      if (index < 0) {
        throw new IllegalArgumentException("there is no column " + column);
      }
      return cells.get(index);
    }

    /** A figure; NaN if it is not known. */
    double number(String column) {
      String text = text(column);
      return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    /** One figure over another. */
    double ratio(String column, String other) {
      return number(column) / number(other);
    }

    Spread numbers(String column) {
      return Spread.of(Arrays.stream(text(column).split(" ", -1)).map(Double::valueOf).toList());
    }
  }

  private final List<String> columns;
  private final List<Row> rows;
  private final @Nullable Path csv;
  private boolean quick;

  private Samples(List<String> columns, List<Row> rows, @Nullable Path csv) {
    this.columns = columns;
    this.rows = rows;
    this.csv = csv;
  }

  /** Marks the rows that will be added as those of a run that is too quick for verdicts. */
  void markQuick() {
    quick = true;
  }

  /** Whether there are rows of such a run. */
  boolean isQuick() {
    return values(ROUND).stream().anyMatch(round -> round.startsWith(QUICK));
  }

  /** No rows yet. */
  static Samples of(List<String> columns) {
    return new Samples(columns, new ArrayList<>(), null);
  }

  /**
   * No rows yet; each is written to the file, whose old content is lost, as soon as it comes: a run
   * that is killed loses nothing that it measured.
   */
  static Samples writingTo(Path csv, List<String> columns) throws IOException {
    UserFile.requireWritable("--csv", csv);
    Files.writeString(csv, String.join(",", columns) + "\n");
    return new Samples(columns, new ArrayList<>(), csv);
  }

  /** The rows of a file that was written before. */
  static Samples read(Path csv, List<String> columns) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(csv);
    } catch (IOException e) {
      throw UserFile.unread("--from", csv, e);
    }
    String head = String.join(",", columns);
    if (lines.isEmpty() || !lines.getFirst().equals(head)) {
      throw new IOException(csv + " has no rows of this benchmark: it does not begin with " + head);
    }
    Samples result = of(columns);
    for (String line : lines.subList(1, lines.size())) {
      Object[] cells = line.split(",", -1);
      if (cells.length != columns.size()) {
        throw new IOException(csv + " has a row of " + cells.length + " cells: " + line);
      }
      result.add(cells);
    }
    return result;
  }

  /** Adds a row: a cell for each column, none with a comma. */
  void add(Object... cells) throws IOException {
    List<String> texts = new ArrayList<>(Arrays.stream(cells).map(String::valueOf).toList());
    if (texts.size() != columns.size() || texts.stream().anyMatch(text -> text.contains(","))) {
      throw new IllegalArgumentException("not a row of " + columns + ": " + texts);
    }
    if (quick) {
      texts.set(columns.indexOf(ROUND), QUICK + texts.get(columns.indexOf(ROUND)));
    }
    rows.add(new Row(columns, List.copyOf(texts)));
    if (csv != null) {
      Files.writeString(csv, String.join(",", texts) + "\n", StandardOpenOption.APPEND);
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The rows that have a value in a column. */
  Samples where(String column, Object value) {
    String text = String.valueOf(value);
    List<Row> some =
        rows.stream()
            .filter(row -> row.text(column).equals(text))
            .collect(Collectors.toCollection(ArrayList::new));
    return new Samples(columns, some, null);
  }

  /** The values of a column, in the order of measuring. */
  List<String> values(String column) {
    return rows.stream().map(row -> row.text(column)).distinct().toList();
  }

  /** The values of a column of whole numbers, the least first. */
  List<Integer> sizes(String column) {
    return values(column).stream().map(Integer::valueOf).sorted().toList();
  }

  /** For below a table: of how many rounds its figures are, and what stands behind them. */
  String medians() {
    int rounds = values(ROUND).size();
    return rounds == 1
        ? "One round, so no spread is known."
        : "Medians of "
            + rounds
            + " rounds; ±: half of the way from the least round to the greatest.";
  }

  Spread spread(String column) {
    return spread(row -> row.number(column));
  }

  Spread spread(ToDoubleFunction<Row> figure) {
    return new Spread(rows.stream().map(figure::applyAsDouble).toList());
  }

  /**
   * The figure of one over that of another, one for each round: within a round the two were
   * measured soon after one another, so that noise of the machine meets both. A round in which one
   * of them has no figure is left out.
   */
  Spread ratio(String column, Object ours, Object theirs, ToDoubleFunction<Row> figure) {
    return paired(column, ours, theirs, figure, (a, b) -> a / b);
  }

  /** The figure of one less that of another, one for each round. */
  Spread difference(String column, Object ours, Object theirs, ToDoubleFunction<Row> figure) {
    return paired(column, ours, theirs, figure, (a, b) -> a - b);
  }

  private Spread paired(
      String column,
      Object ours,
      Object theirs,
      ToDoubleFunction<Row> figure,
      DoubleBinaryOperator of) {
    List<Row> others = where(column, theirs).rows;
    List<Double> result = new ArrayList<>();
    for (Row row : where(column, ours).rows) {
      for (Row other : others) {
        if (row.text(ROUND).equals(other.text(ROUND))) {
          result.add(of.applyAsDouble(figure.applyAsDouble(row), figure.applyAsDouble(other)));
        }
      }
    }
    return new Spread(result);
  }
}
