package dev.pollux.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The map of pollux-net, whose classes share one package: who looks for a class finds its room. */
class NetMapTest {

  private static final SourceTree REPOSITORY = SourceTree.ofRepository();
  private static final String TITLE = "### Where to find what\n";
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  @Test
  void everyClass_isOnTheMap_once() {
    String architecture = REPOSITORY.text("ARCHITECTURE.md");
    int start = architecture.indexOf(TITLE);
    String map = architecture.substring(start, architecture.indexOf("\n### ", start + 1));
    List<String> named = new ArrayList<>();
    Matcher name = NAME.matcher(map);
    while (name.find()) {
      named.add(name.group(1));
    }
    List<String> there =
        REPOSITORY.mainFiles().stream()
            .filter(file -> file.module().equals("pollux-net"))
            .map(SourceFile::baseName)
            .filter(file -> !file.endsWith("-info"))
            .sorted()
            .toList();
    assertEquals(there, named.stream().sorted().toList());
  }
}
