package dev.pollux.lint;

import static dev.pollux.lint.Snippets.MAIN;
import static dev.pollux.lint.Snippets.TEST;
import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BannedCallsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Thread.sleep(1);",
        "System.currentTimeMillis();",
        "Unsafe.getUnsafe();",
        "printStackTrace();",
        "Linker.nativeLinker();",
        "import java.lang.foreign.Linker;",
        "@Disabled",
        "@DisabledOnOs(WINDOWS)",
        "@EnabledIfSystemProperty(named = x)",
        "assumeTrue(x);",
        "System.exit(1);",
      })
  void call_inMainOrTest_isReported(String call) {
    String found = call.replaceFirst("^import ", "").replaceFirst("[(;].*", "");
    String start = found.matches("Unsafe.*|Linker.*") ? found.replaceFirst("\\..*", ".") : found;
    assertFails(BannedCalls::check, tree(MAIN + "A.java", call), MAIN + "A.java:1: " + start);
    assertFails(BannedCalls::check, tree(TEST + "ATest.java", call), TEST + "ATest.java:1: ");
  }

  @Test
  void clock_isReportedInMainCode() {
    assertFails(
        BannedCalls::check,
        tree(MAIN + "A.java", "System.nanoTime()"),
        MAIN + "A.java:1: System.nanoTime");
  }

  @Test
  void assertionOfTheThread_isReportedInMainCode() {
    String code = "assert loop.inLoop();";
    assertFails(
        BannedCalls::check, tree(MAIN + "A.java", code), MAIN + "A.java:1: assert loop.inLoop");
    assertPasses(BannedCalls::check, tree(MAIN + "A.java", "assert lock.isHeldByCurrentThread();"));
    assertPasses(BannedCalls::check, tree(TEST + "ATest.java", code));
  }

  @Test
  void criticalLink_isReportedEverywhere() {
    String path = "pollux-sys/src/main/java/dev/pollux/sys/A.java";
    assertFails(BannedCalls::check, tree(path, "Linker.Option.critical(false)"), path + ":1: ");
  }

  @Test
  void call_whereItBelongs_passes() {
    String sys = "pollux-sys/src/main/java/dev/pollux/sys/";
    assertPasses(BannedCalls::check, tree(sys + "NativeSys.java", "System.nanoTime()"));
    assertPasses(
        BannedCalls::check,
        tree("pollux-poll/src/test/java/dev/pollux/poll/Deadline.java", "System.nanoTime()"));
    assertPasses(BannedCalls::check, tree(sys + "Calls.java", "Linker.nativeLinker()"));
    assertPasses(
        BannedCalls::check,
        tree("pollux-cli/src/main/java/dev/pollux/cli/Main.java", "System.exit(0);"));
  }

  @Test
  void call_inCommentOrLiteral_passes() {
    String text =
        "// Thread.sleep\n/* Thread.sleep */ char c = '\"'; String s = \"\\\"Thread.sleep\";\n"
            + "String t = \"\"\"\n    Thread.sleep \" \\\"\"\" Thread.sleep\n    \"\"\";\n";
    assertPasses(BannedCalls::check, tree(MAIN + "A.java", text));
  }
}
