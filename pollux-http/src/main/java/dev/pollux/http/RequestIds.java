package dev.pollux.http;

import dev.pollux.http.wire.Tokens;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request a name, by which it is found again in the logs of all that had to do with it:
 * in the attribute {@link #ID} of the request, and in a field of the answer.
 *
 * <p>The name that a request comes with is taken if those who send it are {@linkplain #withTrusted
 * trusted}, and it is one: a token of {@link #MAX_CHARACTERS} at most. Else it is 128 bits by
 * chance, in hexadecimal digits, that nobody need be unable to guess.
 *
 * <p>Immutable. Threads: any; the source is asked by those of all loops.
 */
public final class RequestIds {

  /** The attribute of a request: its name, a String. */
  public static final String ID = "dev.pollux.http.RequestIds.ID";

  /** How long a name may be that a request comes with. */
  public static final int MAX_CHARACTERS = 128;

  /** X-Request-Id, always made here. */
  public static final RequestIds DEFAULT =
      new RequestIds("X-Request-Id", false, () -> ThreadLocalRandom.current().nextLong());

  private final String field;
  private final boolean isTrusted;
  private final LongSupplier source;

  private RequestIds(String field, boolean isTrusted, LongSupplier source) {
    this.field = field;
    this.isTrusted = isTrusted;
    this.source = source;
  }

  /** As this, in another field. */
  public RequestIds withField(String name) {
    Lines.requireOwn(name, "");
    return new RequestIds(name, isTrusted, source);
  }

  /**
   * As this, taking the names that requests come with, or not, as by default: for a server that is
   * reached by way of a proxy alone.
   */
  public RequestIds withTrusted(boolean trusted) {
    return new RequestIds(field, trusted, source);
  }

  /** As this, with another source of chance, which is asked twice for a name. */
  public RequestIds withSource(LongSupplier newSource) {
    return new RequestIds(field, isTrusted, Objects.requireNonNull(newSource, "source"));
  }

  /** A handler that names requests, and has another one answer them. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      String id = id(request);
      request.setAttribute(ID, id);
      response.filters.add((_, answer) -> answer.field(field, id));
      next.handle(request, response);
    };
  }

  /** The name of a request that came by this; null if it did not. */
  public static @Nullable String of(HttpRequest request) {
    return request.attribute(ID) instanceof String id ? id : null;
  }

  private String id(HttpRequest request) {
    String sent = isTrusted ? request.field(field) : null;
    if (sent != null && sent.length() <= MAX_CHARACTERS && Tokens.isToken(sent)) {
      return sent;
    }
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(source.getAsLong()) + hex.toHexDigits(source.getAsLong());
  }

  @Override
  public String toString() {
    return "RequestIds[field=" + field + ", trusted=" + isTrusted + "]";
  }
}
