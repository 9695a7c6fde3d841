package dev.pollux.lint;

import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkdownRulesTest {
  @Test
  void title_isOne() {
    assertPasses(MarkdownRules::titles, tree("a.md", "# A\n\n```sh\n# no title\n```\n\n## B\n"));
    assertFails(MarkdownRules::titles, tree("a.md", "A\n"), "a.md:1: 0 titles");
    assertFails(MarkdownRules::titles, tree("a.md", "# A\n# B\n"), "a.md:1: 2 titles");
  }

  @Test
  void link_toNothing_isReported() {
    String text = "# A\n[b](../b/c.md#there) [d](docs) [e](https://e.example) [f](#f) `[g](g)`\n";
    SourceTree tree =
        SourceTree.of(Map.of("x/a.md", text, "b/c.md", "# C\n", "x/docs/d.txt", "d\n"));
    assertPasses(MarkdownRules::links, tree);
    assertFails(
        MarkdownRules::links, tree("x/a.md", "# A\n\n[b](../b/c.md)\n"), "x/a.md:3: link to ../b");
  }
}
