package dev.pollux.http;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A place in the trie of {@link Routes}: where paths are that begin with the same segments. Finds
 * the next one by a range of a longer text, without a copy of it.
 */
final class RouteNode<T> {

  private static final int FEW = 4;
  private static final int HASH_FACTOR = 31; // as strings have it

  /** A segment and where it leads to. */
  private record Child<T>(String text, RouteNode<T> node) {}

  /** A route that ends here; {@code plain} is what is found, if it has no parameters. */
  private record End<T>(T value, List<String> names, String pattern, RouteMatch<T> plain) {}

  private @Nullable Child<T>[] literals = table(FEW); // at least half of it is free
  private int literalCount;
  private @Nullable RouteNode<T> parameter;
  private @Nullable RouteNode<T> rest;
  private final TreeMap<String, End<T>> ends = new TreeMap<>(); // by method

  @SuppressWarnings("unchecked")
  private static <T> @Nullable Child<T>[] table(int size) {
    return (@Nullable Child<T>[]) new Child<?>[size];
  }

  /** What a segment of a pattern leads to; made if it is not there. */
  RouteNode<T> make(RoutePattern.Segment segment) {
    return switch (segment.kind()) {
      case LITERAL -> makeLiteral(segment.text());
      case PARAMETER -> {
        parameter = parameter == null ? new RouteNode<>() : parameter;
        yield parameter;
      }
      case REST -> {
        rest = rest == null ? new RouteNode<>() : rest;
        yield rest;
      }
    };
  }

  private RouteNode<T> makeLiteral(String text) {
    RouteNode<T> there = literal(text, 0, text.length());
    if (there != null) {
      return there;
    }
    if (2 * (literalCount + 1) > literals.length) {
      @Nullable Child<T>[] old = literals;
      literals = table(2 * old.length);
      for (Child<T> child : old) {
        if (child != null) {
          put(child);
        }
      }
    }
    Child<T> child = new Child<>(text, new RouteNode<>());
    put(child);
    literalCount++;
    return child.node;
  }

  private void put(Child<T> child) {
    literals[place(child.text, 0, child.text.length())] = child;
  }

  /** Where a segment is in the table, or where it would be. */
  private int place(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = HASH_FACTOR * hash + text.charAt(i);
    }
    int mask = literals.length - 1;
    int place = (hash ^ hash >>> 16) & mask;
    Child<T> child = literals[place];
    while (child != null && !isText(child.text, text, from, to)) {
      place = (place + 1) & mask;
      child = literals[place];
    }
    return place;
  }

  private static boolean isText(String all, String text, int from, int to) {
    return all.length() == to - from && all.regionMatches(0, text, from, to - from);
  }

  /** Lets a route end here; false if there is one of this method. */
  boolean end(String method, T value, List<String> names, String pattern) {
    RouteMatch<T> plain = RouteMatch.found(value, names, pattern);
    End<T> end = new End<>(value, names, pattern, plain);
    return ends.putIfAbsent(method, end) == null;
  }

  /** What a segment leads to that is this text; null if nothing. */
  @Nullable RouteNode<T> literal(String text, int from, int to) {
    Child<T> child = literals[place(text, from, to)];
    return child == null ? null : child.node;
  }

  /** What any segment leads to. */
  @Nullable RouteNode<T> parameter() {
    return parameter;
  }

  /** What all segments that are left lead to. */
  @Nullable RouteNode<T> rest() {
    return rest;
  }

  /** The methods of the routes that end here. */
  Set<String> methods() {
    return ends.keySet();
  }

  /** The route of this method that ends here; its parameters are to be set. */
  @Nullable RouteMatch<T> found(String method) {
    End<T> end = ends.get(method);
    if (end == null) {
      return null;
    }
    return end.names.isEmpty() ? end.plain : RouteMatch.found(end.value, end.names, end.pattern);
  }
}
