package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Layers}: the drawing says what the modules say. */
class LayersTest {

  @TempDir private Path root;

  @BeforeEach
  void tree() throws Exception {
    Files.writeString(
        root.resolve("pom.xml"),
        """
        <module>pollux-bom</module>
        <module>pollux-sys</module>
        <module>pollux-poll</module>
        <module>pollux-loop</module>
        """);
    Files.createDirectory(root.resolve("pollux-bom"));
    module("sys", "Calls &amp; numbers.", "");
    module("poll", "A poller.", "  requires transitive dev.pollux.sys;\n");
    module("loop", "A loop.", "  requires dev.pollux.poll;\n  requires dev.pollux.sys;\n");
  }

  @Test
  void module_isABoxWithItsDescription() throws Exception {
    String picture = Layers.of(root);
    assertTrue(picture.contains(">pollux-sys</text>"), picture);
    assertTrue(picture.contains(">Calls &amp; numbers.</text>"), picture);
    assertEquals(-1, picture.indexOf("bom"));
  }

  @Test
  void line_isDrawnToWhatIsRequired_unlessAnotherLeadsThere() throws Exception {
    assertEquals(2, lines(), "poll to sys, loop to poll");
    module("loop", "A loop.", "  requires dev.pollux.sys;\n");
    assertEquals(2, lines(), "poll to sys, loop to sys");
    module("loop", "A loop.", "");
    assertEquals(1, lines(), "poll to sys");
  }

  @Test
  void module_onOneThatIsNotBelow_isRefused() throws Exception {
    module("sys", "Calls.", "  requires dev.pollux.loop;\n");
    assertThrows(IllegalStateException.class, () -> Layers.of(root));
  }

  /** How many there are, but for that from the user's program. */
  private int lines() throws Exception {
    return Layers.of(root).split("class=\"line\"", -1).length - 2;
  }

  private void module(String name, String description, String requires) throws Exception {
    Path module = root.resolve("pollux-" + name);
    Path code = module.resolve(Path.of("src", "main", "java"));
    Files.createDirectories(code);
    Files.writeString(
        module.resolve("pom.xml"), "<description>" + description + "</description>\n");
    Files.writeString(
        code.resolve("module-info.java"), "module dev.pollux." + name + " {\n" + requires + "}\n");
  }
}
