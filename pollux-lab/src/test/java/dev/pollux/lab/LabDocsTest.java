package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabDocsTest {

  private static final Path DOCS = Path.of("..", "docs");

  @ParameterizedTest
  @ValueSource(strings = {"how-epoll-works.md", "kqueue.md", "laboratory.md"})
  void chapter_isUpToDate(String name) throws Exception {
    String chapter = Files.readString(DOCS.resolve(name));
    assertTrue(chapter.contains("<!-- lab: "), "it shows output");
    assertEquals(LabDocs.renewed(DOCS, chapter), chapter, "bring it up to date: ./dev docs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"layers.svg", "lab-step.svg"})
  void picture_isUpToDate(String name) throws Exception {
    Path root = Path.of("..");
    String picture = Files.readString(root.resolve("docs").resolve(name));
    assertEquals(LabDocs.pictures(root).get(name), picture, "bring it up to date: ./dev docs");
  }

  @Test
  void renewed_replacesWhatStoodThere() throws Exception {
    String document =
        """
        before
        <!-- lab: D1 model -->
        old
        <!-- /lab -->
        after
        """;

    String renewed = LabDocs.renewed(DOCS, document);

    assertTrue(renewed.startsWith("before\n<!-- lab: D1 model -->\n```\n  level\n"), renewed);
    assertTrue(renewed.endsWith("\n  as expected\n```\n<!-- /lab -->\nafter\n"), renewed);
    assertEquals(renewed, LabDocs.renewed(DOCS, renewed));
  }

  @Test
  void renewed_ofAct_showsItAlone() throws Exception {
    String renewed = LabDocs.renewed(DOCS, "<!-- lab: D7 model act 2 -->\n<!-- /lab -->\n");
    assertTrue(renewed.contains("```\n  edge\n"), renewed);
    assertTrue(!renewed.contains("level\n"), renewed);
  }

  @Test
  void renewed_ofTree_drawsIt() throws Exception {
    String renewed = LabDocs.renewed(DOCS, "<!-- lab: D3 tree act 2 step 14 -->\n<!-- /lab -->\n");
    assertTrue(renewed.contains("\n  d -> a -> c\n"), renewed);
  }

  @Test
  void renewed_ofUnknownMark_fails() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LabDocs.renewed(DOCS, "<!-- lab: D1 -->\n<!-- /lab -->"));
    assertThrows(
        IllegalArgumentException.class,
        () -> LabDocs.renewed(DOCS, "<!-- lab: D99 model -->\n<!-- /lab -->"));
    assertThrows(
        IllegalArgumentException.class,
        () -> LabDocs.renewed(DOCS, "<!-- lab: D1 model -->\nno end"));
  }
}
