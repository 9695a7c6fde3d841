package dev.pollux.lab;

import java.util.ArrayList;
import java.util.List;

/** Two timelines of one experiment, step beside step. */
final class SideBySide {

  /** With fewer columns the timelines follow each other. */
  static final int MIN_COLUMNS = 100;

  private static final String GAP = " | ";

  private SideBySide() {}

  /** The timelines, their heading aside. */
  static List<String> timelines(Timeline left, Timeline right, int columns) {
    if (columns < MIN_COLUMNS) {
      List<String> lines = new ArrayList<>();
      for (Timeline timeline : List.of(left, right)) {
        lines.add("");
        lines.add("On " + timeline.kernel() + ":");
        lines.addAll(TextReport.timeline(timeline, columns));
      }
      return lines;
    }
    int half = (columns - GAP.length()) / 2;
    List<String> lines = new ArrayList<>();
    lines.add("");
    row(lines, List.of("  " + left.kernel()), List.of("  " + right.kernel()), half);
    int acts = Math.max(left.acts().size(), right.acts().size());
    for (int i = 0; i < acts; i++) {
      lines.add("");
      lines.add("  " + left.acts().get(i).title());
      act(lines, left.acts().get(i), right.acts().get(i), half);
    }
    lines.add("");
    row(lines, TextReport.outcome(left, half), TextReport.outcome(right, half), half);
    return lines;
  }

  private static void act(List<String> lines, Timeline.Part left, Timeline.Part right, int half) {
    int steps = Math.max(left.entries().size(), right.entries().size());
    for (int i = 0; i < steps; i++) {
      row(lines, entry(left, i, half), entry(right, i, half), half);
    }
  }

  /** The lines of a step; none if the act ended before it. */
  private static List<String> entry(Timeline.Part act, int index, int columns) {
    return index < act.entries().size()
        ? TextReport.entry(act.entries().get(index), columns)
        : List.of();
  }

  private static void row(List<String> lines, List<String> left, List<String> right, int half) {
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String l = i < left.size() ? left.get(i) : "";
      String r = i < right.size() ? right.get(i) : "";
      lines.add((Wrap.pad(l, half) + GAP + r).stripTrailing());
    }
  }
}
