package dev.pollux.junit.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sim.Sim;
import dev.pollux.sim.SimBody;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the guide to the code: its programs are run here, and what it quotes is what they say. */
class GuideTest {

  private static final Path GUIDE = Path.of("../docs/testing-under-simulation.md");
  private static final Path SOURCES = Path.of("src/test/java/dev/pollux/junit/guide");
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
    assertEquals(5, count);
  }

  @Test
  void readme_showsAMethodThatIsRunHere() throws IOException {
    String test = Files.readString(SOURCES.resolve("ReadmeTest.java"));
    String method = test.substring(test.indexOf("  @Simulated"), test.lastIndexOf('}'));
    assertTrue(
        Files.readString(Path.of("../README.md")).contains("\n```java\n" + method + "```\n"));
  }

  @Test
  void failures_areWhatTheySay() throws IOException {
    FirstTest impatient = new FirstTest();
    impatient.patience = Duration.ofSeconds(1);
    String first = "-Dtest=" + FirstTest.class.getName();
    assertQuoted(
        "FirstTest",
        Sim.seeds(200).replay(first + "#everyByteComesBack_thoughPacketsAreLost"),
        impatient::everyByteComesBack_thoughPacketsAreLost);
    assertQuoted("CounterTest", Sim.seeds(200), sim -> CounterTest.count(sim, LossyCounter::new));
  }

  private static void assertQuoted(String test, SimRuns runs, SimBody body) throws IOException {
    SimFailure failure = assertThrows(SimFailure.class, () -> runs.run(body));
    String quoted = "<!-- failure: " + test + " -->\n```\n" + failure + "\n```\n";
    assertTrue(Files.readString(GUIDE).contains(quoted), quoted);
  }
}
