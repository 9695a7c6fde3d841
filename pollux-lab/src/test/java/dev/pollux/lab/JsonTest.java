package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "\"", "\\", "\n", "\t", "\u0000", "\u001f", "\u007f", "ö€😀", "</"})
  void string_ofAnything_comesBack(String text) {
    assertEquals(text, JsonParser.parseString(Json.write(text)).getAsString());
  }

  @Test
  void step_isItsKindAndItsFields() {
    Step step = Steps.add("ep", "r", Mask.IN.and(Mask.ET));
    assertEquals(
        """
        {
          "do": "add",
          "expected": "",
          "epoll": "ep",
          "handle": "r",
          "interest": "IN ET"
        }\
        """,
        Json.write(step));
  }

  @Test
  void empty_isWrittenWithoutLines() {
    assertEquals("[]", Json.write(List.of()));
    assertEquals("{}", Json.write(Map.of()));
    assertEquals("[1, 2]", Json.write(List.of(1, 2)));
  }
}
