package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of other origins read answers: says so beside each answer, and answers by itself what
 * browsers ask beforehand.
 *
 * <pre>{@code
 * HttpHandler open = Cors.origins("https://app.example").withMethods("PUT").around(handler);
 * }</pre>
 *
 * <p>A request of an origin that is not allowed is answered all the same, as it is by browsers that
 * this is obeyed; but nothing is said beside it, and so the page does not see the answer. What the
 * handler says of {@code Access-Control-Allow-Origin} and {@code -Credentials} itself does not
 * count. Nothing of the request is repeated, but for an origin that the program's predicate took.
 *
 * <p>Immutable. Threads: any, and a predicate is asked by those of all loops. Complexity: an origin
 * is looked for in a list from its beginning. Source: the Fetch standard, CORS protocol.
 */
public final class Cors {

  private static final String ANY = "*";
  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
  private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";

  private final Values values;
  private final HeadFilter filter = this::sayTo;

  private Cors(Values values) {
    this.values = values;
  }

  /** All origins, whoever asks: for what everybody may read, without credentials. */
  public static Cors any() {
    return new Cors(new Values());
  }

  /**
   * These origins and no others, each as browsers write it: {@code https://app.example}, with a
   * port if it is not the one of the scheme.
   *
   * @throws IllegalArgumentException if one is no origin, as "null" is none, or there is none
   */
  public static Cors origins(String... origins) {
    if (origins.length == 0) {
      throw new IllegalArgumentException("origins: there is none");
    }
    for (String origin : origins) {
      if (!Origins.isOrigin(origin)) {
        throw new IllegalArgumentException("no origin: '" + Tokens.visible(origin) + "'");
      }
    }
    return any().with(v -> v.origins = List.of(origins));
  }

  /** The origins that a predicate takes; it is asked nothing that is no origin. */
  public static Cors originsIf(Predicate<String> isAllowed) {
    Objects.requireNonNull(isAllowed, "isAllowed");
    return any().with(v -> v.isAllowed = isAllowed);
  }

  /** As this, allowing these methods besides GET, HEAD and POST, which always are. */
  public Cors withMethods(String... methods) {
    String joined = joined("a method", methods);
    return with(v -> v.methods = joined);
  }

  /** As this, allowing these fields in requests, besides those that always are. */
  public Cors withFields(String... names) {
    String joined = joined("the name of a field", names);
    return with(v -> v.fields = joined);
  }

  /** As this, showing these fields of answers to the page, besides those that always are. */
  public Cors withExposedFields(String... names) {
    String joined = joined("the name of a field", names);
    return with(v -> v.exposed = joined);
  }

  /** As this, answering for so long, in whole seconds; a browser keeps it for 5 s by default. */
  public Cors withMaxAge(Duration maxAge) {
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " is negative");
    }
    String seconds = String.valueOf(maxAge.toSeconds());
    return with(v -> v.maxAge = seconds);
  }

  /**
   * As this, allowing requests with cookies and other credentials, or not, as by default.
   *
   * @throws IllegalArgumentException if any origin, or any name, is allowed
   */
  public Cors withCredentials(boolean credentials) {
    return with(v -> v.credentials = credentials);
  }

  private static String joined(String what, String... names) {
    for (String name : names) {
      var _ = Tokens.requireToken(what, name);
    }
    return String.join(", ", names);
  }

  /** A handler that answers what is asked beforehand, and has another one answer the rest. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      if (isAskedBeforehand(request)) {
        allow(request, response);
      } else {
        response.filters.add(filter);
        next.handle(request, response);
      }
    };
  }

  private static boolean isAskedBeforehand(HttpRequest request) {
    return request.method().equals("OPTIONS")
        && request.fields().has("Origin")
        && request.fields().has("Access-Control-Request-Method");
  }

  private void allow(HttpRequest request, HttpResponse response) {
    if (sayOrigin(request, response)) {
      set(response, "Access-Control-Allow-Methods", values.methods);
      set(response, "Access-Control-Allow-Headers", values.fields);
      set(response, "Access-Control-Max-Age", values.maxAge);
    }
    var _ = response.status(204).send();
  }

  private void sayTo(HttpRequest request, HttpResponse response) {
    if (sayOrigin(request, response)) {
      set(response, "Access-Control-Expose-Headers", values.exposed);
    } else {
      var _ = response.removeField(ALLOW_ORIGIN).removeField(ALLOW_CREDENTIALS);
    }
  }

  /** Says whose page may see the answer, and that it depends on that; false if nobody's. */
  private boolean sayOrigin(HttpRequest request, HttpResponse response) {
    if (!values.isAny()) {
      var _ = response.addField("Vary", "Origin");
    }
    String allowed = allowed(request.fields());
    if (allowed == null) {
      return false;
    }
    var _ = response.field(ALLOW_ORIGIN, allowed);
    if (values.credentials) {
      var _ = response.field(ALLOW_CREDENTIALS, "true");
    } else {
      var _ = response.removeField(ALLOW_CREDENTIALS);
    }
    return true;
  }

  /** What is said to be allowed; null if it is not. */
  private @Nullable String allowed(HttpFields fields) {
    if (values.isAny()) {
      return ANY;
    }
    for (String origin : values.origins) {
      if (fields.is("Origin", origin)) {
        return origin;
      }
    }
    Predicate<String> asked = values.isAllowed;
    if (asked != null) {
      String origin = fields.get("Origin");
      return origin != null && Origins.isOrigin(origin) && asked.test(origin) ? origin : null;
    }
    return null;
  }

  private static void set(HttpResponse response, String name, String value) {
    if (!value.isEmpty()) {
      var _ = response.field(name, value);
    }
  }

  private Cors with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    boolean isOpen =
        copy.isAny()
            || copy.methods.equals(ANY)
            || copy.fields.equals(ANY)
            || copy.exposed.equals(ANY);
    if (copy.credentials && isOpen) {
      throw new IllegalArgumentException("credentials: they are not for any origin, or any name");
    }
    return new Cors(copy);
  }

  @Override
  public String toString() {
    String whose = values.isAllowed != null ? "by a predicate" : values.origins.toString();
    return "Cors[origins="
        + (values.isAny() ? ANY : whose)
        + ", methods="
        + values.methods
        + ", fields="
        + values.fields
        + ", exposedFields="
        + values.exposed
        + ", maxAge="
        + values.maxAge
        + ", credentials="
        + values.credentials
        + "]";
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    List<String> origins = List.of();
    @Nullable Predicate<String> isAllowed;
    String methods = "";
    String fields = "";
    String exposed = "";
    String maxAge = "";
    boolean credentials;

    boolean isAny() {
      return origins.isEmpty() && isAllowed == null;
    }

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
