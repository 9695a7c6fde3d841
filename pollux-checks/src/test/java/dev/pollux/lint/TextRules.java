package dev.pollux.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rules on lines and files, whatever they say. */
final class TextRules {
  static final int MAX_COLUMNS = 100;
  static final int MAX_LINES = 500;

  // Written in halves, so that this file does not break its own rule.
  private static final Pattern ABOVE = Pattern.compile("/\\*\\*[\\s*]*As above\\b");
  private static final Pattern MARKER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  private TextRules() {}

  /** Java files have at most 500 lines. */
  static List<String> fileSize(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.javaFiles()) {
      int count = file.lines().size();
      if (count > MAX_LINES) {
        problems.add(file.problem(MAX_LINES + 1, count + " lines; one idea a file, split it"));
      }
    }
    return problems;
  }

  /** Java lines have at most 100 columns. */
  static List<String> lineWidth(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.javaFiles()) {
      List<String> lines = file.lines();
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        int columns = line.codePointCount(0, line.length());
        if (columns > MAX_COLUMNS && !line.startsWith("import ")) {
          problems.add(file.problem(i + 1, columns + " columns; break the line"));
        }
      }
    }
    return problems;
  }

  /** No line of a text file ends in white space or has a tab; the last one is ended. */
  static List<String> whiteSpace(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      String[] lines = file.text().split("\n", -1);
      for (int i = 0; i < lines.length; i++) {
        if (!lines[i].equals(lines[i].stripTrailing())) {
          problems.add(file.problem(i + 1, "white space at the end of the line; delete it"));
        }
        if (lines[i].indexOf('\t') >= 0) {
          problems.add(file.problem(i + 1, "a tab; use spaces"));
        }
      }
      if (!file.text().isEmpty() && !file.text().endsWith("\n")) {
        problems.add(file.problem(lines.length, "no line break at the end of the file; add one"));
      }
    }
    return problems;
  }

  /** Javadoc says what it is about without what stands before it: an IDE shows it alone. */
  static List<String> aloneInJavadoc(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.javaFiles()) {
      ABOVE
          .matcher(file.text())
          .results()
          .forEach(m -> problems.add(file.problemAt(m.start(), "\"As above\"; say as what")));
    }
    return problems;
  }

  /** Nothing is left to do: it is done, or the limitation stands in the Javadoc. */
  static List<String> markers(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      // A rule may name the markers where it bans them.
      if (file.path().endsWith(".md")) {
        continue;
      }
      MARKER
          .matcher(file.text())
          .results()
          .forEach(m ->
              problems.add(
                  file.problemAt(
                      m.start(), m.group() + "; do it, or state the limit in the Javadoc")));
    }
    return problems;
  }
}
