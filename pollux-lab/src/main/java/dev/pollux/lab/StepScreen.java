package dev.pollux.lab;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code lab step} shows after a step. */
final class StepScreen {

  /** Steps shown before and after the last one done. */
  private static final int AROUND = 4;

  /** More epoll instances than this are not drawn, but told in a line each. */
  private static final int MAX_DRAWN = 2;

  private final int columns;
  private final boolean withColours;

  StepScreen(int columns, boolean withColours) {
    this.columns = columns;
    this.withColours = withColours;
  }

  /**
   * The screen.
   *
   * @param done the steps of the act that were done
   * @param views what is inside the epoll instances after the last of them
   */
  List<String> lines(
      Experiment experiment, Act act, List<Timeline.Entry> done, List<EpollView> views) {
    List<String> lines = new ArrayList<>();
    int count = act.steps().size();
    String title =
        "%s %s: %s, step %d of %d"
            .formatted(experiment.id(), experiment.name(), act.title(), done.size(), count);
    lines.addAll(Wrap.lines(title, columns, ""));
    if (done.isEmpty()) {
      lines.add("");
      lines.addAll(Wrap.lines(experiment.shows(), columns, "  "));
      lines.addAll(Wrap.lines("Expected: " + experiment.expects() + ".", columns, "  "));
    }
    lines.add("");
    steps(lines, act, done);
    Timeline.@Nullable Entry last = done.isEmpty() ? null : done.getLast();
    if (last != null && !last.transitions().isEmpty()) {
      lines.add("");
      lines.add("What happened to the items:");
      last.transitions().forEach(text -> lines.addAll(Wrap.lines(text, columns, "  ")));
    }
    if (views.size() > MAX_DRAWN) {
      lines.add("");
      views.forEach(view -> lines.addAll(Wrap.lines(summary(view), columns, "")));
      return lines;
    }
    for (EpollView view : views) {
      lines.add("");
      lines.addAll(view(view));
    }
    return lines;
  }

  /** An instance in few words, where many would not fit the screen. */
  private static String summary(EpollView view) {
    int size = view.tree().size();
    return view.epoll()
        + ": "
        + size
        + (size == 1 ? " item" : " items")
        + " in the tree, ready list "
        + view.ready()
        + (view.waiterCount() == 0 ? "" : ", threads asleep: " + view.waiterCount());
  }

  /** The inside of an epoll instance. */
  List<String> view(EpollView view) {
    List<String> lines = new ArrayList<>();
    String tree = view.epoll() + ": interest tree, " + TreeDrawing.LEGEND;
    if (tree.length() <= columns) {
      lines.add(tree);
    } else {
      lines.add(view.epoll() + ": interest tree");
      lines.addAll(Wrap.lines(TreeDrawing.LEGEND, columns, "  "));
    }
    lines.addAll(TreeDrawing.lines(view.tree(), withColours));
    String ready = view.ready().isEmpty() ? "(empty)" : String.join(" -> ", view.ready());
    lines.add(view.epoll() + ": ready list, first out on the left");
    lines.addAll(Wrap.lines(ready, columns, "  "));
    if (view.waiterCount() > 0) {
      lines.add(view.epoll() + ": threads asleep in a wait: " + view.waiterCount());
    }
    return lines;
  }

  /** The inside of a kqueue, behind a blank line. */
  List<String> view(QueueView view) {
    List<String> lines = new ArrayList<>(List.of("", view.queue() + ": knotes"));
    if (view.knotes().isEmpty()) {
      lines.add("  (none)");
    }
    view.knotes().forEach(knote -> lines.addAll(Wrap.lines(knote, columns, "  ")));
    return lines;
  }

  private void steps(List<String> lines, Act act, List<Timeline.Entry> done) {
    int last = done.size();
    int from = Math.max(0, last - 1 - AROUND);
    int to = Math.min(act.steps().size(), last + AROUND);
    for (int i = from; i < to; i++) {
      String mark = i == last - 1 ? ">" : " ";
      if (i < last) {
        Timeline.Entry entry = done.get(i);
        for (String line : TextReport.step(entry, columns - 1)) {
          String text = mark + line;
          lines.add(i == last - 1 && withColours ? Ansi.BOLD + text + Ansi.RESET : text);
          mark = " ";
        }
        if (i == last - 1) {
          entry.figures().forEach(figure -> lines.add("      " + figure));
        }
      } else {
        String text = act.steps().get(i).text() + " ...";
        TextReport.numbered(i + 1, text, columns - 1).forEach(line -> lines.add(" " + line));
      }
    }
  }
}
