package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random routes and paths: the trie finds what a look at each route finds. */
class RoutesFuzzTest {

  private static final int PROGRAMS = Integer.getInteger("pollux.http.programs", 1_500);
  private static final int PATHS = 30; // a program
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final String[] METHODS = {"GET", "POST", "HEAD"};
  private static final String[] PARTS = {"a", "b", "AaAa", "BBBB", "{x}", "{x}", "{r...}", ""};
  private static final String[] SEGMENTS = {
    "a", "b", "%61", "AaAa", "BBBB", "AaBB", "a%2Fb", "c", "", "..", "%2e", "%C3%A9", "%C3"
  };

  private record Route(String method, String pattern) {
    /** Its segments' kinds, of which the least goes first. */
    String rank() {
      StringBuilder rank = new StringBuilder();
      for (String part : pattern.substring(1).split("/", -1)) {
        rank.append(part.startsWith("{r") ? '2' : part.startsWith("{") ? '1' : '0');
      }
      return rank.toString();
    }

    String shape() {
      return method + " " + pattern.replaceAll("\\{\\w*", "{");
    }

    /** The path's texts in the places of the parameters; null if it is another path. */
    List<String> read(List<String> path) {
      String[] parts = pattern.substring(1).split("/", -1);
      List<String> values = new ArrayList<>();
      for (int i = 0; i < parts.length; i++) {
        if (parts[i].startsWith("{r") && i < path.size()) {
          values.add(String.join("/", path.subList(i, path.size())));
          return values;
        }
        if (i >= path.size()
            || (parts[i].startsWith("{") ? path.get(i).isEmpty() : !parts[i].equals(path.get(i)))) {
          return null;
        }
        if (parts[i].startsWith("{")) {
          values.add(path.get(i));
        }
      }
      return parts.length == path.size() ? values : null;
    }

    boolean isFor(String asked) {
      return method.equals(asked) || (asked.equals("HEAD") && method.equals("GET"));
    }

    boolean hasRest() {
      return pattern.endsWith("...}");
    }
  }

  private static List<Route> routes(Random random) {
    List<Route> routes = new ArrayList<>();
    Set<String> shapes = new HashSet<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      StringBuilder pattern = new StringBuilder();
      int names = 0;
      for (int parts = random.nextInt(4); parts >= 0; parts--) {
        String part = PARTS[random.nextInt(PARTS.length - (parts > 0 ? 2 : 0))];
        pattern.append('/').append(part.replaceAll("^\\{([xr])", "{$1" + names++));
      }
      Route route = new Route(METHODS[random.nextInt(METHODS.length)], pattern.toString());
      if (shapes.add(route.shape())) {
        routes.add(route);
      }
    }
    return routes;
  }

  private static String path(Random random, List<Route> routes) {
    if (random.nextInt(3) > 0) { // one that is likely to be there
      StringBuilder path = new StringBuilder();
      String pattern = routes.get(random.nextInt(routes.size())).pattern;
      for (String part : pattern.substring(1).split("/", -1)) {
        boolean isParameter = part.startsWith("{");
        path.append('/').append(isParameter ? SEGMENTS[random.nextInt(7)] : part);
      }
      return path.append(random.nextInt(5) == 0 ? "/" : "").toString();
    }
    StringBuilder path = new StringBuilder();
    for (int parts = random.nextInt(5); parts >= 0; parts--) {
      path.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
    }
    return path.toString();
  }

  /** In the plainest way. */
  private static String reference(List<Route> routes, String method, String path) {
    List<String> decoded = new ArrayList<>();
    String[] segments = path.substring(1).split("/", -1);
    for (String segment : segments) {
      if (segment.equals("%C3") || segment.equals("..") || segment.equals("%2e")) {
        return "BAD";
      }
      if (segment.isEmpty() && decoded.size() + 1 < segments.length) {
        return "BAD";
      }
      decoded.add(segment.replace("%61", "a").replace("%2F", "/").replace("%C3%A9", "é"));
    }
    List<Route> all = routes.stream().filter(route -> route.read(decoded) != null).toList();
    List<Route> good =
        all.stream()
            .filter(r -> r.isFor(method))
            .sorted(
                Comparator.comparing(Route::rank)
                    .thenComparing(Route::method, Comparator.reverseOrder()))
            .toList();
    if (good.isEmpty()) {
      Set<String> allowed = new TreeSet<>();
      all.forEach(route -> allowed.add(route.method.equals("GET") ? "HEAD" : route.method));
      all.forEach(route -> allowed.add(route.method));
      return all.isEmpty() ? "NOT_FOUND" : "METHOD " + allowed;
    }
    Route route = good.getFirst();
    List<String> values = route.read(decoded);
    String rest = route.hasRest() ? values.getLast() : "";
    long slashes = rest.chars().filter(c -> c == '/').count();
    int from = route.rank().length() - 1;
    if (route.hasRest() && slashes != segments.length - from - 1) {
      return "BAD";
    }
    return route.method + " " + route.pattern + " " + values;
  }

  private static String found(RouteMatch<Route> match) {
    return switch (match.outcome()) {
      case FOUND -> {
        List<String> values = match.names().stream().map(match::parameter).toList();
        yield match.value().method + " " + match.value().pattern + " " + values;
      }
      case METHOD -> "METHOD " + match.allowed();
      case NOT_FOUND, BAD -> match.outcome().name();
    };
  }

  @Test
  void trie_findsWhatALookAtEachRouteFinds() {
    Set<String> outcomes = new HashSet<>();
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      List<Route> all = routes(random);
      Routes<Route> routes = new Routes<>();
      all.forEach(route -> routes.add(route.method, route.pattern, route));
      for (int looks = 0; looks < PATHS; looks++) {
        String method = METHODS[random.nextInt(METHODS.length)];
        String path = path(random, all);
        String what = "-Dpollux.seed=" + seed + " -Dpollux.http.programs=1: " + method + " " + path;
        String expected = reference(all, method, path);
        assertEquals(expected, found(routes.match(method, path)), () -> what + " of " + all);
        outcomes.add(expected.replaceAll(" .*", ""));
      }
    }
    assertTrue(outcomes.size() == 6 || PROGRAMS < 100, outcomes.toString());
  }
}
