package dev.pollux.http.fields;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {

  @ParameterizedTest
  @CsvSource({
    "text/html; charset=utf-8, true",
    "application/json, true",
    "application/ld+json, true",
    "image/svg+xml, true",
    "application/wasm, true",
    "Application/JavaScript;x=y, true",
    "application/xml, true",
    "image/png, false",
    "video/mp4, false",
    "font/woff2, false",
    "application/gzip, false",
    "application/octet-stream, false",
  })
  void shrinking_isOfText(String type, boolean shrinks) {
    assertEquals(shrinks, MediaTypes.shrinks(type));
  }
}
