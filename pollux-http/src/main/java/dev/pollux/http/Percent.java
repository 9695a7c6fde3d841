package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.Octets;

/**
 * Text in a target or a form, and how it is written there: as UTF-8, a byte as % and two digits
 * where it could not stand itself.
 *
 * <p>What is decoded is text, or it is refused: a % without two digits, bytes that are no UTF-8 (a
 * longer form than need be, half of a pair, one beyond the last), and NUL, at which others end a
 * name. What is decoded is not decoded again: {@code %252F} is {@code %2F}.
 *
 * <p>Threads: any. Errors: an {@link IllegalArgumentException} says what is wrong, and at which
 * index. Complexity: one pass; allocates only where something is decoded. Source: RFC 3986, 2.1 and
 * 3.3; RFC 3629, 4; the URL standard's application/x-www-form-urlencoded.
 */
final class Percent {

  private static final String UNRESERVED_MARKS = "-._~";
  private static final String DIGITS = "0123456789ABCDEF";
  private static final int WIDTH = 3; // of %41
  private static final int[] LEAST = {0, 0x80, 0x800, 0x10000}; // what needs so many more bytes

  private Percent() {}

  /** The text of a path's segment, which has visible ASCII alone. */
  static String decode(String in, int from, int to) {
    int plain = from;
    while (plain < to && in.charAt(plain) != '%') {
      requireVisible(in, plain);
      plain++;
    }
    if (plain == to) {
      return in.substring(from, to);
    }
    StringBuilder out = new StringBuilder(to - from).append(in, from, plain);
    for (int i = plain; i < to; ) {
      char c = in.charAt(i);
      if (c == '%') {
        i = decodePoint(in, i, to, out);
      } else {
        requireVisible(in, i);
        out.append(c);
        i++;
      }
    }
    return out.toString();
  }

  /**
   * The text of a name or a value in a form, where + is a space. A character beyond ASCII, which
   * would have been written otherwise by who follows the rules, is itself.
   */
  static String decodeForm(String in, int from, int to) {
    int plain = from;
    while (plain < to && in.charAt(plain) != '%' && in.charAt(plain) != '+') {
      requireText(in, plain, to);
      plain++;
    }
    if (plain == to) {
      return in.substring(from, to);
    }
    StringBuilder out = new StringBuilder(to - from).append(in, from, plain);
    for (int i = plain; i < to; ) {
      char c = in.charAt(i);
      if (c == '%') {
        i = decodePoint(in, i, to, out);
      } else {
        requireText(in, i, to);
        out.append(c == '+' ? ' ' : c);
        i++;
      }
    }
    return out.toString();
  }

  /** Decodes a character, which may have several bytes; where it goes on behind. */
  private static int decodePoint(String in, int at, int to, StringBuilder out) {
    int lead = octet(in, at, to);
    boolean isGood = lead < 0x80 || (lead >= 0xc0 && lead < 0xf8);
    int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    int point = more == 0 ? lead : lead & (0x3f >> more);
    for (int i = 1; i <= more && isGood; i++) {
      int next = at + i * WIDTH;
      int octet = next < to && in.charAt(next) == '%' ? octet(in, next, to) : 0;
      point = point << 6 | (octet & 0x3f);
      isGood = (octet & 0xc0) == 0x80;
    }
    if (!isGood || point < LEAST[more] || point > Character.MAX_CODE_POINT || isHalf(point)) {
      throw refused("the bytes", at, "are no UTF-8");
    }
    if (point == 0) {
      throw refused("the byte", at, "is NUL");
    }
    out.appendCodePoint(point);
    return at + (1 + more) * WIDTH;
  }

  private static int octet(String in, int at, int to) {
    if (to - at < WIDTH || !isHex(in.charAt(at + 1)) || !isHex(in.charAt(at + 2))) {
      throw refused("the %", at, "is followed by no two hexadecimal digits");
    }
    return Octets.hex((byte) in.charAt(at + 1)) << 4 | Octets.hex((byte) in.charAt(at + 2));
  }

  private static boolean isHex(char c) {
    return c < 0x80 && Octets.is((byte) c, Octets.HEX);
  }

  private static void requireVisible(String in, int at) {
    char c = in.charAt(at);
    if (c <= ' ' || c >= 0x7f) {
      throw refused("the character", at, "is not visible ASCII");
    }
  }

  private static void requireText(String in, int at, int to) {
    char c = in.charAt(at);
    if (c == 0) {
      throw refused("the character", at, "is NUL");
    }
    boolean isPair =
        Character.isHighSurrogate(c)
            ? at + 1 < to && Character.isLowSurrogate(in.charAt(at + 1))
            : Character.isLowSurrogate(c) && at > 0 && Character.isHighSurrogate(in.charAt(at - 1));
    if (Character.isSurrogate(c) && !isPair) {
      throw refused("the character", at, "is half of a pair");
    }
  }

  private static IllegalArgumentException refused(String what, int at, String why) {
    return new IllegalArgumentException(what + " at " + at + " " + why);
  }

  /**
   * Text as it may stand in a path's segment and in a form: letters, digits and {@code -._~} are
   * themselves. A segment that is . or .. remains one, however it is written.
   */
  static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (isUnreserved(point)) {
        out.append((char) point);
      } else if (isHalf(point)) {
        throw refused("the character", i, "is half of a pair");
      } else {
        for (byte octet : Character.toString(point).getBytes(UTF_8)) {
          out.append('%').append(DIGITS.charAt(octet >> 4 & 15)).append(DIGITS.charAt(octet & 15));
        }
      }
      i += Character.charCount(point);
    }
    return out.toString();
  }

  private static boolean isUnreserved(int point) {
    int small = point | 0x20;
    return (small >= 'a' && small <= 'z')
        || (point >= '0' && point <= '9')
        || UNRESERVED_MARKS.indexOf(point) >= 0;
  }

  /** Half of a pair, which is no character. */
  private static boolean isHalf(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }
}
