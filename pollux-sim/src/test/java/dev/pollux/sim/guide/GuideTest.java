package dev.pollux.sim.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the guide to the code: its programs are the ones that are run here. */
class GuideTest {

  private static final Path GUIDE = Path.of("../docs/testing-under-simulation.md");
  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/sim/guide");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- code: (\\S+) -->\n```java\n(.*?)^```$");

  @Test
  void programs_areTheOnesRunHere() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(GUIDE));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(SOURCES.resolve(block.group(1))), block.group(2));
      count++;
    }
    assertEquals(1, count);
  }
}
