package dev.pollux.http.wire;

/**
 * What bytes mean in HTTP/1. Source: RFC 9110, 5.6.2 (token), 5.5 (field values); RFC 9112, 3.2.
 */
public final class Octets {

  /** A character of a token: a method, the name of a field. */
  public static final int TOKEN = 1;

  /** A character of a field's value, blanks among them. */
  public static final int VALUE = 1 << 1;

  /** A character of a target: of a URI, but no percent, bracket or fragment's beginning. */
  public static final int TARGET = 1 << 2;

  /** One that browsers send in a query, or a path, although no URI has it as it is. */
  public static final int LOOSE = 1 << 5;

  /** A decimal digit. */
  public static final int DIGIT = 1 << 3;

  /** A hexadecimal digit. */
  public static final int HEX = 1 << 4;

  /** A character of a host's name, but no percent. */
  public static final int HOST = 1 << 6;

  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final String URI_MARKS = "-._~!$&'()*+,;=:@/?";
  private static final String HOST_MARKS = "-._~!$&'()*+;=";
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = 0; c < CLASSES.length; c++) {
      boolean isDigit = c >= '0' && c <= '9';
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean isHex = isDigit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      boolean isVisible = c > ' ' && c < 0x7f;
      int classes = isDigit || isLetter || TOKEN_MARKS.indexOf(c) >= 0 ? TOKEN : 0;
      classes |= isVisible || c == ' ' || c == '\t' || c >= 0x80 ? VALUE : 0;
      boolean isOfUri = isDigit || isLetter || URI_MARKS.indexOf(c) >= 0;
      boolean isApart = c == '%' || c == '[' || c == ']' || c == '#';
      classes |= isOfUri ? TARGET : 0;
      classes |= isVisible && !isOfUri && !isApart ? LOOSE : 0;
      classes |= isDigit ? DIGIT : 0;
      classes |= isHex ? HEX : 0;
      classes |= isDigit || isLetter || HOST_MARKS.indexOf(c) >= 0 ? HOST : 0;
      CLASSES[c] = (byte) classes;
    }
  }

  private Octets() {}

  /** Whether it is one of these. */
  public static boolean is(byte octet, int mask) {
    return (CLASSES[octet & 0xff] & mask) != 0;
  }

  /** Where the first byte is that is not of these. */
  public static int skip(byte[] in, int from, int end, int mask) {
    int i = from;
    while (i < end && is(in[i], mask)) {
      i++;
    }
    return i;
  }

  /** Whether it is a space or a tab. */
  public static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  /** The value of a hexadecimal digit. */
  public static int hex(byte digit) {
    return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
  }

  /** Whether a range is this word, given in small letters, in whatever case. */
  public static boolean equalsIgnoreCase(byte[] in, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      int c = in[from + i];
      int small = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
      if (small != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a range is this word. */
  public static boolean equals(byte[] in, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (in[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** How a byte is shown in a message: as it is, or by its number. */
  public static String show(byte octet) {
    int c = octet & 0xff;
    if (c > ' ' && c < 0x7f) {
      return "'" + (char) c + "'";
    }
    return switch (c) {
      case '\r' -> "a CR";
      case '\n' -> "a LF";
      case ' ' -> "a space";
      case '\t' -> "a tab";
      default -> "the byte 0x" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16);
    };
  }
}
