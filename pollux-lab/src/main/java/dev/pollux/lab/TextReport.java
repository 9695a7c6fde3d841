package dev.pollux.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * Timelines as lines of text: what was done and what came of it on the left, the ready list before
 * and after on the right, or below where there is no room.
 */
final class TextReport {

  /** From this many columns on, the ready list stands beside the step. */
  private static final int BESIDE_COLUMNS = 90;

  private static final int STEP_COLUMNS = 44;
  private static final String INDENT = "     ";

  private TextReport() {}

  /** What the experiment is about. */
  static List<String> heading(Experiment experiment, String where, int columns) {
    List<String> lines = new ArrayList<>();
    lines.add(experiment.id() + " " + experiment.name() + ", on " + where);
    if (!experiment.shows().isEmpty()) {
      lines.addAll(Wrap.lines(experiment.shows(), columns, "  "));
    }
    if (!experiment.expects().isEmpty()) {
      lines.addAll(Wrap.lines("Expected: " + experiment.expects() + ".", columns, "  "));
    }
    return lines;
  }

  /** A whole timeline, its heading aside. */
  static List<String> timeline(Timeline timeline, int columns) {
    List<String> lines = new ArrayList<>();
    for (Timeline.Part act : timeline.acts()) {
      lines.add("");
      lines.add("  " + act.title());
      for (Timeline.Entry entry : act.entries()) {
        lines.addAll(entry(entry, columns));
      }
    }
    lines.add("");
    lines.addAll(outcome(timeline, columns));
    return lines;
  }

  /** The closing line. */
  static List<String> outcome(Timeline timeline, int columns) {
    return Wrap.lines(
        timeline
            .difference()
            .map(difference -> "NOT as expected: " + difference)
            .orElse("as expected"),
        columns,
        "  ");
  }

  /** One step. */
  static List<String> entry(Timeline.Entry entry, int columns) {
    boolean isBeside = columns >= BESIDE_COLUMNS && !entry.ready().isEmpty();
    List<String> left = step(entry, isBeside ? STEP_COLUMNS : columns);
    List<String> right = inside(entry);
    List<String> lines = new ArrayList<>();
    if (isBeside) {
      lines.addAll(
          Wrap.beside(left, Wrap.all(right, columns - STEP_COLUMNS - 2), STEP_COLUMNS + 2));
    } else {
      lines.addAll(left);
      right.forEach(text -> lines.addAll(Wrap.lines(text, columns, INDENT)));
    }
    entry.figures().forEach(figure -> lines.add(INDENT + figure));
    return lines;
  }

  /** What was done and what came of it. */
  static List<String> step(Timeline.Entry entry, int columns) {
    String text = entry.step().text();
    if (!entry.result().isEmpty()) {
      text += " -> " + entry.result();
    }
    if (!entry.isAsExpected()) {
      String expected = entry.step().expected();
      text += " (expected: " + (expected.isEmpty() ? "success" : expected) + ")";
    }
    return numbered(entry.number(), text, columns);
  }

  /** A text with the number of its step in front. */
  static List<String> numbered(int number, String text, int columns) {
    List<String> lines = Wrap.lines(text, columns, INDENT);
    lines.set(0, String.format("%3d  ", number) + lines.getFirst().strip());
    return lines;
  }

  /** The ready lists, then what happened to the items. */
  private static List<String> inside(Timeline.Entry entry) {
    List<String> lines = new ArrayList<>();
    boolean isOne = entry.ready().size() == 1;
    for (Timeline.ReadyList list : entry.ready()) {
      boolean isQuiet = list.before().isEmpty() && list.after().isEmpty();
      if (isOne || !isQuiet) {
        lines.add(list.epoll() + " ready " + list.before() + " -> " + list.after());
      }
    }
    lines.addAll(entry.transitions());
    return lines;
  }
}
