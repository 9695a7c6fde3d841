package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link GoldenTrace}: a difference explains itself. */
class GoldenTraceTest {

  @TempDir private Path folder;

  @Test
  void difference_isShownWithWhatStandsAroundIt() throws Exception {
    Path kept = folder.resolve("kept");
    Path now = folder.resolve("new").resolve("now");
    Files.writeString(kept, "a\nb\nc\nd\n");
    GoldenTrace trace = GoldenTrace.of(kept, now);

    trace.assertSame(List.of("a", "b", "c", "d"));
    assertTrue(Files.notExists(now));

    List<String> lines = List.of("a", "b", "C", "d");
    AssertionError failure = assertThrows(AssertionError.class, () -> trace.assertSame(lines));
    String message = failure.getMessage();
    assertTrue(message.startsWith("another run from line 3 on; "), message);
    assertTrue(message.contains("a\nb\nc\nd\n"), message);
    assertTrue(message.contains("a\nb\nC\nd\n"), message);
    assertEquals(lines, Files.readAllLines(now));
  }

  @Test
  void end_beforeTheOldOne_isADifference() throws Exception {
    Path kept = folder.resolve("kept");
    Files.writeString(kept, "a\nb\n");
    GoldenTrace trace = GoldenTrace.of(kept, folder.resolve("now"));
    String shorter =
        assertThrows(AssertionError.class, () -> trace.assertSame(List.of("a"))).getMessage();
    assertTrue(shorter.startsWith("another run from line 2 on; "), shorter);
    String none =
        assertThrows(AssertionError.class, () -> trace.assertSame(List.of())).getMessage();
    assertTrue(none.startsWith("another run from line 1 on; "), none);
  }
}
