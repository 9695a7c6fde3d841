package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Experiments that ask before they show. */
class PredictionTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private int predict(String script, Kernel kernel, String answers) throws Exception {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new StringReader(answers));
    return new Laboratory(out, 80).predict(Script.read("mine", script), kernel, in);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r IN, e IN   | 1 of 1",
        "e in,  R IN  | 1 of 1",
        "r IN         | 0 of 1",
        "nothing      | 0 of 1",
        "r OUT, e IN  | 0 of 1",
        "''           | 0 of 0"
      })
  void answer_isRightWhateverItsOrderAndCase(String answer, String foreseen) throws Exception {
    String script =
        """
        r, w = pipe
        e = eventfd
        ep = epoll
        add r to ep: IN
        add e to ep: IN
        write "a" to w
        add 1 to e
        wait on ep
        """;
    assertEquals(Laboratory.AS_EXPECTED, predict(script, Kernel.MODEL, answer + "\n"));
    assertTrue(text().endsWith(foreseen + " foreseen\n"), text());
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void reads_areAskedFor_andWritesAreNot(Kernel kernel) throws Exception {
    String script = "r, w = pipe\nwrite \"ab\" to w\nread up to 9 from r";
    assertEquals(Laboratory.AS_EXPECTED, predict(script, kernel, "ab\n"));
    assertFalse(text().contains("to w -> ?"), text());
    assertTrue(text().endsWith("1 of 1 foreseen\n"), text());
  }

  @Test
  void threads_thatWake_areANumber() throws Exception {
    String script =
        """
        r, w = pipe
        ep = epoll
        add r to ep: IN
        2 threads wait on ep
        write "a" to w
        who woke? -> 1 to 2 threads
        end the threads
        """;
    assertEquals(Laboratory.AS_EXPECTED, predict(script, Kernel.MODEL, "2\n"));
    assertTrue(text().endsWith("1 of 1 foreseen\n"), text());
    bytes.reset();
    String anyNumber = script.replace(" -> 1 to 2 threads", "");
    assertEquals(Laboratory.AS_EXPECTED, predict(anyNumber, Kernel.MODEL, "banana\n"));
    assertTrue(text().endsWith("0 of 1 foreseen\n"), text());
  }

  @Test
  void endOfInput_endsIt() throws Exception {
    assertEquals(Laboratory.AS_EXPECTED, predict("ep = epoll\nwait on ep", Kernel.MODEL, ""));
    assertTrue(text().endsWith("0 of 0 foreseen\n"), text());
  }

  @Test
  void wrongExpectation_isDifferent() throws Exception {
    String script = "r, w = pipe\nep = epoll\nadd r to ep: IN -> EEXIST\nwait on ep";
    assertEquals(Laboratory.DIFFERENT, predict(script, Kernel.MODEL, "nothing\n"));
    assertTrue(text().contains("(expected: EEXIST)"), text());
  }
}
