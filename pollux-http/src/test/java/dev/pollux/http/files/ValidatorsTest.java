package dev.pollux.http.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.Linux;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags and times. Source: RFC 9110, 8.8. */
class ValidatorsTest {

  private static final long SECOND = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT
  private static final Validators STRONG = new Validators("\"a\"", false, SECOND);
  private static final Validators WEAK = new Validators("\"a\"", true, SECOND);

  private static Validators of(long size, long second, int nanos, String coding, long now) {
    return Validators.of(new FileStatus(Linux.S_IFREG, 1, size, second, nanos), coding, now);
  }

  /** As reproducible builds give all files one time. */
  @Test
  void tag_ofAnotherFile_ofThatSizeAndTime_isAnother() {
    FileStatus one = new FileStatus(Linux.S_IFREG, 1, 10, 1, 0);
    FileStatus other = new FileStatus(Linux.S_IFREG, 2, 10, 1, 0);
    assertNotEquals(Validators.of(one, "", 1000).tag(), Validators.of(other, "", 1000).tag());
  }

  @Test
  void tag_isAnother_forAnotherContent() {
    String tag = of(10, 5, 7, "", 1000).tag();
    assertTrue(tag.matches("\"[!#-~]+\""), tag); // 8.8.3
    assertEquals(tag, of(10, 5, 7, "", 2000).tag());
    assertNotEquals(tag, of(11, 5, 7, "", 1000).tag());
    assertNotEquals(tag, of(10, 6, 7, "", 1000).tag());
    assertNotEquals(tag, of(10, 5, 8, "", 1000).tag());
    assertNotEquals(tag, of(10, 5, 7, "br", 1000).tag()); // 8.8.3.3
    assertNotEquals(of(10, 5, 7, "gzip", 1000).tag(), of(10, 5, 7, "br", 1000).tag());
    assertNotEquals(of(0x15, 5, 7, "", 1000).tag(), of(0x1, 0x55, 7, "", 1000).tag());
  }

  /** 8.8.1: what may change unseen is no strong one. */
  @Test
  void tag_ofAFileThatJustChanged_isWeak() {
    assertTrue(of(1, 1000, 0, "", 1000).isWeak());
    assertTrue(of(1, 1000, 999_999_999, "", 1001).isWeak());
    assertFalse(of(1, 1000, 0, "", 1002).isWeak());
    assertTrue(of(1, 1000, 0, "", 10).isWeak(), "of a time to come");
    assertTrue(of(1, 1000, 0, "", 1000).field().startsWith("W/\""));
    assertTrue(of(1, 1000, 0, "", 1002).field().startsWith("\""));
  }

  /** 8.8.2.1: no time is later than that of the answer. */
  @Test
  void time_toCome_isNow() {
    assertEquals("Thu, 01 Jan 1970 00:00:10 GMT", of(1, 1000, 0, "", 10).lastModified());
    assertEquals("Thu, 01 Jan 1970 00:00:10 GMT", of(1, Long.MAX_VALUE, 0, "", 10).lastModified());
    assertNotEquals(of(1, 1000, 0, "", 10).tag(), of(1, 2000, 0, "", 10).tag());
  }

  /** A disk may say any time; a field has one of four digits. */
  @Test
  void time_longAgo_isOfFourDigits() {
    assertEquals("Wed, 31 Dec 1969 23:59:59 GMT", of(1, -1, 0, "", 10).lastModified());
    for (long second : new long[] {Long.MIN_VALUE, -70_000_000_000L}) {
      String text = of(1, second, 0, "", 10).lastModified();
      assertEquals(29, text.length(), text);
    }
    assertFalse(of(1, Long.MIN_VALUE, 0, "", 10).isWeak());
  }

  /** 8.8.3.2, and 13.1.1 for If-Match, which compares strongly. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        // list | strong file: strongly, weakly | weak file: strongly, weakly
        "\"a\" | true | true | false | true",
        "W/\"a\" | false | true | false | true",
        "* | true | true | true | true",
        "' * ' | true | true | true | true",
        "\"b\" | false | false | false | false",
        "\"b\", \"a\" | true | true | false | true",
        "\"b\",W/\"a\" | false | true | false | true",
        "W/\"a\", \"a\" | true | true | false | true",
        ",, \"a\" | true | true | false | true",
        "\"b\"\"a\" | true | true | false | true",
        "\"x,\"a\" | false | false | false | false",
        "\"b, \"a\", \"c\" | false | false | false | false",
        "a | false | false | false | false",
        "\"a | false | false | false | false",
        "a\" | false | false | false | false",
        "w/\"a\" | false | false | false | false", // 8.8.3: case-sensitive
        "\"A\" | false | false | false | false",
        "W/a | false | false | false | false",
        "W/ | false | false | false | false",
        "W | false | false | false | false",
        "'' | false | false | false | false",
        "\"\" | false | false | false | false",
        "\"b\", * | false | false | false | false",
        "\"*\" | false | false | false | false",
        "nonsense, \"a\" | false | false | false | false",
      })
  void lists_areCompared(
      String list, boolean strong, boolean weak, boolean ofWeakStrong, boolean ofWeakWeak) {
    assertEquals(strong, STRONG.isIn(list, true));
    assertEquals(weak, STRONG.isIn(list, false));
    assertEquals(ofWeakStrong, WEAK.isIn(list, true));
    assertEquals(ofWeakWeak, WEAK.isIn(list, false));
  }

  /** 13.1.5: strongly, and a date exactly. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\"",
        " \"a\" ",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
      })
  void range_ofTheSame_isOne_unlessThatIsWeak(String field) {
    assertTrue(STRONG.isSame(field));
    assertFalse(WEAK.isSame(field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a",
        "\"b\"",
        "W/\"a\"",
        "\"a\", \"b\"",
        "\"b\", \"a\"",
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sun, 06 Nov 1994 08:49:38 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "784111777",
        "-9223372036854775808",
      })
  void range_ofAnother_isNone(String field) {
    assertFalse(STRONG.isSame(field));
    assertFalse(WEAK.isSame(field));
  }
}
