package dev.pollux.lab;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines, and sets lines side by side. */
final class Wrap {

  private Wrap() {}

  /** Breaks at blanks; every line begins with the indent. A word longer than a line stays whole. */
  static List<String> lines(String text, int columns, String indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(indent);
    for (String word : text.split(" ", -1)) {
      boolean isEmpty = line.length() == indent.length();
      if (!isEmpty && line.length() + 1 + word.length() > columns) {
        lines.add(line.toString());
        line.setLength(indent.length());
        isEmpty = true;
      }
      line.append(isEmpty ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Breaks several texts. */
  static List<String> all(List<String> texts, int columns) {
    List<String> lines = new ArrayList<>();
    texts.forEach(text -> lines.addAll(lines(text, columns, "")));
    return lines;
  }

  /** Two columns, the right one from a position on; no white space at the ends of lines. */
  static List<String> beside(List<String> left, List<String> right, int rightStart) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String l = i < left.size() ? left.get(i) : "";
      String r = i < right.size() ? right.get(i) : "";
      lines.add((pad(l, rightStart) + r).stripTrailing());
    }
    return lines;
  }

  /** With blanks at the end up to a width. */
  static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - text.length()));
  }
}
