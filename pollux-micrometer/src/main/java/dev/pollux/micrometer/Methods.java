package dev.pollux.micrometer;

/** The methods that are told apart; any other is "OTHER". */
final class Methods {

  private static final String[] TAGS = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "OTHER",
    "UNKNOWN"
  };

  /** Of what was no request. */
  static final int UNKNOWN = TAGS.length - 1;

  private static final int OTHER = TAGS.length - 2;

  /** How many slots there are. */
  static final int COUNT = TAGS.length;

  private Methods() {}

  static int slot(String method) {
    for (int i = 0; i < OTHER; i++) {
      if (TAGS[i].equals(method)) {
        return i;
      }
    }
    return OTHER;
  }

  /** What the tag says. */
  static String tag(int slot) {
    return TAGS[slot];
  }
}
