package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers beside each answer what they shall not do with it: guess its type, show it in a
 * frame, say where a link was followed, load what a policy does not allow.
 *
 * <pre>{@code
 * HttpHandler site =
 *     SecurityFields.DEFAULT.withContentSecurityPolicy("default-src 'self'").around(handler);
 * }</pre>
 *
 * <p>A field that the handler sets itself stays as that has set it. Errors that the server answers
 * for a handler behind this have the fields, too.
 *
 * <p>Immutable. Threads: any. Source: the Fetch standard (X-Content-Type-Options); RFC 7034; the
 * W3C's Referrer Policy and Content Security Policy; RFC 6797.
 */
public final class SecurityFields {

  /**
   * No guesses of types, no frames, and {@code Referrer-Policy: strict-origin-when-cross-origin}.
   */
  public static final SecurityFields DEFAULT = new SecurityFields(new Values());

  private final Values values;
  private final HeadFilter filter = this::sayTo;

  private SecurityFields(Values values) {
    this.values = values;
  }

  /** As this, with another Referrer-Policy; without it for null. */
  public SecurityFields withReferrerPolicy(@Nullable String policy) {
    String checked = checked("the Referrer-Policy", policy);
    return with(v -> v.referrerPolicy = checked);
  }

  /**
   * As this, with another X-Frame-Options, DENY or SAMEORIGIN; without it for null. Where the
   * {@linkplain #withContentSecurityPolicy policy} has {@code frame-ancestors}, browsers look at
   * that alone.
   */
  public SecurityFields withFrameOptions(@Nullable String options) {
    if (options != null && !options.equals("DENY") && !options.equals("SAMEORIGIN")) {
      throw new IllegalArgumentException(
          "X-Frame-Options is DENY or SAMEORIGIN, not '" + Tokens.visible(options) + "'");
    }
    return with(v -> v.frameOptions = options);
  }

  /** As this, with a Content-Security-Policy; without it, as by default, for null. */
  public SecurityFields withContentSecurityPolicy(@Nullable String policy) {
    String checked = checked("the Content-Security-Policy", policy);
    return with(v -> v.contentPolicy = checked);
  }

  /**
   * As this, telling those that come by https to do so for so long, in whole seconds; to the hosts
   * of the domain besides, or not. Who has heard it can come by no other way until then. Zero has
   * them forget it; without it, as by default, for null.
   */
  public SecurityFields withStrictTransport(@Nullable Duration maxAge, boolean subdomains) {
    if (maxAge != null && maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge: " + maxAge + " is negative");
    }
    String value =
        maxAge == null
            ? null
            : "max-age=" + maxAge.toSeconds() + (subdomains ? "; includeSubDomains" : "");
    return with(v -> v.strictTransport = value);
  }

  private static @Nullable String checked(String what, @Nullable String value) {
    return value == null ? null : Tokens.requireValue(what, value);
  }

  /** A handler whose answers have the fields. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      response.filters.add(filter);
      next.handle(request, response);
    };
  }

  private void sayTo(HttpRequest request, HttpResponse response) {
    say(response, "X-Content-Type-Options", "nosniff");
    say(response, "Referrer-Policy", values.referrerPolicy);
    say(response, "X-Frame-Options", values.frameOptions);
    say(response, "Content-Security-Policy", values.contentPolicy);
    if (values.strictTransport != null && request.scheme().equals("https")) {
      say(response, "Strict-Transport-Security", values.strictTransport);
    }
  }

  private static void say(HttpResponse response, String name, @Nullable String value) {
    if (value != null && response.field(name) == null) {
      var _ = response.field(name, value);
    }
  }

  private SecurityFields with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new SecurityFields(copy);
  }

  @Override
  public String toString() {
    return "SecurityFields[referrerPolicy="
        + values.referrerPolicy
        + ", frameOptions="
        + values.frameOptions
        + ", contentSecurityPolicy="
        + values.contentPolicy
        + ", strictTransport="
        + values.strictTransport
        + "]";
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    @Nullable String referrerPolicy = "strict-origin-when-cross-origin";
    @Nullable String frameOptions = "DENY";
    @Nullable String contentPolicy;
    @Nullable String strictTransport;

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
