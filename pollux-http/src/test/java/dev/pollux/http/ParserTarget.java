package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** For {@code ./dev fuzz-http}: the parser is to say what the reference says, in any split. */
final class ParserTarget {

  private ParserTarget() {}

  /** Called by Jazzer with whatever it thinks of. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Reference.Outcome expected = Reference.read(bytes, HttpLimits.DEFAULT);
    Fast whole = Fast.read(bytes, HttpLimits.DEFAULT, all -> all);
    Fast single = Fast.read(bytes, HttpLimits.DEFAULT, _ -> 1);
    ParserFuzzTest.assertAgree(expected, whole, whole.problem);
    assertEquals(whole.outcome(), single.outcome());
    assertEquals(whole.status, single.status);
  }

  /** What Jazzer begins with. */
  static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/fuzz-seeds.txt"))) {
      seeds.add(HttpWire.bytes(line));
    }
    return seeds;
  }
}
