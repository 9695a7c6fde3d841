package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types by names. */
class ContentTypesTest {

  private static final String UNKNOWN = "application/octet-stream";

  private final ContentTypes known = new ContentTypes(Map.of());

  private String of(String name) {
    return known.of(name.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "index.html, text/html; charset=utf-8",
    "a/b/INDEX.HTML, text/html; charset=utf-8",
    "a.css, text/css; charset=utf-8",
    "a.min.js, text/javascript; charset=utf-8",
    "a.mjs, text/javascript; charset=utf-8",
    "a.json, application/json",
    "a.js.map, application/json",
    "a.svg, image/svg+xml",
    "a.wasm, application/wasm",
    "a.woff2, font/woff2",
    "a.tar.gz, application/gzip",
    "a.JPG, image/jpeg",
    ".html, text/html; charset=utf-8",
    "a.webmanifest, application/manifest+json",
  })
  void name_withAnEnd_isOfIts(String name, String type) {
    assertEquals(type, of(name));
  }

  @ParameterizedTest
  @CsvSource({
    "a",
    "''",
    "html",
    "a.",
    "a.html/b",
    "a.html.",
    "a.html~",
    "a.xyz",
    "'a.html '",
    "a.htmlé"
  })
  void name_thatSaysNothing_isOfBytes(String name) {
    assertEquals(UNKNOWN, of(name));
    assertEquals(UNKNOWN, known.of(new byte[] {'a', '.', (byte) 0xff}));
  }

  @Test
  void options_addAndReplace() {
    FileOptions options =
        FileOptions.DEFAULT.withTypes(Map.of("XYZ", "chemical/x-xyz", "html", "text/plain"));
    ContentTypes more = new ContentTypes(options.types());
    assertEquals("chemical/x-xyz", more.of("a.xyz".getBytes(UTF_8)));
    assertEquals("text/plain", more.of("a.HTML".getBytes(UTF_8)));
    assertEquals("image/png", more.of("a.png".getBytes(UTF_8)));
  }
}
