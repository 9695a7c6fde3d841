package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a path may name beneath a folder. */
class SitePathTest {

  private static @Nullable SitePath of(String path) {
    return SitePath.of(path, FileOptions.DEFAULT);
  }

  private static String text(@Nullable SitePath path) {
    assertNotNull(path);
    return new String(path.bytes(), ISO_8859_1) + (path.isFolder() ? "/" : "");
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a, a",
    "/a/, a/",
    "/a/b.c/d, a/b.c/d",
    "/%61%2Eb, a.b",
    "/a%20b, a b",
    "/a+b, a+b",
    "/%25, %",
    "/%2541, %41", // decoded once
    "/%252e%252e/x, %2e%2e/x",
    "/a%3Fb%23c, a?b#c",
    "/a%5C..%5Cb, a\\..\\b", // a backslash is a letter
    "/a;v=1, a;v=1",
    "/a..b, a..b",
    "/a.., a..",
    "/.well-known/acme, .well-known/acme",
    "/%2ewell-known/acme, .well-known/acme",
    "/.well-known/, .well-known/",
  })
  void path_ofASite_isDecodedOnce(String path, String name) {
    assertEquals(name, text(of(path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "//",
        "//a",
        "/a//b",
        "/a//",
        "///",
        "/.",
        "/./",
        "/a/.",
        "/a/./b",
        "/..",
        "/../",
        "/../a",
        "/a/..",
        "/a/../b",
        "/a/../../b",
        "/%2e",
        "/%2e%2e",
        "/%2E%2e/a",
        "/.%2e/a",
        "/%2e./a",
        "/a/%2e%2e",
        "/a%2fb",
        "/a%2Fb",
        "/..%2fa",
        "/%2f",
        "/%2fetc/passwd",
        "/a%00",
        "/%00",
        "/a%00.html",
        "/%",
        "/%4",
        "/a%",
        "/a%4/b",
        "/a%zz",
        "/%-1",
        "/%+1",
        "/%1g",
        "/%g1",
        "/% 1",
        "/%u0041",
        "/\uff0e\uff0e/a",
        "/%\uff11\uff11",
        "/a\0b",
      })
  void path_thatNamesNothing_isNone(String path) {
    assertNull(of(path));
    assertNull(SitePath.of(path, FileOptions.DEFAULT.withDotfiles(true)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.git/config",
        "/a/.htaccess",
        "/%2egit/config",
        "/%2Eenv",
        "/...",
        "/a/.well-known/x",
        "/.well-known/.secret",
        "/.well-knownx/a",
        "/.WELL-KNOWN/a",
      })
  void nameWithADot_isHidden_unlessItMayBeSeen(String path) {
    assertNull(of(path));
    assertNotNull(SitePath.of(path, FileOptions.DEFAULT.withDotfiles(true)));
  }

  @Test
  void prefix_isTakenAwayWhole() {
    FileOptions options = FileOptions.DEFAULT.withPrefix("/static/v1");
    assertEquals("a", text(SitePath.of("/static/v1/a", options)));
    assertEquals("/", text(SitePath.of("/static/v1/", options)));
    for (String other :
        new String[] {
          "/",
          "/static",
          "/static/",
          "/static/v1",
          "/static/v1x/a",
          "/static/v1a",
          "/static/v1//a",
          "/static/v1/../a",
          "/STATIC/v1/a",
          "/%73tatic/v1/a",
          "//static/v1/a"
        }) {
      assertNull(SitePath.of(other, options), other);
    }
  }

  @Test
  void bytes_thatAreNoUtf8_areNames() {
    SitePath path = of("/%ff%FE/\u00e9");
    assertNotNull(path);
    assertArrayEquals(new byte[] {(byte) 0xff, (byte) 0xfe, '/', (byte) 0xe9}, path.bytes());
  }

  @Test
  void path_tooLong_isNone() {
    assertNotNull(of("/" + "a".repeat(3999)));
    assertNull(of("/" + "a".repeat(4000)));
  }

  @Test
  void name_within_hasOneSlash() {
    byte[] name = "index.html".getBytes(UTF_8);
    SitePath root = of("/");
    SitePath folder = of("/a/b/");
    assertNotNull(root);
    assertNotNull(folder);
    assertEquals("index.html", new String(root.and(name), UTF_8));
    assertEquals("a/b/index.html", new String(folder.and(name), UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "/a, false",
    "/a/, false",
    "/, false",
    "/a.js, true",
    "/a.b/c, false",
    "/a.b/, true",
    "/c., true"
  })
  void extension_isOfTheLastSegment(String path, boolean isThere) {
    SitePath site = of(path);
    assertNotNull(site);
    assertEquals(isThere, site.hasExtension());
  }
}
