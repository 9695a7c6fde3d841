package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class WrapTest {

  @Test
  void lines_atTheWidth_stay() {
    assertEquals(List.of(" ab cd"), Wrap.lines("ab cd", 6, " "));
    assertEquals(List.of(" ab", " cd"), Wrap.lines("ab cd", 5, " "));
  }

  @Test
  void lines_ofLongWord_keepItWhole() {
    assertEquals(List.of("a", "bcdef", "g"), Wrap.lines("a bcdef g", 3, ""));
  }

  @Test
  void beside_ofUnequalColumns_leavesNoTrailingBlanks() {
    assertEquals(List.of("a   x", "b", "c"), Wrap.beside(List.of("a", "b", "c"), List.of("x"), 4));
    assertEquals(List.of("a   x", "    y"), Wrap.beside(List.of("a"), List.of("x", "y"), 4));
  }
}
