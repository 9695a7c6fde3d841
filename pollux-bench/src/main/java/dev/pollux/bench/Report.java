package dev.pollux.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What a benchmark prints: no line is wider than {@link Table#COLUMNS}. */
final class Report {

  /** Where the lines go on that do not fit: below the text of a bar. */
  private static final String INDENT = " ".repeat(14);

  private final PrintWriter out;
  private final boolean quick;
  private final boolean coloured;

  /**
   * A report.
   *
   * @param quick whether the run was too quick for any verdict
   * @param coloured whether verdicts are
   */
  Report(PrintWriter out, boolean quick, boolean coloured) {
    this.out = out;
    this.quick = quick;
    this.coloured = coloured;
  }

  /** A paragraph. */
  void say(String text) {
    wrapped(text, "").forEach(out::println);
    out.flush();
  }

  void table(Table table) {
    table.lines().forEach(out::println);
  }

  void bars(List<Bar> bars) {
    out.println();
    bars.forEach(bar -> verdict(bar.line(!quick)));
  }

  /** A line that begins with a verdict. */
  void verdict(String line) {
    String text = String.join("\n", wrapped(line, INDENT));
    if (coloured && text.startsWith("met ")) {
      text = "\033[32mmet\033[0m" + text.substring(3);
    } else if (coloured && text.startsWith("missed ")) {
      text = "\033[31mmissed\033[0m" + text.substring(6);
    }
    out.println(text);
  }

  /** Lines broken at blanks; blanks in a row stay, but at a break. */
  static List<String> wrapped(String text, String indent) {
    if (text.length() <= Table.COLUMNS) {
      return List.of(text);
    }
    int end = text.lastIndexOf(' ', Table.COLUMNS);
    if (end <= indent.length()) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    lines.add(text.substring(0, end));
    lines.addAll(wrapped(indent + text.substring(end + 1), indent));
    return lines;
  }
}
