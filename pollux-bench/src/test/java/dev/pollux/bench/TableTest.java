package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables, and the report that they stand in. */
class TableTest {

  @Test
  void lines_haveTheStubAtTheLeftAndFiguresAtTheRight() {
    Table table = new Table(1, "server", "ns", "").row("c", 5, "x").row("pollux-level", "1000", "");
    assertEquals(
        List.of(
            "server          ns", //
            "c                5  x",
            "pollux-level  1000"),
        table.lines());
  }

  @Test
  void lines_thatWouldBeTooWide_standBelowWithTheStubAgain() {
    String wide = "x".repeat(47);
    Table table = new Table(1, "", "a", "b", "c").row("row", wide, wide.substring(1), 7);
    assertEquals(4, table.lines().size());
    assertTrue(table.lines().get(1).startsWith("row  x"));
    assertTrue(table.lines().get(3).startsWith("row  "));
    assertEquals(Table.COLUMNS, table.lines().get(1).length());
    Table wider = new Table(1, "", "a", "b", "c").row("row", wide, wide, 7);
    assertEquals(52, wider.lines().get(1).length());
  }

  @Test
  void row_ofAnotherLength_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Table(1, "a", "b").row("a"));
  }

  @Test
  void paragraphs_areBrokenAtBlanks() {
    String text = "word ".repeat(50).strip();
    List<String> lines = Report.wrapped(text, "    ");
    assertEquals(text, String.join(" ", lines.stream().map(String::strip).toList()));
    assertTrue(lines.stream().allMatch(line -> line.length() <= Table.COLUMNS));
    assertTrue(lines.getLast().startsWith("    word"));
    assertEquals(List.of("x".repeat(200)), Report.wrapped("x".repeat(200), ""));
  }

  @Test
  void verdicts_areColouredIfWanted_andAQuickRunHasNone() {
    List<Bar> bars =
        List.of(
            Bar.atMost(1, "%.0f", "one", Spread.of(1)), Bar.atMost(1, "%.0f", "two", Spread.of(2)));
    assertEquals(
        """

        met           one, at most 1: 1
        missed        two, at most 1: 2
        """,
        printed(bars, false, false));
    assertEquals(
        """

        \033[32mmet\033[0m           one, at most 1: 1
        \033[31mmissed\033[0m        two, at most 1: 2
        """,
        printed(bars, false, true));
    assertEquals(2, printed(bars, true, true).lines().filter(TableTest::isTooQuick).count());
  }

  private static boolean isTooQuick(String line) {
    return line.matches("not measured  (one|two), at most 1: too quick a run for a verdict on .");
  }

  private static String printed(List<Bar> bars, boolean quick, boolean coloured) {
    StringWriter text = new StringWriter();
    new Report(new PrintWriter(text, true), quick, coloured).bars(bars);
    return text.toString();
  }
}
