package dev.pollux.cli.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link QuitFilter}, with its input whole and cut anywhere. */
class QuitFilterTest {

  /** {@code $} stands for a line feed, {@code %} for a carriage return, {@code !} for quitting. */
  @ParameterizedTest
  @CsvSource({
    "hello$, hello$",
    "hello$q$no, hello$!",
    "Q$, !",
    "q%$, !",
    "q, !",
    "q%, !",
    "qq$, qq$",
    "aq$, aq$",
    "q $, q $",
    "q%%$, q%%$",
    "q%x$q$, q%x$!",
    "$q$, $!",
    "quit$, quit$",
    "qQ$, qQ$",
    "%q$, %q$",
  })
  void pass_cutAnywhere_findsTheQuittingLine(String coded, String expected) {
    String text = coded.replace('$', '\n').replace('%', '\r');
    for (int cut = 0; cut <= text.length(); cut++) {
      QuitFilter filter = new QuitFilter();
      ByteBuffer target = ByteBuffer.allocate(100);
      boolean quit =
          filter.pass(bytes(text.substring(0, cut)), target)
              || filter.pass(bytes(text.substring(cut)), target)
              || filter.end();
      String passed = new String(target.array(), 0, target.position(), ISO_8859_1);
      assertEquals(
          expected,
          passed.replace('\n', '$').replace('\r', '%') + (quit ? "!" : ""),
          "cut at " + cut);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
