package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields that a program has parsed. */
class HttpFieldsTest {

  @Test
  void lines_areParsed_andCopied() {
    byte[] lines = HttpWire.bytes("A: 1¶b:\t two \t¶a: \u00e9¶C:¶¶");
    HttpFields fields = HttpFields.parse(lines);
    lines[0] = 'X';
    assertEquals(4, fields.count());
    assertEquals("A", fields.name(0));
    assertEquals("two", fields.value(1));
    assertEquals(List.of("1", "\u00e9"), fields.all("a"));
    assertEquals("1, \u00e9", fields.get("A"));
    assertEquals("", fields.get("c"));
    assertTrue(fields.is("B", "TWO"));
    assertFalse(fields.is("a", "1"));
    assertNull(fields.get("d"));
    assertEquals(0, HttpFields.parse(HttpWire.bytes("¶")).count());
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      many.append("A: ").append(i).append('¶');
    }
    assertEquals(1_000, HttpFields.parse(HttpWire.bytes(many + "¶")).count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A: b",
        "A: b¶",
        "A: b¶\r",
        "A: b\n\n",
        "A : b¶¶",
        " A: b¶¶",
        "A: b¶ c¶¶",
        "A b¶¶",
        ": b¶¶",
        "A: b\0¶¶",
        "A: b¶¶x",
        "¶¶",
        "A: b\rc¶¶"
      })
  void lines_thatAreNone_areRefused(String lines) {
    byte[] bytes = lines.replace("¶", "\r\n").getBytes(ISO_8859_1);
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> HttpFields.parse(bytes));
    assertTrue(thrown.getMessage().startsWith("these are no fields: "), thrown.getMessage());
  }
}
