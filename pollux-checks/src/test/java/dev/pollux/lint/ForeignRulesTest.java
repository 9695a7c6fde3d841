package dev.pollux.lint;

import static dev.pollux.lint.Snippets.MAIN;
import static dev.pollux.lint.Snippets.TEST;
import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignRulesTest {

  private static final String SYS = "pollux-sys/src/main/java/dev/pollux/sys/";

  @ParameterizedTest
  @ValueSource(strings = {"0x1022", "0x10_22", "0x1022L"})
  void numberOfAnotherSystem_isReported(String number) {
    String code = "int option = " + number + ";\n";
    assertFails(
        ForeignRules::numbers,
        tree(MAIN + "A.java", code),
        MAIN + "A.java:1: is macOS's SO_NOSIGPIPE; take it from the profile");
    assertPasses(ForeignRules::numbers, tree(SYS + "MacOs.java", code));
    assertPasses(ForeignRules::numbers, tree(TEST + "A.java", code));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x1000", "0xffff", "1031", "\"0x1022\"", "0x10225", "4130"})
  void numberThatMayBeAnything_isNone(String number) {
    assertPasses(ForeignRules::numbers, tree(MAIN + "A.java", "int a = " + number + ";\n"));
  }

  @Test
  void system_isAskedOnce() {
    String code = "System.getProperty(\"os.name\");\n";
    assertFails(
        ForeignRules::systems, tree(MAIN + "A.java", code), MAIN + "A.java:1: asks which system");
    assertPasses(ForeignRules::systems, tree(SYS + "NativeSys.java", code));
  }

  @Test
  void profile_isHadByTheSystemsName() {
    String code = "Profile mac = MacOs.profile(x);\n";
    assertFails(
        ForeignRules::systems, tree(MAIN + "A.java", code), MAIN + "A.java:1: names a system");
    assertPasses(ForeignRules::systems, tree(SYS + "Profiles.java", code));
  }
}
