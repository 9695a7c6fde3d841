package dev.pollux.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** {@link Progress} under a clock that the test moves. */
class ProgressTest {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final ModelSys clock = ModelSys.virtual(1, Faults.none());
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private void pass(long seconds) {
    clock.advance(seconds * NANOS_PER_SECOND);
  }

  @Test
  void at_onATerminal_writesOneLineOverEachSecond() {
    try (Progress progress = new Progress(clock, out, true)) {
      pass(1);
      progress.at(() -> "one");
      progress.at(() -> "not yet");
      pass(1);
      progress.at(() -> "two");
    }
    assertEquals("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[K", bytes.toString(UTF_8));
  }

  @Test
  void at_inALog_writesALineEachHalfMinute() {
    try (Progress progress = new Progress(clock, out, false)) {
      pass(30);
      progress.at(() -> "one");
      progress.at(() -> "not yet");
      pass(30);
      progress.at(() -> "two");
    }
    assertEquals("one\ntwo\n", bytes.toString(UTF_8));
  }

  @Test
  void work_thatIsShort_saysNothing() {
    try (Progress progress = new Progress(clock, out, false)) {
      progress.at(() -> "not yet");
    }
    assertEquals("", bytes.toString(UTF_8));
  }
}
