package dev.pollux.cli.terminal;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * Figures in fixed columns, a row at a time, under a header that comes again every {@link
 * #ROWS_PER_HEADER} rows. What is wider than its column moves the rest of its row. Threads: one.
 */
public final class StatsTable {

  static final int ROWS_PER_HEADER = 20;

  private final Consumer<String> out;
  private final String[] names;
  private final int[] widths;
  private int rowCount;

  /**
   * A table.
   *
   * @param out takes each line
   * @param header the names of the columns, right-aligned as their figures will be
   */
  public StatsTable(Consumer<String> out, String... header) {
    this.out = out;
    this.names = new String[header.length];
    this.widths = new int[header.length];
    for (int i = 0; i < header.length; i++) {
      names[i] = header[i].strip();
      widths[i] = header[i].length();
    }
  }

  /** Prints a row, and before it the header if it is time. */
  public void row(String... values) {
    if (rowCount % ROWS_PER_HEADER == 0) {
      out.accept(line(names));
    }
    rowCount++;
    out.accept(line(values));
  }

  private String line(String[] values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      line.append(i == 0 ? "" : " ");
      line.append(" ".repeat(Math.max(0, widths[i] - values[i].length()))).append(values[i]);
    }
    return line.toString();
  }

  /** A whole number with its thousands apart: {@code 1,234,567}. */
  public static String grouped(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }

  /** A number with so many digits behind the point. */
  public static String decimal(double number, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", number);
  }
}
