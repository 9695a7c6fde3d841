package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds of the text of the examples. */
class ExamplesTest {

  private static final int MAX_LINES = 60;
  private static final int CLUSTER_LINES = 150; // of ChatCluster, the one that is larger

  private static List<Path> examples() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "."));
    Path folder = module.resolve("src/main/java/dev/pollux/examples");
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .filter(Files::isRegularFile)
          .filter(p -> !p.endsWith("package-info.java") && !p.endsWith("Web.java"))
          .sorted()
          .toList();
    }
  }

  @Test
  void example_every_hasAtMostSixtyLines() throws IOException {
    for (Path example : examples()) {
      int count = Files.readAllLines(example).size();
      int most = example.endsWith("ChatCluster.java") ? CLUSTER_LINES : MAX_LINES;
      assertTrue(count <= most, example + " has " + count + " lines");
    }
  }

  @Test
  void example_every_isAProgramWithATest() throws IOException {
    StringBuilder tests = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java/dev/pollux/examples"))) {
      for (Path test : files.filter(p -> p.toString().endsWith("IT.java")).toList()) {
        tests.append(Files.readString(test));
      }
    }
    assertEquals(13, examples().size());
    for (Path example : examples()) {
      String name = example.getFileName().toString().replace(".java", "");
      String text = Files.readString(example);
      assertTrue(text.contains("public static void main(String[] args)"), name);
      assertTrue(
          text.contains("System.out.println(\"listening on \"") || text.contains("Web.serve("),
          name);
      assertTrue(tests.indexOf("new Program(" + name + ".class") >= 0, name + " is run by no test");
    }
  }

  @Test
  void readme_showsEcho_asItIs() throws IOException {
    String source = Files.readString(Path.of("src/main/java/dev/pollux/examples/Echo.java"));
    String program = source.substring(source.indexOf("import "));
    assertTrue(
        Files.readString(Path.of("../README.md")).contains("```java\n" + program + "```\n"),
        "README.md does not show Echo.java as it is");
  }
}
