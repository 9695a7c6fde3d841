package dev.pollux.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Constant expressions, as the tables of others write them. */
class ExpressionTest {

  private static final Map<String, Long> NAMES = Map.of("A", 4L, "B_C", 0x100L);

  private static Long value(String text) {
    return Expression.value(text, NAMES);
  }

  @Test
  void value_numbers() {
    assertEquals(42, value("42"));
    assertEquals(-2, value("-2"));
    assertEquals(0x8004667eL, value("0x8004667e"));
    assertEquals(0x1000_0000L, value("0x1000_0000"));
    assertEquals(0xf000, value("0o170000"));
    assertEquals(7, value("7u32"));
    assertEquals(-1, value(" ( -1 ) "));
  }

  @Test
  void value_operatorsAndNames() {
    assertEquals(0x106, value("A | 2 | B_C"));
    assertEquals(16, value("1 << 2 * 2"));
    assertEquals(7, value("8 - 1"));
    assertEquals(2, value("(A + 4) / A"));
    assertEquals(0x40, value("B_C >> 2"));
    assertEquals(~4L, value("!A"));
    assertEquals(~4L, value("~A"));
    assertEquals(4, value("A & 0xf"));
  }

  @Test
  void value_castsAndPaths_areLeftOut() {
    assertEquals(4, value("::A as c_int"));
    assertEquals(4, value("super::A"));
    assertEquals(-2, value("@as(i16, -2)"));
  }

  @Test
  void value_whatIsNotKnown_isNull() {
    assertNull(value("UNKNOWN"));
    assertNull(value("size_of(x)"));
    assertNull(value("1 2"));
    assertNull(value("(1"));
    assertNull(value(""));
    assertNull(value("1 / 0"));
    assertNull(value("0xffffffffffffffffff"));
  }
}
