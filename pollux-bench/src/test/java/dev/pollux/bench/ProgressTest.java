package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void show_onATerminal_replacesTheLineAndEndRemovesIt() {
    Progress progress = new Progress(out, true);
    progress.show("one");
    progress.show("two");
    progress.end();
    assertEquals("\r\033[Kone\r\033[Ktwo\r\033[K", bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void show_elsewhere_writesPlainLines() {
    Progress progress = new Progress(out, false);
    progress.show("one");
    progress.show("two");
    progress.end();
    assertEquals("one\ntwo\n", bytes.toString(StandardCharsets.UTF_8));
  }
}
