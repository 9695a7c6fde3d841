package dev.pollux.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What users get: the library, aligned by a BOM that says nothing of anybody else's artifacts. */
class PackagingTest {

  private static final SourceTree REPOSITORY = SourceTree.ofRepository();
  private static final Set<String> LIBRARY =
      Set.of(
          "pollux-sys",
          "pollux-kqueue",
          "pollux-poll",
          "pollux-model",
          "pollux-loop",
          "pollux-net",
          "pollux-http",
          "pollux-httpserver",
          "pollux-sim",
          "pollux-junit",
          "pollux-micrometer",
          "pollux-inspect");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)</artifactId>");
  private static final Pattern RESTRICTED = Pattern.compile("\\.reinterpret\\(|downcallHandle\\(");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  @Test
  void bom_hasTheLibrary_andNothingElse() {
    String bom = text("pollux-bom/pom.xml");
    String managed = bom.substring(bom.indexOf("<dependencyManagement>"));
    assertEquals(new TreeSet<>(LIBRARY), new TreeSet<>(names(ARTIFACT, managed)));
    assertFalse(text("pom.xml").contains("<dependencyManagement>"), "a BOM inherits that");
  }

  @Test
  void programs_areNotInstalled() {
    for (String module : names(MODULE, text("pom.xml"))) {
      String pom = text(module + "/pom.xml");
      boolean isLibrary = LIBRARY.contains(module) || module.equals("pollux-bom");
      for (String goal : List.of("install", "deploy")) {
        assertEquals(!isLibrary, pom.contains("<maven." + goal + ".skip>true<"), module);
      }
    }
  }

  @Test
  void users_needNoAnnotations() {
    for (String module : LIBRARY) {
      String descriptor = text(module + "/src/main/java/module-info.java");
      assertTrue(descriptor.contains("requires static org.jspecify;"), module);
      assertFalse(descriptor.contains("static transitive"), module);
    }
  }

  @Test
  void documents_nameTheModules_thatNeedNativeAccess() {
    Set<String> needed =
        REPOSITORY.mainFiles().stream()
            .filter(file -> LIBRARY.contains(file.module()))
            .filter(file -> RESTRICTED.matcher(file.code()).find())
            .map(file -> file.module().replaceFirst("pollux-", "dev.pollux."))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String module : needed) {
      assertTrue(section("## Native access").contains("`" + module + "`"), module);
    }
    assertEquals(Set.of("dev.pollux.model", "dev.pollux.sys"), needed);
  }

  /** What a user copies resolves to what is built. */
  @Test
  void readme_namesTheVersionOfThePom() {
    String version =
        names(Pattern.compile("(?m)^  <version>(.*)</version>"), text("pom.xml")).iterator().next();
    String get = section("## Get it");
    Set<String> named = names(Pattern.compile("(\\d+\\.\\d+\\.\\d+[-\\w]*)"), get);
    assertEquals(Set.of(version), named);
  }

  private static String section(String title) {
    String readme = text("README.md");
    int start = readme.indexOf(title + "\n");
    return readme.substring(start, readme.indexOf("\n## ", start + 1));
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(m -> m.group(1)).collect(Collectors.toSet());
  }

  private static String text(String path) {
    return REPOSITORY.text(path);
  }
}
