package dev.pollux.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;

/** What the tests of the rules share: trees of one or two files. */
final class Snippets {
  static final String MAIN = "pollux-poll/src/main/java/dev/pollux/poll/";
  static final String TEST = "pollux-poll/src/test/java/dev/pollux/poll/";

  private Snippets() {}

  static SourceTree tree(String path, String text) {
    return SourceTree.of(Map.of(path, text));
  }

  static void assertPasses(Rule rule, SourceTree tree) {
    assertEquals("", String.join("\n", rule.check(tree)));
  }

  /** Asserts that there is one problem, and what its report starts with. */
  static void assertFails(Rule rule, SourceTree tree, String start) {
    String problems = String.join("\n", rule.check(tree));
    assertEquals(start, problems.substring(0, Math.min(start.length(), problems.length())));
    assertEquals(1, rule.check(tree).size(), problems);
  }
}
