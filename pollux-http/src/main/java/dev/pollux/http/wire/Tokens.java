package dev.pollux.http.wire;

/** What a program may put into a head. Source: RFC 9110, 5.1 and 5.5. */
public final class Tokens {

  private Tokens() {}

  /** A token: the name of a field, a method. */
  public static String requireToken(String what, String text) {
    if (!isToken(text)) {
      throw new IllegalArgumentException(what + " is no token: '" + visible(text) + "'");
    }
    return text;
  }

  /** Whether this is a token. */
  public static boolean isToken(String text) {
    boolean isToken = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      isToken &= c < 0x80 && Octets.is((byte) c, Octets.TOKEN);
    }
    return isToken;
  }

  /** The value of a field: no control characters, which could end its line, and none of Unicode. */
  public static String requireValue(String what, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xff || !Octets.is((byte) c, Octets.VALUE)) {
        throw new IllegalArgumentException(
            what + " has a character that no field's value may have: '" + visible(text) + "'");
      }
    }
    boolean isEmpty = text.isEmpty();
    if (!isEmpty && (isBlank(text.charAt(0)) || isBlank(text.charAt(text.length() - 1)))) {
      throw new IllegalArgumentException(
          what + " begins or ends with a blank: '" + visible(text) + "'");
    }
    return text;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** A text in which nothing can end a line of a log. */
  public static String visible(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > 0x7e) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }
}
