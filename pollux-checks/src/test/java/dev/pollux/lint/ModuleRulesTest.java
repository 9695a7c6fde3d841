package dev.pollux.lint;

import static dev.pollux.lint.Snippets.MAIN;
import static dev.pollux.lint.Snippets.TEST;
import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleRulesTest {
  private static final String JAVA = MAIN + "A.java";
  private static final String MODULE_INFO = "pollux-poll/src/main/java/module-info.java";

  @Test
  void order_upwards_isReported() {
    assertPasses(ModuleRules::order, tree(JAVA, "import dev.pollux.sys.Sys;\n"));
    assertFails(
        ModuleRules::order,
        tree(JAVA, "import dev.pollux.cli.Main;\n"),
        JAVA + ":1: poll must not use cli");
  }

  @Test
  void order_ofUnknownModule_isReported() {
    String path = "pollux-new/src/main/java/A.java";
    assertFails(ModuleRules::order, tree(path, "class A {}\n"), path + ":1: module new has no");
  }

  @Test
  void descriptors_missing_areReported() {
    String marked = "@NullMarked\npackage dev.pollux.poll;\n";
    Map<String, String> complete =
        Map.of(JAVA, "", MODULE_INFO, "", MAIN + "package-info.java", marked);
    assertPasses(ModuleRules::descriptors, SourceTree.of(complete));
    assertFails(
        ModuleRules::descriptors,
        SourceTree.of(Map.of(JAVA, "", MAIN + "package-info.java", marked)),
        MODULE_INFO + ":1: is missing");
    assertFails(
        ModuleRules::descriptors,
        SourceTree.of(Map.of(JAVA, "", MODULE_INFO, "")),
        MAIN + "package-info.java:1: is missing");
    assertFails(
        ModuleRules::descriptors,
        SourceTree.of(Map.of(MODULE_INFO, "", MAIN + "package-info.java", "package x;\n")),
        MAIN + "package-info.java:1: is not @NullMarked");
  }

  @Test
  void deadFiles_areReported() {
    assertFails(
        ModuleRules::deadFiles,
        SourceTree.of(Map.of(JAVA, "class A {}", MAIN + "package-info.java", "/** {@link A} */")),
        JAVA + ":1: A is used nowhere");
    assertPasses(
        ModuleRules::deadFiles, SourceTree.of(Map.of(JAVA, "", TEST + "ATest.java", "new A()")));
    assertPasses(
        ModuleRules::deadFiles, tree(JAVA, "class A { public static void main(String[] a) {} }"));
  }

  @Test
  void deadFiles_ofTheCommandLine_areNotSavedByTests() {
    String main = "pollux-cli/src/main/java/dev/pollux/cli/A.java";
    String test = "pollux-cli/src/test/java/dev/pollux/cli/ATest.java";
    assertFails(
        ModuleRules::deadFiles,
        SourceTree.of(Map.of(main, "", test, "new A()")),
        main + ":1: A is");
  }
}
