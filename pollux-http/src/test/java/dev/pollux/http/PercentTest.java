package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding of percents, and encoding. */
class PercentTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 100_000);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] WORDS = {
    "a",
    "Z",
    "0",
    "~",
    "/",
    "&",
    "=",
    "+",
    "%",
    "%2",
    "%zz",
    "%4g",
    "%41",
    "%2F",
    "%2f",
    "%25",
    "%00",
    "%20",
    "%2B",
    "%7f",
    "%80",
    "%bf",
    "%C0",
    "%C2",
    "%c3%a9",
    "%DF",
    "%E0",
    "%E2%82%AC",
    "%ed",
    "%9f",
    "%A0",
    "%ef",
    "%F0",
    "%f0%9F%98%80",
    "%F4",
    "%8F",
    "%90",
    "%f5",
    "%ff",
    " ",
    "é"
  };

  private static String segment(String in) {
    return Percent.decode(in, 0, in.length());
  }

  private static String form(String in) {
    return Percent.decodeForm(in, 0, in.length());
  }

  private static String refusal(Runnable decoding) {
    return assertThrows(IllegalArgumentException.class, decoding::run).getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc",
    "'', ''",
    "a%20b, 'a b'",
    "a+b, a+b",
    "%41%42, AB",
    "a%2Fb, a/b",
    "a%2fb, a/b",
    "%252F, %2F",
    "%C3%A9t%c3%a9, été",
    "%E2%82%AC, €",
    "%F0%9F%98%80, 😀",
    "%7F%01, '\u007f\u0001'",
    "%F4%8F%BF%BF, '\udbff\udfff'",
    "%ED%9F%BF%EE%80%80, '\ud7ff\ue000'"
  })
  void segment_isText(String in, String text) {
    assertEquals(text, segment(in));
  }

  @Test
  void segment_withoutPercent_isNoCopy() {
    String in = "plain";
    assertSame(in, segment(in));
    assertSame(in, form(in));
  }

  @Test
  void range_ofALongerText_isAllThatIsReadOfIt() {
    assertEquals("bA", Percent.decode("a%/b%41%4", 3, 7));
    assertEquals("b A", Percent.decodeForm("%&b+%41%4", 2, 7));
    assertEquals(
        "the % at 2 is followed by no two hexadecimal digits",
        refusal(() -> Percent.decode("ab%41", 0, 4)));
    assertEquals("the bytes at 1 are no UTF-8", refusal(() -> Percent.decode("a%C3%A9", 0, 4)));
  }

  @ParameterizedTest
  @CsvSource({
    "%, 0",
    "ab%, 2",
    "ab%4, 2",
    "%4g, 0",
    "%g4, 0",
    "%+4, 0",
    "%u0041, 0",
    "a%%41, 1",
    "%4é, 0",
    "%4\u0141, 0",
    "%C3%4, 3",
    "%C3%, 3"
  })
  void percent_withoutTwoDigits_isRefused(String in, int index) {
    String why = "the % at " + index + " is followed by no two hexadecimal digits";
    assertEquals(why, refusal(() -> segment(in)));
    assertEquals(why, refusal(() -> form(in)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%80", // in the middle of a character
        "%BF",
        "%C3", // less than a whole one
        "%C3a",
        "%C3%41",
        "%C3%C3",
        "%E2%82",
        "%F0%9F%98",
        "%C0%AF", // a longer form than need be
        "%C1%BF",
        "%C0%80",
        "%E0%80%AF",
        "%E0%9F%BF",
        "%F0%80%80%AF",
        "%F0%8F%BF%BF",
        "%ED%A0%80", // half of a pair
        "%ED%BF%BF",
        "%F4%90%80%80", // beyond the last
        "%F5%80%80%80",
        "%F8%88%80%80%80",
        "%F9%80%80%80",
        "%FE",
        "%FF"
      })
  void bytes_thatAreNoText_areRefused(String in) {
    assertEquals("the bytes at 1 are no UTF-8", refusal(() -> segment("a" + in)));
    assertEquals("the bytes at 0 are no UTF-8", refusal(() -> form(in + "&")));
  }

  @Test
  void nul_isRefused() {
    assertEquals("the byte at 1 is NUL", refusal(() -> segment("a%00b")));
    assertEquals("the byte at 0 is NUL", refusal(() -> form("%00")));
    assertEquals("the character at 1 is NUL", refusal(() -> form("a\0b")));
    assertEquals("the character at 1 is NUL", refusal(() -> form("+\0b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\0", "\r", "\n", "\t", "\u007f", "é", "\u0141", "€"})
  void character_thatNoTargetHas_isRefusedInASegment(String bad) {
    assertEquals(
        "the character at 1 is not visible ASCII", refusal(() -> segment("a" + bad + "b")));
    assertEquals("the character at 3 is not visible ASCII", refusal(() -> segment("%41" + bad)));
  }

  @Test
  void form_hasSpacesForPlus_andKeepsWhatWasNotEncoded() {
    assertEquals("a b+c", form("a+b%2Bc"));
    assertEquals("é€ 😀\r\né", form("é€+😀\r\n%C3%A9"));
    assertEquals("é😀", form("é😀"));
    assertEquals("the character at 0 is half of a pair", refusal(() -> form("\ud83d+")));
    assertEquals("the character at 1 is half of a pair", refusal(() -> form("+\ude00")));
    assertEquals("the character at 1 is half of a pair", refusal(() -> form("+\ud83d")));
    assertEquals("the character at 0 is half of a pair", refusal(() -> form("\ude00")));
  }

  @Test
  void encoding_leavesWhatIsReservedNowhere() {
    assertEquals("azAZ09-._~", Percent.encode("azAZ09-._~"));
    assertEquals(
        "a%20b%2Fc%3Fd%26e%3Df%2Bg%25h%40%5B%60%7B", Percent.encode("a b/c?d&e=f+g%h@[`{"));
    assertEquals("%0D%0A%00%7F", Percent.encode("\r\n\0\u007f"));
    assertEquals("%C3%A9%E2%82%AC%F0%9F%98%80%C5%81", Percent.encode("é€😀\u0141"));
    assertEquals("the character at 1 is half of a pair", refusal(() -> Percent.encode("a\ud83d")));
  }

  /** The plainest way: bytes, and the decoder of the platform. */
  private static @Nullable String reference(String in, boolean isForm) {
    String good = isForm ? "(?s)(?:%\\p{XDigit}{2}|[^%])*" : "(?:%\\p{XDigit}{2}|[!-~&&[^%]])*";
    if (!in.matches(good)) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] all = (isForm ? in.replace('+', ' ') : in).getBytes(UTF_8);
    for (int i = 0; i < all.length; i++) {
      boolean isEncoded = all[i] == '%';
      bytes.write(isEncoded ? Integer.parseInt(new String(all, i + 1, 2, ISO_8859_1), 16) : all[i]);
      i += isEncoded ? 2 : 0;
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
      return text.indexOf(0) >= 0 ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static @Nullable String decoded(String in, boolean isForm) {
    try {
      return isForm ? form(in) : segment(in);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Test
  void decoder_saysWhatTheReferenceSays_andReadsWhatIsEncoded() {
    int good = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int words = random.nextInt(7); words > 0; words--) {
        text.append(WORDS[random.nextInt(WORDS.length)]);
      }
      String in = text.toString();
      String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1: " + in;
      for (boolean isForm : new boolean[] {false, true}) {
        String expected = reference(in, isForm);
        assertEquals(expected, decoded(in, isForm), what);
        if (expected != null) {
          good++;
          String encoded = Percent.encode(expected);
          assertTrue(Pattern.matches("(?:[-._~A-Za-z0-9]|%[0-9A-F]{2})*", encoded), what);
          assertEquals(expected, decoded(encoded, isForm), what);
        }
      }
    }
    assertTrue(PROGRAMS < 100 || good > PROGRAMS / 10, "texts: " + good);
  }
}
