package dev.pollux.lab;

import dev.pollux.lab.EpollView.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws an interest tree, root on top.
 *
 * <pre>
 *     (b*)
 *    /      \
 * (a)          (d)
 *             /   \
 *          [c]     [e]
 * </pre>
 *
 * <p>Round brackets are black nodes, square ones red; {@code *} is on the ready list, {@code -} is
 * disarmed. With colours the red nodes are red, and those on the ready list bold.
 */
final class TreeDrawing {

  /** What the signs mean. */
  static final String LEGEND = "(x) black  [x] red  * on the ready list  - disarmed";

  private static final String EMPTY = "(empty)";
  private static final String INDENT = "  ";

  private final List<Item> items;
  private final int[] starts;
  private final List<StringBuilder> rows = new ArrayList<>();
  private final List<StringBuilder> links = new ArrayList<>();

  private TreeDrawing(List<Item> items) {
    this.items = items;
    this.starts = new int[items.size()];
    int start = 0;
    for (int i = 0; i < items.size(); i++) {
      starts[i] = start;
      start += label(items.get(i)).length() + 1;
    }
    draw(0, items.size(), 0);
  }

  /** The lines of the drawing, without trailing blanks. */
  static List<String> lines(List<Item> items, boolean withColours) {
    if (items.isEmpty()) {
      return List.of(INDENT + EMPTY);
    }
    TreeDrawing drawing = new TreeDrawing(items);
    List<String> lines = new ArrayList<>();
    for (int depth = 0; depth < drawing.rows.size(); depth++) {
      String row = INDENT + drawing.rows.get(depth);
      lines.add(withColours ? drawing.coloured(row, depth) : row);
      String link = drawing.links.get(depth).toString();
      if (!link.isBlank()) {
        lines.add(INDENT + link);
      }
    }
    return lines;
  }

  /**
   * Draws the subtree of the items in {@code [from, to)}, and returns the middle of its root: in an
   * ordered list with depths, the only item of the least depth is the root.
   */
  private int draw(int from, int to, int depth) {
    while (rows.size() <= depth) {
      rows.add(new StringBuilder());
      links.add(new StringBuilder());
    }
    int root = from;
    while (items.get(root).depth() != depth) {
      root++;
    }
    int middle = starts[root] + label(items.get(root)).length() / 2;
    if (from < root) {
      int child = draw(from, root, depth + 1);
      put(links.get(depth), (child + middle) / 2, "/");
    }
    put(rows.get(depth), starts[root], label(items.get(root)));
    if (root + 1 < to) {
      int child = draw(root + 1, to, depth + 1);
      put(links.get(depth), (child + middle + 1) / 2, "\\");
    }
    return middle;
  }

  private static void put(StringBuilder line, int start, String text) {
    line.append(" ".repeat(Math.max(0, start - line.length()))).append(text);
  }

  private static String label(Item item) {
    String text = item.handle() + (item.isQueued() ? "*" : "") + (item.isArmed() ? "" : "-");
    return item.isRed() ? "[" + text + "]" : "(" + text + ")";
  }

  private String coloured(String row, int depth) {
    String line = row;
    for (Item item : items) {
      if (item.depth() == depth) {
        String style = (item.isQueued() ? Ansi.BOLD : "") + (item.isRed() ? Ansi.RED : "");
        if (!style.isEmpty()) {
          line = line.replace(label(item), style + label(item) + Ansi.RESET);
        }
      }
    }
    return line;
  }
}
