package dev.pollux.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.wire.Tokens;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets those through who send a name and a password that a {@link Checker} takes; all others are
 * answered with 401, and asked for one. It is for https alone: what is sent is no secret on the
 * way.
 *
 * <pre>{@code
 * BasicAuth auth = BasicAuth.of("staff", BasicAuth.table(Map.of("ann", password)));
 * HttpHandler inside = auth.around(handler);
 * HttpHandler asked = HttpBlocking.handler(auth.around(exchange -> ...)); // the checker may block
 * }</pre>
 *
 * <p>What is no such field, or more than one, is as none. Who it is stands in the attribute {@link
 * #PRINCIPAL} of the request. Nothing of a name or a password is in a message.
 *
 * <p>Immutable. Threads: any. Errors: what the checker throws is as if the handler had thrown it.
 * Source: RFC 7617; RFC 9110, 11.
 */
public final class BasicAuth {

  /** The attribute of a request: what the checker said of who sent it. */
  public static final String PRINCIPAL = "dev.pollux.http.BasicAuth.PRINCIPAL";

  private static final String SCHEME = "Basic ";
  private static final HttpContent REFUSED = HttpContent.text("401 Unauthorized\n");

  /** Knows who may come in. */
  @FunctionalInterface
  public interface Checker {

    /**
     * Who that is; null if it is nobody that may come in.
     *
     * <p>Threads: the loop's, which is not to be blocked; in the {@linkplain
     * #around(HttpBlockingHandler) blocking style}, that of the exchange.
     *
     * @param password lent until this returns, and overwritten then
     */
    @Nullable Object principal(String name, char[] password) throws Exception;
  }

  private final Checker checker;
  private final String challenge;

  private BasicAuth(Checker checker, String challenge) {
    this.checker = checker;
    this.challenge = challenge;
  }

  /**
   * Who comes in is for a checker to say.
   *
   * @param realm what people are told that it is for
   * @throws IllegalArgumentException if the realm has characters that no field's value may have
   */
  public static BasicAuth of(String realm, Checker checker) {
    String quoted =
        Tokens.requireValue("the realm", realm).replace("\\", "\\\\").replace("\"", "\\\"");
    return new BasicAuth(
        Objects.requireNonNull(checker, "checker"),
        "Basic realm=\"" + quoted + "\", charset=\"UTF-8\"");
  }

  /**
   * A checker for a few names and their passwords, whose principal is the name. What it does, it
   * does for a name that it does not know, too, and each comparison takes as long, whatever is
   * wrong; the passwords themselves are not kept. It is no place for passwords of people, which are
   * to be kept by a function that is slow.
   */
  public static Checker table(Map<String, String> passwords) {
    return new PasswordTable(passwords);
  }

  /** A handler that has another one answer those who may come in. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      if (isLetIn(request)) {
        next.handle(request, response);
      } else {
        var _ = response.status(401).field("WWW-Authenticate", challenge).send(REFUSED);
      }
    };
  }

  /**
   * A handler in the blocking style, which has the checker asked on the thread of the exchange: so
   * it may ask a database.
   */
  public HttpBlockingHandler around(HttpBlockingHandler next) {
    Objects.requireNonNull(next, "next");
    return exchange -> {
      if (isLetIn(exchange.request())) {
        next.handle(exchange);
      } else {
        var _ = exchange.status(401).field("WWW-Authenticate", challenge).type(REFUSED.type());
        exchange.output().write(REFUSED.bytes());
      }
    };
  }

  private boolean isLetIn(HttpRequest request) throws Exception {
    CharBuffer pair = pair(request.field("Authorization"));
    if (pair == null) {
      return false;
    }
    char[] all = pair.array();
    try {
      return isLetIn(request, all, pair.limit());
    } finally {
      Arrays.fill(all, '\0');
    }
  }

  private boolean isLetIn(HttpRequest request, char[] pair, int length) throws Exception {
    int colon = colon(pair, length);
    if (colon < 0) {
      return false;
    }
    char[] password = Arrays.copyOfRange(pair, colon + 1, length);
    try {
      Object principal = checker.principal(new String(pair, 0, colon), password);
      if (principal == null) {
        return false;
      }
      request.setAttribute(PRINCIPAL, principal);
      return true;
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** Where the name ends; -1 if there is no such place, or a character that none of both has. */
  private static int colon(char[] pair, int length) {
    int colon = -1;
    for (int i = 0; i < length; i++) {
      char c = pair[i];
      if (Character.isISOControl(c)) {
        return -1;
      }
      if (c == ':' && colon < 0) {
        colon = i;
      }
    }
    return colon;
  }

  /** The name and the password, a colon between them; null if that is not what was sent. */
  private static @Nullable CharBuffer pair(@Nullable String credentials) {
    if (credentials == null || !credentials.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    byte[] bytes = {};
    try {
      bytes = Base64.getDecoder().decode(credentials.substring(SCHEME.length()).stripLeading());
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "BasicAuth[" + challenge + "]";
  }
}
