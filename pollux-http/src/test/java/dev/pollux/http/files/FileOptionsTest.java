package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FileOptionsTest {

  @Test
  void options_changeNothingElse() {
    FileOptions options =
        FileOptions.DEFAULT
            .withPrefix("/static")
            .withIndex("")
            .withFallback("app.html")
            .withCacheControl("no-cache")
            .withListing(true)
            .withDotfiles(true)
            .withLinks(true)
            .withSiblings(false)
            .withTypes(Map.of("X", "a/b"));
    assertEquals("/static", options.prefix());
    assertEquals("", options.index());
    assertEquals("app.html", options.fallback());
    assertEquals("no-cache", options.cacheControl());
    assertTrue(options.lists() && options.showsDotfiles() && options.followsLinks());
    assertEquals(Map.of("x", "a/b"), options.types());
    assertNull(FileOptions.DEFAULT.fallback());
    assertTrue(FileOptions.DEFAULT.usesSiblings() && !options.usesSiblings());
  }

  @Test
  void options_refuseWhatIsNone() {
    FileOptions options = FileOptions.DEFAULT;
    assertThrows(IllegalArgumentException.class, () -> options.withIndex("../x"));
    assertThrows(IllegalArgumentException.class, () -> options.withFallback(".."));
    assertThrows(IllegalArgumentException.class, () -> options.withPrefix("static"));
    assertThrows(IllegalArgumentException.class, () -> options.withCacheControl("a\nb"));
    assertThrows(IllegalArgumentException.class, () -> options.withTypes(Map.of("x", "none")));
  }
}
