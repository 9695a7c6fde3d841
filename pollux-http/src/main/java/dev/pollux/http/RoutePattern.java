package dev.pollux.http;

import java.util.ArrayList;
import java.util.List;

/**
 * What the paths of a route look like: {@code /users/{id}/posts/{rest...}}. A segment is itself, as
 * text that is not encoded; or any one, {@code {name}}; or, at the end, all that are left.
 *
 * @param segments what stands between the slashes
 * @param names those of the parameters, in their order
 */
record RoutePattern(List<Segment> segments, List<String> names) {

  /** How many segments a pattern or a path may have. */
  static final int MAX_SEGMENTS = 64;

  private static final String REST = "...";

  enum Kind {
    LITERAL,
    PARAMETER,
    REST
  }

  /**
   * Between two slashes.
   *
   * @param text of a literal; else the name
   */
  record Segment(Kind kind, String text) {}

  /** Reads a pattern. An {@link IllegalArgumentException} says what is wrong with it. */
  static RoutePattern of(String pattern) {
    if (!pattern.startsWith("/")) {
      throw refused(pattern, "does not begin with /");
    }
    List<Segment> segments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int from = 1; from <= pattern.length(); ) {
      int mark = pattern.indexOf('/', from);
      int to = mark < 0 ? pattern.length() : mark;
      Segment segment = segment(pattern, pattern.substring(from, to));
      boolean isLast = to == pattern.length();
      if (segments.size() == MAX_SEGMENTS) {
        throw refused(pattern, "has more than " + MAX_SEGMENTS + " segments");
      }
      if (!isLast && segment.kind == Kind.REST) {
        throw refused(pattern, "has something behind {" + segment.text + REST + "}");
      }
      if (!isLast && segment.text.isEmpty()) {
        throw refused(pattern, "has an empty segment before its end");
      }
      if (segment.kind != Kind.LITERAL) {
        if (names.contains(segment.text)) {
          throw refused(pattern, "has two parameters " + segment.text);
        }
        names.add(segment.text);
      }
      segments.add(segment);
      from = to + 1;
    }
    return new RoutePattern(List.copyOf(segments), List.copyOf(names));
  }

  private static Segment segment(String pattern, String text) {
    if (text.startsWith("{") && text.endsWith("}")) {
      boolean isRest = text.endsWith(REST + "}");
      String name = text.substring(1, text.length() - (isRest ? REST.length() + 1 : 1));
      if (!isName(name)) {
        throw refused(
            pattern, "has " + text + ", where a name has letters, digits and _, one at least");
      }
      return new Segment(isRest ? Kind.REST : Kind.PARAMETER, name);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{' || c == '}') {
        throw refused(pattern, "has " + text + ", where a parameter is a whole segment");
      }
      if (c == '%') {
        throw refused(pattern, "has a %; write the text itself, which is not encoded here");
      }
      if (c == '?' || c == '#' || Character.isISOControl(c)) {
        throw refused(pattern, "has a ?, a # or a control character");
      }
    }
    if (text.equals(".") || text.equals("..")) {
      throw refused(pattern, "has the segment " + text + ", which no path may have");
    }
    return new Segment(Kind.LITERAL, text);
  }

  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (!isLetter && (c < '0' || c > '9') && c != '_') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static IllegalArgumentException refused(String pattern, String why) {
    return new IllegalArgumentException("the pattern " + pattern + " " + why);
  }
}
