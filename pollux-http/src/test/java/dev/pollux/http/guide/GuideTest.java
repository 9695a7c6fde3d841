package dev.pollux.http.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the guide to the code: the programs in it are those that are run here. */
class GuideTest {

  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/http/guide");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^<!-- code: (\\S+) -->\n```java\n(.*?)^```$");

  @Test
  void programs_areTheOnesRunHere() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/a-web-service.md")));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(SOURCES.resolve(block.group(1))), block.group(2));
      count++;
    }
    assertEquals(4, count);
  }
}
