package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A value with parameters: {@code form-data; name="a"}, {@code multipart/form-data; boundary=x}.
 *
 * <p>What is quoted may have quotes and backslashes behind a backslash. One before anything else is
 * itself: browsers send the names of files so.
 *
 * <p>Source: RFC 9110, 5.6.4 and 5.6.6; RFC 7578, 4.2.
 *
 * @param value what stands before them, in small letters
 * @param all the values by their names, in small letters
 */
record Parameters(String value, Map<String, String> all) {

  private static final String BLANKS = " \t";

  /** Reads all of it. An {@link IllegalArgumentException} says what is wrong. */
  static Parameters of(String text) {
    int mark = text.indexOf(';');
    int end = mark < 0 ? text.length() : mark;
    String value = text.substring(0, end).strip().toLowerCase(Locale.ROOT);
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = end; i < text.length(); ) {
      if (text.charAt(i) != ';') {
        throw new IllegalArgumentException("there is no ; between two parameters");
      }
      int nameFrom = skip(text, i + 1, BLANKS);
      if (nameFrom == text.length() || text.charAt(nameFrom) == ';') {
        i = nameFrom; // an empty one is allowed
        continue;
      }
      int nameTo = skipToken(text, nameFrom);
      if (nameTo == nameFrom || nameTo == text.length() || text.charAt(nameTo) != '=') {
        throw new IllegalArgumentException("a parameter has no name and a = behind that");
      }
      StringBuilder out = new StringBuilder();
      int valueTo = readValue(text, nameTo + 1, out);
      String name = text.substring(nameFrom, nameTo).toLowerCase(Locale.ROOT);
      if (all.putIfAbsent(name, out.toString()) != null) {
        throw new IllegalArgumentException("there are two parameters " + name);
      }
      i = skip(text, valueTo, BLANKS);
    }
    return new Parameters(value, all);
  }

  private static int readValue(String text, int from, StringBuilder out) {
    if (from == text.length() || text.charAt(from) != '"') {
      int to = skipToken(text, from);
      if (to == from) {
        throw new IllegalArgumentException("a parameter has no value");
      }
      out.append(text, from, to);
      return to;
    }
    for (int i = from + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (c == '"') {
        return i + 1;
      }
      boolean isEscape = c == '\\' && (next == '"' || next == '\\');
      out.append(isEscape ? next : c);
      i += isEscape ? 1 : 0;
    }
    throw new IllegalArgumentException("a parameter's quotes do not end");
  }

  private static int skip(String text, int from, String chars) {
    int i = from;
    while (i < text.length() && chars.indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  private static int skipToken(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) < 0x80 && isToken(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isToken(char c) {
    return Octets.is((byte) c, Octets.TOKEN);
  }
}
