package dev.pollux.lint;

import static dev.pollux.lint.Snippets.MAIN;
import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclarationRulesTest {
  private static final String JAVA = MAIN + "A.java";
  private static final String MODULE_INFO = "pollux-poll/src/main/java/module-info.java";

  @Test
  void methodSize_atAndPastTheLimit() {
    assertPasses(DeclarationRules::methodSize, tree(JAVA, classWithMethodOf(60)));
    assertFails(
        DeclarationRules::methodSize,
        tree(JAVA, classWithMethodOf(61)),
        JAVA + ":2: method work has 61 lines");
  }

  @Test
  void methodSize_countsNoTypesAndFields() {
    String array = "class A {\n  int[] a = {\n" + "    1,\n".repeat(70) + "  };\n}\n";
    assertPasses(DeclarationRules::methodSize, tree(JAVA, array));
    String nested = "class A {\n  enum B {\n    X {\n" + "\n".repeat(70) + "    }\n  }\n}\n";
    assertPasses(DeclarationRules::methodSize, tree(JAVA, nested));
  }

  @Test
  void javadoc_missingOnPublicType_isReported() {
    assertPasses(DeclarationRules::javadoc, exported("/** Is. */\npublic class A {}\n"));
    assertFails(DeclarationRules::javadoc, exported("public class A {}\n"), JAVA + ":1: A is");
  }

  @Test
  void javadoc_missingOnPublicMethod_isReported() {
    String start = "/** Is. */\npublic final class A {\n";
    assertPasses(
        DeclarationRules::javadoc,
        exported(start + "  /** Does. */\n  @Tag({\"a\", \"b\"})\n  public void b() {}\n}\n"));
    assertPasses(
        DeclarationRules::javadoc,
        exported(start + "  void a() {}\n\n  @Override\n  public String toString() {}\n}\n"));
    assertPasses(
        DeclarationRules::javadoc,
        exported("/** Is. */\npublic record A(int b) {\n  public A {}\n}\n"));
    assertFails(
        DeclarationRules::javadoc,
        exported(start + "  /** Is. */\n  int a;\n\n  public void b() {}\n}\n"),
        JAVA + ":6: b is public");
  }

  @Test
  void javadoc_missingInInterface_isReported() {
    String start = "/** Is. */\npublic interface A {\n";
    assertPasses(DeclarationRules::javadoc, exported(start + "  /** Does. */\n  int b();\n}\n"));
    assertFails(DeclarationRules::javadoc, exported(start + "  int b();\n}\n"), JAVA + ":3: b is");
  }

  @Test
  void javadoc_ofHiddenTypes_isFree() {
    assertPasses(DeclarationRules::javadoc, exported("class A {\n  public void b() {}\n}\n"));
    assertPasses(DeclarationRules::javadoc, tree(JAVA, "public class A {}\n"));
  }

  @Test
  void names_ofObject_areReportedOfPublicMethods() {
    String start = "/** Is. */\npublic final class A {\n";
    assertPasses(DeclarationRules::names, tree(JAVA, start + "  void wait(int a) {}\n}\n"));
    assertPasses(DeclarationRules::names, tree(JAVA, start + "  public void await() {}\n}\n"));
    assertPasses(
        DeclarationRules::names, tree(JAVA, "class A {\n  public void wait(int a) {}\n}\n"));
    assertFails(
        DeclarationRules::names,
        tree(JAVA, start + "  public int wait(Events a, long b) {}\n}\n"),
        JAVA + ":3: wait overloads");
    assertFails(
        DeclarationRules::names,
        tree(JAVA, "public interface A {\n  void notify(int a);\n}\n"),
        JAVA + ":2: notify overloads");
  }

  @Test
  void options_thatARecordHolds_areReported() {
    assertPasses(DeclarationRules::options, tree(JAVA, "record AOptions(int a, int b) {}\n"));
    assertPasses(DeclarationRules::options, tree(JAVA, "public record Stats(int a) {}\n"));
    assertFails(
        DeclarationRules::options,
        tree(JAVA, "public record AOptions(int a) {}\n"),
        JAVA + ":1: AOptions is a public record");
  }

  @Test
  void options_withWithersOfOneValue_pass() {
    String start = "public final class AOptions {\n  public AOptions ";
    assertPasses(DeclarationRules::options, tree(JAVA, start + "withTick(Duration tick) {}\n}\n"));
    assertPasses(DeclarationRules::options, tree(JAVA, start + "withSeed(long seed) {}\n}\n"));
    assertFails(
        DeclarationRules::options,
        tree(JAVA, start + "withTick(long tickNanos) {}\n}\n"),
        JAVA + ":2: withTick takes");
    assertFails(
        DeclarationRules::options,
        tree(JAVA, start + "withTimers(Duration tick, int count) {}\n}\n"),
        JAVA + ":2: withTimers takes");
  }

  @Test
  void declarations_areFoundInTheirOrder() {
    String text =
        """
        @Tag({"a"})
        record A(int b) {
          private static final Runnable C = () -> { run(); };

          A {
            for (int i = 0; i < 3; i++) { run(); }
          }

          <T> T d(T t) throws IOException {
            if (t == null) { return t; }
            return t;
          }
        }
        """;
    assertEquals(
        "[A, A, d]",
        Declaration.of(new SourceFile(JAVA, text)).stream()
            .map(Declaration::name)
            .toList()
            .toString());
  }

  private static SourceTree exported(String text) {
    return SourceTree.of(
        Map.of(
            MODULE_INFO, "module dev.pollux.poll {\n  exports dev.pollux.poll;\n}\n", JAVA, text));
  }

  private static String classWithMethodOf(int lineCount) {
    return "class A {\n  void work(int x) {\n" + "    x++;\n".repeat(lineCount - 2) + "  }\n}\n";
  }
}
