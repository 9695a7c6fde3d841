package dev.pollux.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes, and the paths that have none. */
class RoutesTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int LOOKS = 20_000;

  /** Routes of these methods and patterns, "GET /a", each with itself as its value. */
  static Routes<String> routes(String... all) {
    Routes<String> routes = new Routes<>();
    for (String route : all) {
      int blank = route.indexOf(' ');
      routes.add(route.substring(0, blank), route.substring(blank + 1), route);
    }
    return routes;
  }

  /** What comes of it, in a line. */
  static String shown(RouteMatch<String> match) {
    return switch (match.outcome()) {
      case FOUND ->
          match.value()
              + match.names().stream()
                  .map(name -> " " + name + "=" + match.parameter(name))
                  .collect(Collectors.joining());
      case METHOD -> "METHOD " + match.allowed();
      case NOT_FOUND -> "NOT_FOUND";
      case BAD -> "BAD " + match.problem();
    };
  }

  private static final Routes<String> ALL =
      routes(
          "GET /",
          "GET /users",
          "POST /users",
          "GET /users/",
          "GET /users/me",
          "GET /users/{id}",
          "DELETE /users/{id}",
          "GET /users/{id}/posts",
          "GET /users/me/{what}/x",
          "GET /users/{id}/{other}/y",
          "GET /users/{id}/posts/{rest...}",
          "GET /users/{all...}",
          "HEAD /heads",
          "GET /heads",
          "PUT /été/a b/+",
          "GET /files/{path...}");

  @ParameterizedTest
  @CsvSource({
    "GET, /, GET /",
    "GET, /users, GET /users",
    "POST, /users, POST /users",
    "GET, /users/, GET /users/",
    "GET, /users/me, GET /users/me",
    "GET, /users/m, GET /users/{id} id=m",
    "GET, /users/mee, GET /users/{id} id=mee",
    "DELETE, /users/me, DELETE /users/{id} id=me",
    "GET, /users/7/posts, GET /users/{id}/posts id=7",
    "GET, /users/me/posts, GET /users/{id}/posts id=me",
    "GET, /users/me/a/x, GET /users/me/{what}/x what=a",
    "GET, /users/me/a/y, GET /users/{id}/{other}/y id=me other=a",
    "GET, /users/me/posts/y, GET /users/{id}/posts/{rest...} id=me rest=y",
    "GET, /users/me/posts/x, GET /users/me/{what}/x what=posts",
    "GET, /users/7/posts/a/b, GET /users/{id}/posts/{rest...} id=7 rest=a/b",
    "GET, /users/7/posts/, GET /users/{id}/posts/{rest...} id=7 rest=",
    "GET, /users/7/other/z, GET /users/{all...} all=7/other/z",
    "GET, /users/7/, GET /users/{all...} all=7/",
    "GET, /files/, GET /files/{path...} path=",
    "GET, /files/a/b/, GET /files/{path...} path=a/b/",
    "GET, /files, NOT_FOUND",
    "GET, /USERS, NOT_FOUND",
    "GET, /user, NOT_FOUND",
    "GET, /userss, NOT_FOUND",
    "GET, /x/y, NOT_FOUND"
  })
  void literal_goesBeforeParameter_andThatBeforeTheRest(String method, String path, String shown) {
    assertEquals(shown, shown(ALL.match(method, path)));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /%75sers, GET /users",
    "GET, /users/m%65, GET /users/me",
    "GET, /users%2Fme, NOT_FOUND",
    "GET, /users/a%2Fposts, GET /users/{id} id=a/posts",
    "GET, /users/a%252Fb, GET /users/{id} id=a%2Fb",
    "GET, /users/%C3%A9%20+, 'GET /users/{id} id=é +'",
    "PUT, /%C3%A9t%C3%A9/a%20b/+, PUT /été/a b/+",
    "PUT, /%C3%A9t%C3%A9/a%20b/%2B, PUT /été/a b/+",
    "GET, /files/%41/b%3F/, GET /files/{path...} path=A/b?/",
    "GET, /users/...%2F, GET /users/{id} id=.../"
  })
  void segment_isDecodedWhenThePathIsSplit(String method, String path, String shown) {
    assertEquals(shown, shown(ALL.match(method, path)));
  }

  @ParameterizedTest
  @CsvSource({
    "/users/., 7",
    "/users/.., 7",
    "/users/%2e, 7",
    "/users/%2E%2e, 7",
    "/users/.%2E, 7",
    "/users/%2e., 7",
    "/../users, 1",
    "/./users/me, 1",
    "/files/a/../b, 9",
    "/nowhere/../b, 9",
    "/files/., 7"
  })
  void dots_areBad(String path, int index) {
    assertEquals(
        "BAD the segment at " + index + " is a dot, or two", shown(ALL.match("GET", path)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/users/...", "/users/.a", "/users/a.", "/users/a..", "/users/.a."})
  void dots_amongOthers_areGood(String path) {
    assertEquals("GET /users/{id} id=" + path.substring(7), shown(ALL.match("GET", path)));
  }

  @ParameterizedTest
  @CsvSource({"//, 1", "//users, 1", "/users//posts, 7", "/files/a//b, 9", "/files//, 7"})
  void emptySegment_beforeTheEnd_isBad(String path, int index) {
    assertEquals("BAD the segment at " + index + " is empty", shown(ALL.match("GET", path)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', the path does not begin with /",
    "*, the path does not begin with /",
    "users, the path does not begin with /",
    "/users/%, the % at 7 is followed by no two hexadecimal digits",
    "/nowhere/%zz, the % at 9 is followed by no two hexadecimal digits",
    "/users/%C0%AE, the bytes at 7 are no UTF-8",
    "/users/a%00, the byte at 8 is NUL",
    "/files/a/b%2F..%2Fc, the segment at 9 has an encoded slash",
    "/files/%2F, the segment at 7 has an encoded slash"
  })
  void path_thatIsNone_isBad(String path, String problem) {
    assertEquals("BAD " + problem, shown(ALL.match("GET", path)));
  }

  @Test
  void parameter_isNeverEmpty() {
    Routes<String> routes = routes("GET /a/{b}", "GET /a/{b}/c");
    assertEquals("NOT_FOUND", shown(routes.match("GET", "/a/")));
    assertEquals("NOT_FOUND", shown(routes.match("GET", "/a/b/")));
    assertEquals("BAD the segment at 3 is empty", shown(routes.match("GET", "/a//c")));
  }

  @Test
  void method_thatNoRouteHas_isToldWhichThereAre() {
    assertEquals("METHOD [GET, HEAD, POST]", shown(ALL.match("PUT", "/users")));
    assertEquals("METHOD [DELETE, GET, HEAD]", shown(ALL.match("POST", "/users/me")));
    assertEquals("METHOD [PUT]", shown(ALL.match("GET", "/%C3%A9t%C3%A9/a%20b/+")));
    assertEquals("METHOD [GET, HEAD, POST]", shown(ALL.match("get", "/users")));
    assertEquals("NOT_FOUND", shown(ALL.match("PUT", "/nowhere")));
    assertThrows(
        UnsupportedOperationException.class, () -> ALL.match("PUT", "/users").allowed().add("X"));
  }

  @Test
  void head_isThatOfGet_whereItHasNoneOfItsOwn() {
    assertEquals("GET /users/{id} id=7", shown(ALL.match("HEAD", "/users/7")));
    assertEquals("HEAD /heads", shown(ALL.match("HEAD", "/heads")));
    assertEquals("GET /heads", shown(ALL.match("GET", "/heads")));
    Routes<String> routes = routes("POST /a", "HEAD /b", "GET /c/d", "HEAD /c/{e}");
    assertEquals("METHOD [POST]", shown(routes.match("HEAD", "/a")));
    assertEquals("METHOD [HEAD]", shown(routes.match("GET", "/b")));
    assertEquals("GET /c/d", shown(routes.match("HEAD", "/c/d")));
  }

  @Test
  void otherWay_isTried_whereOneHasNoRouteOfTheMethod() {
    Routes<String> routes =
        routes("GET /a/b/c", "GET /a/{x}/d", "GET /{x}/b/e", "POST /a/{x...}", "GET /{x...}");
    assertEquals("GET /a/b/c", shown(routes.match("GET", "/a/b/c")));
    assertEquals("GET /a/{x}/d x=b", shown(routes.match("GET", "/a/b/d")));
    assertEquals("GET /{x}/b/e x=a", shown(routes.match("GET", "/a/b/e")));
    assertEquals("GET /{x...} x=a/b/f", shown(routes.match("GET", "/a/b/f")));
    assertEquals("GET /{x...} x=", shown(routes.match("GET", "/")));
    assertEquals("POST /a/{x...} x=b/c", shown(routes.match("POST", "/a/b/c")));
    assertEquals("METHOD [GET, HEAD, POST]", shown(routes.match("PUT", "/a/b/c")));
  }

  @Test
  void names_areEachRoutesOwn() {
    Routes<String> routes = routes("GET /{a}", "PUT /{b}", "GET /{a}/{b...}", "PUT /{x}/{y...}");
    assertEquals("GET /{a} a=1", shown(routes.match("GET", "/1")));
    assertEquals("PUT /{b} b=1", shown(routes.match("PUT", "/1")));
    assertEquals("PUT /{x}/{y...} x=1 y=2/3", shown(routes.match("PUT", "/1/2/3")));
    RouteMatch<String> match = routes.match("GET", "/1");
    assertEquals(List.of("a"), match.names());
    assertNull(match.parameter("b"));
    assertNull(match.problem());
    assertEquals("GET /{a}", match.value());
    assertEquals(
        "there is no route, but NOT_FOUND",
        assertThrows(IllegalStateException.class, () -> routes.match("GET", "/").value())
            .getMessage());
  }

  @Test
  void matches_holdTheirOwnParameters() {
    RouteMatch<String> first = ALL.match("GET", "/users/1");
    RouteMatch<String> second = ALL.match("GET", "/users/2");
    assertEquals("1", first.parameter("id"));
    assertEquals("2", second.parameter("id"));
  }

  @Test
  void segments_atAndBeyondTheLimit() {
    Routes<String> routes = routes("GET /{all...}", "GET " + "/a".repeat(64));
    assertEquals("GET " + "/a".repeat(64), shown(routes.match("GET", "/a".repeat(64))));
    assertEquals(
        "GET /{all...} all=" + "b/".repeat(63), shown(routes.match("GET", "/b".repeat(63) + "/")));
    for (String path : List.of("/a".repeat(65), "/b".repeat(64) + "/", "/b".repeat(50_000))) {
      assertEquals("BAD the path has more than 64 segments", shown(routes.match("GET", path)));
    }
    assertEquals(
        "the pattern " + "/a".repeat(65) + " has more than 64 segments",
        assertThrows(IllegalArgumentException.class, () -> routes("GET " + "/a".repeat(65)))
            .getMessage());
  }

  @Test
  void literals_areFound_howeverManyThereAre() {
    Routes<Integer> routes = new Routes<>();
    for (int i = 0; i < 500; i++) {
      routes.add("GET", "/p" + i + "/" + i, i);
    }
    routes.add("GET", "/AaAa", -1); // which have one hash
    routes.add("GET", "/BBBB", -2);
    for (int i = 0; i < 500; i++) {
      assertEquals(i, routes.match("GET", "/p" + i + "/" + i).value());
    }
    assertEquals(-1, routes.match("GET", "/AaAa").value());
    assertEquals(-2, routes.match("GET", "/BBBB").value());
    assertEquals(RouteMatch.Outcome.NOT_FOUND, routes.match("GET", "/AaBB").outcome());
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /a', 'GET /a'",
    "'GET /', 'GET /'",
    "'GET /{a}', 'GET /{b}'",
    "'GET /x/{a}/{r...}', 'GET /x/{b}/{s...}'"
  })
  void route_ofTheSamePaths_isRefused(String first, String second) {
    Routes<String> routes = routes(first);
    String pattern = second.substring(4);
    assertEquals(
        "there is a route GET of the same paths as " + pattern + " has",
        assertThrows(IllegalArgumentException.class, () -> routes.add("GET", pattern, "new"))
            .getMessage());
    routes.add("PUT", pattern, "other");
    assertEquals(first, routes.match("GET", pattern.replaceAll("[{}.]", "")).value());
  }

  @ParameterizedTest
  @CsvSource({
    "'', does not begin with /",
    "a, does not begin with /",
    "//, has an empty segment before its end",
    "/a//b, has an empty segment before its end",
    "/{r...}/a, has something behind {r...}",
    "/{r...}/, has something behind {r...}",
    "/{a}/{a}, has two parameters a",
    "/{a}/{a...}, has two parameters a",
    "'/{}', 'has {}, where a name has letters, digits and _, one at least'",
    "'/{...}', 'has {...}, where a name has letters, digits and _, one at least'",
    "/{a-b}, 'has {a-b}, where a name has letters, digits and _, one at least'",
    "/{a....}, 'has {a....}, where a name has letters, digits and _, one at least'",
    "/{a}{b}, 'has {a}{b}, where a name has letters, digits and _, one at least'",
    "/{a, 'has {a, where a parameter is a whole segment'",
    "/a}, 'has a}, where a parameter is a whole segment'",
    "/a{b}, 'has a{b}, where a parameter is a whole segment'",
    "/a%20b, 'has a %; write the text itself, which is not encoded here'",
    "/a?b, 'has a ?, a # or a control character'",
    "/a#b, 'has a ?, a # or a control character'",
    "'/a\nb', 'has a ?, a # or a control character'",
    "/a/., 'has the segment ., which no path may have'",
    "/../a, 'has the segment .., which no path may have'"
  })
  void pattern_thatIsNone_isRefused(String pattern, String why) {
    assertEquals(
        "the pattern " + pattern + " " + why,
        assertThrows(IllegalArgumentException.class, () -> new Routes<>().add("GET", pattern, "a"))
            .getMessage());
  }

  @Test
  void method_thatIsNoToken_isRefused() {
    Routes<String> routes = new Routes<>();
    assertEquals(
        "the method is empty",
        assertThrows(IllegalArgumentException.class, () -> routes.add("", "/", "a")).getMessage());
    for (String method : List.of("GET ", "G(T", "GÉT", "\u0147")) {
      assertEquals(
          "the method " + method + " is no token",
          assertThrows(IllegalArgumentException.class, () -> routes.add(method, "/", "a"))
              .getMessage());
    }
  }

  @Test
  void look_withoutParametersAndPercents_allocatesNothing() {
    RouteMatch<String> match = ALL.match("GET", "/users/me");
    assertSame(match, ALL.match("HEAD", "/users/me"));
    assertSame(ALL.match("GET", "/nowhere"), ALL.match("PUT", "/nowhere/else"));
    long least = Long.MAX_VALUE;
    int found = 0;
    int rounds = 0;
    for (; rounds < 10 && least > 0; rounds++) { // until it is compiled
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < LOOKS; i++) {
        found += ALL.match("GET", "/users/me") == match ? 1 : 0;
        found += ALL.match("HEAD", "/").outcome() == RouteMatch.Outcome.FOUND ? 1 : 0;
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
    assertEquals(2 * LOOKS * rounds, found);
  }
}
