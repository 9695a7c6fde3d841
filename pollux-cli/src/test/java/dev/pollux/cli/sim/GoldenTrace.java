package dev.pollux.cli.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AssertionFailureBuilder;

/**
 * The trace of one run, kept as a file: a run that went another way shows where it left the old
 * one.
 */
final class GoldenTrace {

  private static final Path KEPT = Path.of("src", "test", "resources", "traces");
  private static final Path NEW = Path.of("target", "traces");
  private static final int CONTEXT = 5;

  private final Path kept;
  private final Path now;

  private GoldenTrace(Path kept, Path now) {
    this.kept = kept;
    this.now = now;
  }

  /** That with this name in the source tree. */
  static GoldenTrace of(String name) {
    return new GoldenTrace(KEPT.resolve(name), NEW.resolve(name));
  }

  /** One elsewhere. */
  static GoldenTrace of(Path kept, Path now) {
    return new GoldenTrace(kept, now);
  }

  /**
   * Fails if these are not the lines kept; the new ones are then written where a diff finds them.
   */
  void assertSame(List<String> lines) throws IOException {
    List<String> before = Files.readAllLines(kept);
    if (before.equals(lines)) {
      return;
    }
    Files.createDirectories(now.getParent());
    Files.writeString(now, String.join("\n", lines) + "\n");
    int first = 0;
    while (first < Math.min(before.size(), lines.size())
        && before.get(first).equals(lines.get(first))) {
      first++;
    }
    AssertionFailureBuilder.assertionFailure()
        .message(
            "another run from line "
                + (first + 1)
                + " on; all of it: diff "
                + kept
                + " "
                + now
                + "; if it is meant: cp "
                + now
                + " "
                + kept
                + "\n")
        .expected(around(before, first))
        .actual(around(lines, first))
        .buildAndThrow();
  }

  private static String around(List<String> lines, int first) {
    int from = Math.max(0, first - CONTEXT);
    int to = Math.min(lines.size(), first + CONTEXT);
    return "\n" + String.join("\n", lines.subList(Math.min(from, to), to)) + "\n";
  }
}
