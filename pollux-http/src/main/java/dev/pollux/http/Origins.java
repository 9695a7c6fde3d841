package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What an origin is, as browsers write it. Source: RFC 6454, 6.2; RFC 3986, 3.1. */
final class Origins {

  private static final String MARK = "://";

  private Origins() {}

  /** Whether this is a scheme and a host, with a port or without; "null" is none. */
  static boolean isOrigin(String text) {
    int mark = text.indexOf(MARK);
    if (mark < 1 || !isScheme(text, mark)) {
      return false;
    }
    byte[] bytes = text.getBytes(ISO_8859_1); // what is beyond becomes a mark that no host has
    return Targets.isAuthority(bytes, mark + MARK.length(), bytes.length, false)
        && bytes[bytes.length - 1] != ':';
  }

  private static boolean isScheme(String text, int to) {
    for (int i = 0; i < to; i++) {
      char c = text.charAt(i);
      boolean isSmall = c >= 'a' && c <= 'z';
      boolean isOther = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!isSmall && (i == 0 || !isOther)) {
        return false;
      }
    }
    return true;
  }
}
