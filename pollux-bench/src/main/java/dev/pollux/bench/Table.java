package dev.pollux.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of text: the first columns, the stub, stand at the left and say what a row is about; the
 * others at the right. What does not fit beside one another stands below, with the stub again.
 */
final class Table {

  /** As wide as anything that is printed. */
  static final int COLUMNS = 100;

  private static final String GAP = "  ";

  private final int stub;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table with its heads.
   *
   * @param stub how many columns say what a row is about
   */
  Table(int stub, String... heads) {
    this.stub = stub;
    rows.add(List.of(heads));
  }

  /** Adds a row: as many cells as there are heads. */
  Table row(Object... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(Arrays.toString(cells) + " below " + rows.getFirst());
    }
    rows.add(Arrays.stream(cells).map(String::valueOf).toList());
    return this;
  }

  /** The lines, none of which is wider than {@link #COLUMNS}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    int columns = rows.getFirst().size();
    int stubWidth = width(0, stub);
    for (int from = stub; from < columns; ) {
      int to = from + 1;
      while (to < columns && stubWidth + width(from, to + 1) <= COLUMNS + GAP.length()) {
        to++;
      }
      for (List<String> row : rows) {
        lines.add(line(row, from, to).stripTrailing());
      }
      from = to;
    }
    return lines;
  }

  private String line(List<String> row, int from, int to) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < stub; i++) {
      line.append(row.get(i)).append(" ".repeat(width(i) - row.get(i).length())).append(GAP);
    }
    for (int i = from; i < to; i++) {
      line.append(" ".repeat(width(i) - row.get(i).length())).append(row.get(i)).append(GAP);
    }
    return line.toString();
  }

  /** Of some columns, each with the gap behind it. */
  private int width(int from, int to) {
    int width = 0;
    for (int i = from; i < to; i++) {
      width += width(i) + GAP.length();
    }
    return width;
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
