package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.lab.EpollView.Item;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeDrawingTest {

  @Test
  void lines_ofTree_putTheRootOnTop() {
    List<Item> items =
        List.of(
            item("a", 1, false, false),
            item("b", 0, false, true),
            item("c", 2, true, false),
            item("d", 1, false, false),
            item("e", 2, true, false));

    assertEquals(
        """
              (b*)
             /      \\
          (a)          (d)
                      /   \\
                   [c]     [e]\
        """,
        String.join("\n", TreeDrawing.lines(items, false)));
  }

  @Test
  void lines_ofOneChild_hangIt() {
    List<Item> items = List.of(item("a", 0, false, false), item("b", 1, true, false));
    assertEquals(List.of("  (a)", "     \\", "      [b]"), TreeDrawing.lines(items, false));
  }

  @Test
  void lines_ofDisarmed_markIt() {
    Item item = new Item("a", Mask.IN, 0, false, false, false);
    assertEquals(List.of("  (a-)"), TreeDrawing.lines(List.of(item), false));
  }

  @Test
  void lines_ofEmptyTree_saySo() {
    assertEquals(List.of("  (empty)"), TreeDrawing.lines(List.of(), true));
  }

  @Test
  void lines_withColours_paintRedNodesRed() {
    List<Item> items = List.of(item("a", 0, false, false), item("b", 1, true, false));
    String drawing = String.join("\n", TreeDrawing.lines(items, true));
    assertTrue(drawing.contains("\033[31m[b]\033[0m"), drawing);
    assertTrue(drawing.contains("  (a)"), drawing);
  }

  private static Item item(String name, int depth, boolean isRed, boolean isQueued) {
    return new Item(name, Mask.IN, depth, isRed, true, isQueued);
  }
}
