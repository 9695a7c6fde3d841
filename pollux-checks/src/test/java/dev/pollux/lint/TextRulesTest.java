package dev.pollux.lint;

import static dev.pollux.lint.Snippets.MAIN;
import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import org.junit.jupiter.api.Test;

class TextRulesTest {
  private static final String JAVA = MAIN + "A.java";

  @Test
  void fileSize_atAndPastTheLimit() {
    assertPasses(TextRules::fileSize, tree(JAVA, "x\n".repeat(500)));
    assertFails(TextRules::fileSize, tree(JAVA, "x\n".repeat(501)), JAVA + ":501: 501 lines");
  }

  @Test
  void lineWidth_atAndPastTheLimit() {
    assertPasses(TextRules::lineWidth, tree(JAVA, "é".repeat(100) + "\n"));
    assertFails(TextRules::lineWidth, tree(JAVA, "\n" + "x".repeat(101)), JAVA + ":2: 101 columns");
  }

  @Test
  void lineWidth_ofOtherFiles_isFree() {
    assertPasses(TextRules::lineWidth, tree("README.md", "x".repeat(200)));
  }

  @Test
  void whiteSpace_atTheEndAndTabs_isReported() {
    assertPasses(TextRules::whiteSpace, tree("dev", "a b\n\n  c\n"));
    assertFails(TextRules::whiteSpace, tree("dev", "a\nb \n"), "dev:2: white space");
    assertFails(TextRules::whiteSpace, tree("dev", "a\tb\n"), "dev:1: a tab");
    assertFails(TextRules::whiteSpace, tree("dev", "a"), "dev:1: no line break");
  }

  @Test
  void markers_areReported() {
    assertPasses(TextRules::markers, tree(JAVA, "// What is TODONE is done\n"));
    assertFails(TextRules::markers, tree(JAVA, "\n// TO" + "DO: later\n"), JAVA + ":2: TO" + "DO");
  }

  @Test
  void javadoc_thatBeginsWithWhatIsAbove_isReported() {
    assertPasses(TextRules::aloneInJavadoc, tree(JAVA, "/** Waits, as above. */\n"));
    assertFails(
        TextRules::aloneInJavadoc,
        tree(JAVA, "\n/**\n * As above, in" + " time.\n */\n"),
        JAVA + ":2");
  }
}
