package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of a request, as its Cookie field has them: {@code a=1; b=2}.
 *
 * <p>A pair is what stands between semicolons, whatever quotes there are: what is quoted hides no
 * pair. Of several with one name the first counts, which is the one of the longest path. A pair
 * without {@code =}, whose name is no token, or whose value has a control character, is none; the
 * others count. A value is as it was sent, with its quotes; it may have blanks, commas and bytes
 * beyond ASCII, which scripts set.
 *
 * <p>Immutable. Threads: any. Complexity: one pass; at most {@link #MAX_PAIRS} pairs count, and
 * finding one takes logarithmic time at worst. Source: RFC 6265bis, 4.2 and 5.8.
 */
final class Cookies {

  /** How many pairs are looked at; those behind are left alone. */
  static final int MAX_PAIRS = 1_000;

  private final Map<String, String> values = new LinkedHashMap<>();

  private Cookies() {}

  /** Reads the value of a Cookie field; of several fields, joined by "; ". */
  static Cookies parse(String header) {
    Cookies cookies = new Cookies();
    int from = 0;
    for (int i = 0; i < MAX_PAIRS && from < header.length(); i++) {
      int mark = header.indexOf(';', from);
      int to = mark < 0 ? header.length() : mark;
      cookies.add(header, from, to);
      from = to + 1;
    }
    return cookies;
  }

  private void add(String header, int from, int to) {
    int mark = header.indexOf('=', from, to);
    if (mark < 0) {
      return;
    }
    String name = trimmed(header, from, mark);
    String value = trimmed(header, mark + 1, to);
    if (!name.isEmpty() && has(name, Octets.TOKEN) && has(value, Octets.VALUE)) {
      values.putIfAbsent(name, value);
    }
  }

  private static String trimmed(String text, int from, int to) {
    int first = from;
    int last = to;
    while (first < last && isBlank(text.charAt(first))) {
      first++;
    }
    while (last > first && isBlank(text.charAt(last - 1))) {
      last--;
    }
    return text.substring(first, last);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean has(String text, int mask) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xff || !Octets.is((byte) c, mask)) {
        return false;
      }
    }
    return true;
  }

  /** The value of this name; null if there is none. */
  @Nullable String value(String name) {
    return values.get(name);
  }

  /** All of them, in their order. */
  Map<String, String> all() {
    return Collections.unmodifiableMap(values);
  }
}
