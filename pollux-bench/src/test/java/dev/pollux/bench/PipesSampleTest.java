package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.poll.Backend;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipesSampleTest {

  private static final PipesSpec SPEC = new PipesSpec(Backend.POLL, 50, 10, 5, 1, 3, 256);

  @Test
  void command_namesAllParametersInTheirOrder() {
    assertEquals("run poll 50 10 5 1 3 256", SPEC.command());
  }

  @Test
  void parse_ofAGoodLine_takesEveryFigure() throws IOException {
    PipesSample sample = PipesSample.parse("45 9000 6 300 100 200", SPEC);
    assertEquals(new PipesSample(45, 9000, 6, List.of(300L, 100L, 200L)), sample);
    assertEquals(200, sample.median());
  }

  @Test
  void parse_withATimeMissing_saysHowMany() {
    String message = failure("45 9000 6 300 100");
    assertTrue(message.contains("gave 2 times, not 3"), message);
  }

  @Test
  void parse_ofWords_showsThem() {
    String message = failure("45 9000 6 300 oops 200");
    assertTrue(message.contains("oops"), message);
  }

  @Test
  void parse_withBytesLost_saysHowMany() {
    String message = failure("44 9000 6 300 100 200");
    assertTrue(message.contains("44 bytes were read, not 45"), message);
  }

  @Test
  void payload_ofAnError_carriesItsMessage() {
    IOException e =
        assertThrows(IOException.class, () -> CProgram.payload("error poll: Too many open files"));
    assertEquals("the C program says: poll: Too many open files", e.getMessage());
  }

  @Test
  void payload_ofAnythingElse_isAnErrorThatQuotesIt() {
    IOException e = assertThrows(IOException.class, () -> CProgram.payload("okay"));
    assertEquals("the C program says: 'okay'", e.getMessage());
  }

  @Test
  void payload_ofOk_isTheRest() throws IOException {
    assertEquals("1 2 3", CProgram.payload("ok 1 2 3"));
  }

  private static String failure(String payload) {
    return assertThrows(IOException.class, () -> PipesSample.parse(payload, SPEC)).getMessage();
  }
}
