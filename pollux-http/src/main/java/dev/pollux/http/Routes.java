package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what serves a path: a trie over its segments.
 *
 * <p>A pattern is {@code /users/{id}/posts/{rest...}}: a segment that is itself goes before any
 * one, and that before all that are left, at each place; where one way leads to no route of the
 * method, the next is tried. A slash at the end is of another path. Two routes of one method and
 * one shape are refused, whatever their parameters' names are.
 *
 * <p>A path is split at its slashes first, and what is between them is decoded then, so that no
 * {@code %2F} splits. A path is bad, and belongs to no route, which has . or .. for a segment,
 * written so or encoded, or an empty one before its end. Proxies and file systems take such
 * segments away, each in its own way, so that what they checked would not be what is served; no
 * client that follows the rules sends them. One {@code {name}} is never empty. It may have a slash,
 * which was encoded, so it is no name of a file as it is. All that are left, {@code {name...}}, may
 * be nothing behind a slash, and may end with one; they have no encoded slash, which would look
 * like the others: that is bad too.
 *
 * <p>Threads: routes are added by one, and then found by any. Complexity: a look goes down the path
 * once, and comes to no place of the trie twice where it has to try other ways; it allocates
 * nothing for a route without parameters and a path without percents.
 */
final class Routes<T> {

  private static final int MAX_SEGMENTS = RoutePattern.MAX_SEGMENTS;

  private final RouteNode<T> root = new RouteNode<>();
  private final RouteMatch<T> notFound = RouteMatch.notFound();

  /**
   * Adds a route.
   *
   * @throws IllegalArgumentException if the method is no token, the pattern is none, or there is a
   *     route of this method and of paths as these
   */
  void add(String method, String pattern, T value) {
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      if (c > 0x7f || !Octets.is((byte) c, Octets.TOKEN)) {
        throw new IllegalArgumentException("the method " + method + " is no token");
      }
    }
    if (method.isEmpty()) {
      throw new IllegalArgumentException("the method is empty");
    }
    RoutePattern parsed = RoutePattern.of(pattern);
    RouteNode<T> node = root;
    for (RoutePattern.Segment segment : parsed.segments()) {
      node = node.make(segment);
    }
    if (!node.end(method, value, parsed.names(), pattern)) {
      throw new IllegalArgumentException(
          "there is a route " + method + " of the same paths as " + pattern + " has");
    }
  }

  /**
   * Finds the route of a path. HEAD finds that of GET, where it has none of its own.
   *
   * @param rawPath as it was sent, without a query
   */
  RouteMatch<T> match(String method, String rawPath) {
    try {
      requireGood(rawPath);
      RouteMatch<T> found = walk(root, method, rawPath, 1, 0, null);
      if (found != null) {
        return found;
      }
      TreeSet<String> allowed = new TreeSet<>();
      RouteMatch<T> _ = walk(root, method, rawPath, 1, 0, allowed);
      if (allowed.contains("GET")) {
        allowed.add("HEAD");
      }
      return allowed.isEmpty() ? notFound : RouteMatch.method(allowed);
    } catch (IllegalArgumentException e) {
      return RouteMatch.bad(String.valueOf(e.getMessage()));
    }
  }

  private static void requireGood(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("the path does not begin with /");
    }
    int count = 0;
    for (int from = 1; from <= path.length(); ) {
      int to = endOf(path, from);
      boolean isEncoded = isEncoded(path, from, to);
      String text = isEncoded ? Percent.decode(path, from, to) : path;
      int first = isEncoded ? 0 : from;
      int size = isEncoded ? text.length() : to - from;
      if (size == 0 && to < path.length()) {
        throw new IllegalArgumentException("the segment at " + from + " is empty");
      }
      if (size == 1 || size == 2) {
        boolean isDots = text.charAt(first) == '.' && text.charAt(first + size - 1) == '.';
        if (isDots) {
          throw new IllegalArgumentException("the segment at " + from + " is a dot, or two");
        }
      }
      count++;
      from = to + 1;
    }
    if (count > MAX_SEGMENTS) {
      throw new IllegalArgumentException("the path has more than " + MAX_SEGMENTS + " segments");
    }
  }

  /** Where a segment ends that begins here. */
  private static int endOf(String path, int from) {
    int mark = path.indexOf('/', from);
    return mark < 0 ? path.length() : mark;
  }

  private static boolean isEncoded(String path, int from, int to) {
    return path.indexOf('%', from, to) >= 0;
  }

  /**
   * The route of what is left of a path.
   *
   * @param from where the next segment begins, which is beyond the end if there is none
   * @param index of the next parameter
   * @param allowed takes the methods of all routes, none of which is given then; null for none
   */
  private @Nullable RouteMatch<T> walk(
      RouteNode<T> node,
      String method,
      String path,
      int from,
      int index,
      @Nullable Set<String> allowed) {
    if (from > path.length()) {
      return end(node, method, allowed);
    }
    int to = endOf(path, from);
    boolean isEncoded = isEncoded(path, from, to);
    String text = isEncoded ? Percent.decode(path, from, to) : path;
    int first = isEncoded ? 0 : from;
    int last = isEncoded ? text.length() : to;
    RouteMatch<T> found = null;
    RouteNode<T> literal = node.literal(text, first, last);
    if (literal != null) {
      found = walk(literal, method, path, to + 1, index, allowed);
    }
    RouteNode<T> parameter = node.parameter();
    if (found == null && parameter != null && first < last) {
      found = walk(parameter, method, path, to + 1, index + 1, allowed);
      if (found != null) {
        found.set(index, text.substring(first, last));
      }
    }
    RouteNode<T> rest = node.rest();
    if (found == null && rest != null) {
      found = end(rest, method, allowed);
      if (found != null) {
        found.set(index, rest(path, from));
      }
    }
    return found;
  }

  private @Nullable RouteMatch<T> end(
      RouteNode<T> node, String method, @Nullable Set<String> allowed) {
    if (allowed != null) {
      allowed.addAll(node.methods());
      return null;
    }
    RouteMatch<T> found = node.found(method);
    return found == null && method.equals("HEAD") ? node.found("GET") : found;
  }

  /** The segments from here on, decoded each. */
  private static String rest(String path, int from) {
    if (!isEncoded(path, from, path.length())) {
      return path.substring(from);
    }
    StringBuilder rest = new StringBuilder(path.length() - from);
    for (int at = from; at <= path.length(); ) {
      int to = endOf(path, at);
      String text = Percent.decode(path, at, to);
      if (text.indexOf('/') >= 0) {
        throw new IllegalArgumentException("the segment at " + at + " has an encoded slash");
      }
      rest.append(at == from ? "" : "/").append(text);
      at = to + 1;
    }
    return rest.toString();
  }
}
