package dev.pollux.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every rule over the repository. */
class LintTest {
  private static final SourceTree REPOSITORY = SourceTree.ofRepository();

  static Stream<Arguments> rules() {
    return Stream.of(
        rule("file size", TextRules::fileSize),
        rule("line width", TextRules::lineWidth),
        rule("white space", TextRules::whiteSpace),
        rule("markers", TextRules::markers),
        rule("Javadoc alone", TextRules::aloneInJavadoc),
        rule("method size", DeclarationRules::methodSize),
        rule("Javadoc", DeclarationRules::javadoc),
        rule("names", DeclarationRules::names),
        rule("options", DeclarationRules::options),
        rule("banned calls", BannedCalls::check),
        rule("module order", ModuleRules::order),
        rule("descriptors", ModuleRules::descriptors),
        rule("dead files", ModuleRules::deadFiles),
        rule("foreign numbers", ForeignRules::numbers),
        rule("foreign systems", ForeignRules::systems),
        rule("shell", ShellRules::portable),
        rule("titles", MarkdownRules::titles),
        rule("links", MarkdownRules::links));
  }

  private static Arguments rule(String name, Rule rule) {
    return argumentSet(name, rule);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void repository_keepsTheRule(Rule rule) {
    List<String> problems = rule.check(REPOSITORY);

    assertTrue(problems.isEmpty(), () -> "\n" + String.join("\n", problems));
  }

  @Test
  void repository_isFound() {
    assertTrue(REPOSITORY.contains("pom.xml"));
    assertTrue(REPOSITORY.mainFiles().size() > 4);
  }

  @Test
  void order_namesTheModulesThereAre() {
    Set<String> modules =
        REPOSITORY.mainFiles().stream()
            .map(f -> f.module().replaceFirst("pollux-", ""))
            .collect(Collectors.toSet());
    assertEquals(modules, ModuleRules.MAY_USE.keySet());
  }
}
