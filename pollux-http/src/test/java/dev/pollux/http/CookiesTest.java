package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.http.Reference.Field;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cookies of requests; those of Http11Probe have its names (COOK-ECHO …). */
class CookiesTest {

  /** What comes of a request with these lines: its cookies, or the status of a refusal. */
  private static String read(String lines) {
    String request = "GET /cookie HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n\r\n";
    Fast fast = Fast.read(request.getBytes(ISO_8859_1), HttpLimits.DEFAULT, all -> all);
    if (fast.status != 0) {
      return fast.status + ": " + fast.problem;
    }
    return fast.outcome().requests().getFirst().fields().stream()
        .filter(field -> field.name().equals("Cookie"))
        .map(Field::value)
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining("; "), header -> shown(Cookies.parse(header))));
  }

  private static String shown(Cookies cookies) {
    return cookies.all().toString();
  }

  private static String pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "k" + i + "=v" + i)
        .collect(Collectors.joining("; "));
  }

  @Test
  void echo_andParsedBasic_isThePair() {
    assertEquals("{foo=bar}", read("Cookie: foo=bar"));
  }

  @Test
  void parsedMulti_isAllPairsInOrder() {
    assertEquals("{c=1, b=2, a=3}", read("Cookie: c=1; b=2; a=3"));
  }

  @Test
  void parsedEmptyVal_isEmpty() {
    assertEquals("{foo=}", read("Cookie: foo="));
    assertEquals("", Cookies.parse("foo=").value("foo"));
  }

  @Test
  void parsedSpecial_hasTheSpaceAndTheEqualsSign() {
    assertEquals("{a=hello world, b=x=y}", read("Cookie: a=hello world; b=x=y"));
  }

  @Test
  void empty_isNone() {
    assertEquals("{}", read("Cookie: "));
    assertEquals("{}", read("Cookie:"));
  }

  @Test
  void malformed_isNone() {
    assertEquals("{}", read("Cookie: ===;;;"));
  }

  @Test
  void multiHeader_isThePairsOfBoth() {
    assertEquals("{a=1, b=2}", read("Cookie: a=1\r\nCookie: b=2"));
  }

  @Test
  void nul_isRefused_andHidesInNoPair() {
    assertEquals("400: a field's value has the byte 0x00", read("Cookie: foo=\0bar"));
    assertEquals("{c=d}", shown(Cookies.parse("foo=\0bar; a\0=b; c=d")));
  }

  @Test
  void controlChars_areRefused_andHideInNoPair() {
    assertEquals("400: a field's value has the byte 0x01", read("Cookie: foo=\1\2\3"));
    assertEquals("{c=d}", shown(Cookies.parse("foo=\1\2\3; a=\u007f; e=\r\n; c=d")));
  }

  @Test
  void oversized_isRefused() {
    assertEquals(
        "431: the fields have more than 32768 bytes", read("Cookie: big=" + "A".repeat(65_536)));
  }

  @Test
  void manyPairs_areAllThere_upToTheLimit() {
    Cookies cookies = Cookies.parse(pairs(1_000));
    assertEquals("v0", cookies.value("k0"));
    assertEquals("v999", cookies.value("k999"));
    assertEquals(1_000, cookies.all().size());
    assertEquals(read("Cookie: " + pairs(1_000)), shown(cookies));
    assertEquals(cookies.all(), Cookies.parse(pairs(1_001)).all());
  }

  @ParameterizedTest
  @CsvSource({
    "a=1; a=2, {a=1}",
    "a=; a=2, {a=}",
    "a; a=2, {a=2}",
    "A=1; a=2, '{A=1, a=2}'",
    "a=1;b=2, '{a=1, b=2}'",
    "a=1;;b=2;, '{a=1, b=2}'",
    "' a = 1 ;\tb\t=\t2\t', '{a=1, b=2}'",
    "=1; b=2, {b=2}",
    "a b=1; b=2, {b=2}",
    "a\"=1; b=2, {b=2}",
    "é=1; b=2, {b=2}",
    "\u0161=1; b=\u0161, {}",
    "a=é, {a=é}",
    "a=\"x; b=2\", '{a=\"x, b=2\"}'",
    "a=\"1\", {a=\"1\"}",
    "'a=1,2; b={\"c\":\"d\"}', '{a=1,2, b={\"c\":\"d\"}}'",
    "$Version=1; a=b, '{$Version=1, a=b}'"
  })
  void pairs_thatAreGood_countInOrder(String header, String shown) {
    assertEquals(shown, shown(Cookies.parse(header)));
  }

  @Test
  void name_isFound_orItIsNot() {
    Cookies cookies = Cookies.parse("a=1; b=2");
    assertEquals("2", cookies.value("b"));
    assertNull(cookies.value("B"));
    assertThrows(UnsupportedOperationException.class, () -> cookies.all().put("c", "3"));
  }

  @Test
  void cookie_thatWasSet_isRead() {
    Cookie set = Cookie.of("a", "!#$%&'()*+-./:<=>?@[]^_`{|}~");
    String sent = set.toString().split(";", 2)[0];
    assertEquals(set.value(), Cookies.parse("x=y; " + sent).value("a"));
  }
}
