package dev.pollux.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What others chose is shown, and not obeyed. */
class LookTest {

  @Test
  void harmless_showsWhatATerminalWouldObey() {
    assertEquals("a\\x1b[31mb\\x0a\\x07 \u00e9", Look.harmless("a\u001b[31mb\n\u0007 \u00e9"));
    assertEquals("\\x9b1m", Look.harmless("\u009b1m"));
    assertEquals("a\\x202eb\\x2028", Look.harmless("a\u202eb\u2028"), "turned, and a line");
  }
}
