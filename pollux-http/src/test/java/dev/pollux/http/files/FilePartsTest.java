package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link StaticFiles} reads of requests: ranges, codings, dates, types, paths. */
class FilePartsTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-499, 0+500",
    "bytes=-500, 9500+500",
    "bytes=9500-, 9500+500",
    "'bytes=0-0,-1', 0+1 9999+1",
    "'BYTES=1-2 , ,3-4', 1+2 3+2",
    "bytes=9999-99999999999999999999, 9999+1",
    "'bytes=10000-,5-5', 5+1",
  })
  void ranges_areParts(String field, String parts) {
    assertEquals(parts, text(ByteRanges.of(field, 10_000)));
  }

  private static String text(List<ByteRanges.Part> parts) {
    return parts.stream()
        .map(part -> part.start() + "+" + part.length())
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=1",
        "items=0-1",
        "bytes=+1-2",
        "bytes=0-9999,0-0",
        "bytes=1 -2"
      })
  void ranges_malformedOrTooMuch_areTheWhole(String field) {
    assertNull(ByteRanges.of(field, 10_000));
  }

  @Test
  void ranges_nothingThere_areNone() {
    assertEquals(List.of(), ByteRanges.of("bytes=10000-", 10_000));
    assertEquals(List.of(), ByteRanges.of("bytes=-0", 10_000));
    assertEquals(List.of(), ByteRanges.of("bytes=0-", 0));
  }

  @Test
  void ranges_more_areTheWhole() {
    String most =
        IntStream.range(0, ByteRanges.MAX_PARTS)
            .mapToObj(i -> i + "-" + i)
            .collect(Collectors.joining(",", "bytes=", ""));
    List<ByteRanges.Part> parts = ByteRanges.of(most, 10_000);
    assertEquals(ByteRanges.MAX_PARTS, parts == null ? 0 : parts.size());
    assertNull(ByteRanges.of(most + ",99-99", 10_000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | gzip | 1000",
        "gzip;q=0.5 | gzip | 500",
        "gzip; q=0.123 | gzip | 123",
        "gzip;q=1.1 | gzip | 0",
        "gzip;x=1 | gzip | 0",
        "* | gzip | 1000",
        "*;q=0 | gzip | 0",
        "*;q=0 | identity | 0",
        "gzip | identity | 1",
        "identity;q=0 | identity | 0",
        "br | gzip | 0",
        "GZIP | gzip | 1000",
      })
  void codings_haveWeights(String line, String coding, int weight) {
    assertEquals(weight, new AcceptedCodings(List.of(line)).weight(coding));
  }

  @ParameterizedTest
  @CsvSource({
    "'Sun, 06 Nov 1994 08:49:37 GMT', 784111777",
    "'Sunday, 06-Nov-94 08:49:37 GMT', 784111777",
    "Sun Nov  6 08:49:37 1994, 784111777",
  })
  void dates_inThreeForms_areTheSame(String text, long second) {
    assertEquals(second, HttpDates.second(text));
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDates.text(second));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "Mon, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"})
  void dates_others_areNone(String text) {
    assertEquals(HttpDates.NONE, HttpDates.second(text));
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=utf-8",
    "A.PNG, image/png",
    "b/c.tar.gz, application/gzip",
    "x.glb, model/own",
    "none, application/octet-stream",
    "dir.d/none, application/octet-stream",
  })
  void types_areByTheEndOfANameAndOnesOwn(String name, String type) {
    ContentTypes types = new ContentTypes(Map.of("glb", "model/own"));
    assertEquals(type, types.of(name.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void path_isBytes_andBeneathThePrefix() {
    FileOptions options = FileOptions.DEFAULT.withPrefix("/static");
    SitePath path = SitePath.of("/static/%C3%BC/%ff", options);
    assertEquals("ü/\u00ff", path == null ? "" : latin(path));
    assertNull(SitePath.of("/other/a", options));
    assertNull(SitePath.of("/staticfile", options));
    assertNull(SitePath.of("/static", options));
    assertNull(SitePath.of("/static/" + "a".repeat(5000), options));
  }

  private static String latin(SitePath path) {
    return new String(path.bytes(), StandardCharsets.ISO_8859_1).replace("\u00c3\u00bc", "ü");
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
