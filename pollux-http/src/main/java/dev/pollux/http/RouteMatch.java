package dev.pollux.http;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What comes of a look into {@link Routes}. Threads: any, when it was given out. */
final class RouteMatch<T> {

  /** What was found. */
  enum Outcome {
    /** A route: {@link #value}, and its {@linkplain #parameter parameters}. */
    FOUND,
    /** No route has this path. */
    NOT_FOUND,
    /** There are routes of this path, but of other methods: those {@linkplain #allowed}. */
    METHOD,
    /** This is no path that could be understood in one way: {@link #problem} says why. */
    BAD
  }

  private final Outcome outcome;
  private final @Nullable T value;
  private final List<String> names;
  private final @Nullable String pattern; // of a route
  private final String[] values; // of the parameters
  private final Set<String> allowed;
  private final @Nullable String problem;

  private RouteMatch(
      Outcome outcome,
      @Nullable T value,
      List<String> names,
      @Nullable String pattern,
      Set<String> allowed,
      @Nullable String problem) {
    this.outcome = outcome;
    this.value = value;
    this.names = names;
    this.pattern = pattern;
    this.values = new String[names.size()];
    this.allowed = allowed;
    this.problem = problem;
  }

  /** A route, of which the parameters are set then. */
  static <T> RouteMatch<T> found(T value, List<String> names, String pattern) {
    return new RouteMatch<>(Outcome.FOUND, value, names, pattern, Set.of(), null);
  }

  static <T> RouteMatch<T> notFound() {
    return new RouteMatch<>(Outcome.NOT_FOUND, null, List.of(), null, Set.of(), null);
  }

  static <T> RouteMatch<T> method(Set<String> allowed) {
    Set<String> all = Collections.unmodifiableSet(allowed);
    return new RouteMatch<>(Outcome.METHOD, null, List.of(), null, all, null);
  }

  static <T> RouteMatch<T> bad(String problem) {
    return new RouteMatch<>(Outcome.BAD, null, List.of(), null, Set.of(), problem);
  }

  void set(int index, String text) {
    values[index] = text;
  }

  Outcome outcome() {
    return outcome;
  }

  /** What the route was added with. */
  T value() {
    if (value == null) {
      throw new IllegalStateException("there is no route, but " + outcome);
    }
    return value;
  }

  /** What the route was added by; null if there is none. */
  @Nullable String pattern() {
    return pattern;
  }

  /** The names of the parameters, in the order of the pattern. */
  List<String> names() {
    return names;
  }

  /** The text that stands in the place of a parameter; null if the route has no such one. */
  @Nullable String parameter(String name) {
    int index = names.indexOf(name);
    return index < 0 ? null : values[index];
  }

  /** The methods of the routes that have this path, and HEAD where GET is; in order. */
  Set<String> allowed() {
    return allowed;
  }

  /** What is wrong with the path. */
  @Nullable String problem() {
    return problem;
  }
}
