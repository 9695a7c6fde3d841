package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Hands each request to the handler of its method and path.
 *
 * <pre>{@code
 * HttpHandler service =
 *     new Router()
 *         .get("/hello/{name}", (request, response) ->
 *             response.send("Hello " + request.parameter("name")))
 *         .post("/notes", notes::add)
 *         .get("/files/{path...}", files);
 * }</pre>
 *
 * <p>A pattern has segments that are themselves, {@code {name}} for any one, and {@code {name...}}
 * for all that are left, at the end. What is itself goes before a parameter, and that before all
 * that are left, at each place, whatever was added first. A slash at the end is of another path.
 *
 * <p>HEAD finds the handler of GET, unless it has its own. OPTIONS is answered with the methods
 * there are, and so is a method that has no handler, by 405, or 501 where it is no common one and
 * no route has it; a path that no pattern has, by 404. A path that different programs read in
 * different ways is answered by 400: one with a segment that is empty before the end, or a dot or
 * two, also where the dots are encoded; or with a percent that encodes nothing.
 *
 * <p>Threads: one adds the routes; from the first request on they cannot be changed, and any may
 * ask. Source: RFC 9110, 9.3.2, 9.3.7 and 15.5.6.
 */
public final class Router implements HttpHandler {

  private static final Set<String> COMMON = Set.of("POST", "PUT", "DELETE", "PATCH", "TRACE");

  private final Routes<HttpHandler> routes = new Routes<>();
  private HttpHandler otherwise =
      (request, _) -> {
        throw new HttpException(404, "nothing is at " + Tokens.visible(request.path()));
      };
  private final Set<String> methods = new HashSet<>(List.of("GET", "HEAD", "OPTIONS"));
  private volatile boolean isUsed;

  /** One without routes. */
  public Router() {}

  /** Adds a route for GET, and HEAD; as {@link #add}. */
  public Router get(String pattern, HttpHandler handler) {
    return add("GET", pattern, handler);
  }

  /** Adds a route for POST; as {@link #add}. */
  public Router post(String pattern, HttpHandler handler) {
    return add("POST", pattern, handler);
  }

  /** Adds a route for PUT; as {@link #add}. */
  public Router put(String pattern, HttpHandler handler) {
    return add("PUT", pattern, handler);
  }

  /** Adds a route for DELETE; as {@link #add}. */
  public Router delete(String pattern, HttpHandler handler) {
    return add("DELETE", pattern, handler);
  }

  /** Adds a route for PATCH; as {@link #add}. */
  public Router patch(String pattern, HttpHandler handler) {
    return add("PATCH", pattern, handler);
  }

  /**
   * Adds a route.
   *
   * @throws IllegalArgumentException if the pattern is none, or the method has a route for the same
   *     paths
   * @throws IllegalStateException if a request was handled already
   */
  public Router add(String method, String pattern, HttpHandler handler) {
    requireUnused();
    routes.add(method, pattern, Objects.requireNonNull(handler, "handler"));
    methods.add(method);
    return this;
  }

  /** Answers what no pattern is for, in the place of 404. */
  public Router otherwise(HttpHandler handler) {
    requireUnused();
    otherwise = Objects.requireNonNull(handler, "handler");
    return this;
  }

  private void requireUnused() {
    if (isUsed) {
      throw new IllegalStateException("routes are added before the first request");
    }
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) throws Exception {
    if (!isUsed) {
      isUsed = true;
    }
    String method = request.method();
    String path = request.path();
    if (method.equals("CONNECT")) {
      throw new HttpException(501, "this is no proxy");
    }
    if (path.equals("*")) { // OPTIONS, as the parser has seen
      var _ = response.status(204).send();
      return;
    }
    RouteMatch<HttpHandler> match = routes.match(method, path);
    switch (match.outcome()) {
      case FOUND -> {
        request.setRoute(match);
        match.value().handle(request, response);
      }
      case METHOD -> refuse(method, match, response);
      case NOT_FOUND -> otherwise.handle(request, response);
      case BAD -> throw new HttpException(400, String.valueOf(match.problem()));
    }
  }

  private void refuse(String method, RouteMatch<?> match, HttpResponse response) {
    if (!methods.contains(method) && !COMMON.contains(method)) {
      throw new HttpException(501, "nothing here is done by " + Tokens.visible(method));
    }
    StringJoiner allowed = new StringJoiner(", ");
    match.allowed().forEach(allowed::add);
    if (!match.allowed().contains("OPTIONS")) {
      var _ = allowed.add("OPTIONS");
    }
    var _ = response.field("Allow", allowed.toString());
    if (method.equals("OPTIONS")) {
      var _ = response.status(204).send();
    } else {
      var _ = response.status(405).send(Statuses.text(405, "there is " + allowed));
    }
  }
}
