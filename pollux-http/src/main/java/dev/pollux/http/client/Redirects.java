package dev.pollux.http.client;

import dev.pollux.http.wire.Tokens;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a redirect leads, and with what.
 *
 * <p>301 and 302 make GET of POST, 303 of everything but HEAD, as browsers do; 307 and 308 change
 * nothing. What is secret is not told to another origin. Source: RFC 9110, 15.4 and 10.2.2.
 */
final class Redirects {

  /** Fields of a body, which go with it. */
  private static final String CONTENT = "content-";

  /** What is for one origin. */
  private static final String[] SECRETS = {
    "Authorization", "Cookie", "Proxy-Authorization", "Host"
  };

  /**
   * What follows of an answer.
   *
   * @param next the request that it leads to; null if there is none
   * @param problem why it must not be followed; null if nothing is wrong with it
   */
  record Step(@Nullable ClientRequest next, @Nullable String problem) {}

  private static final String ABOVE = "/../";

  private static final Step NONE = new Step(null, null);

  private Redirects() {}

  /** What follows of an answer, after so many redirects before it. */
  static Step of(ClientRequest request, AnswerHead head, int before, ClientOptions options) {
    int status = head.status();
    boolean isOne =
        switch (status) {
          case 301, 302, 303, 307, 308 -> true;
          default -> false;
        };
    boolean isTunnel = request.isConnect();
    if (!isOne || isTunnel || options.redirects() == 0 || !head.fields().has("Location")) {
      return NONE;
    }
    if (before == options.redirects()) {
      return refused("more than " + before + " redirects, of which none leads to an answer");
    }
    if (head.fields().all("Location").size() > 1) {
      return refused("a redirect has two Location fields");
    }
    String location = String.valueOf(head.fields().get("Location"));
    boolean loosesBody = status <= 303 && request.hasBody() && isChanged(request, status);
    if (request.isStreamed() && !loosesBody) {
      return refused("a redirect asks for a streamed body again, which is gone");
    }
    try {
      ClientRequest there = moved(request, target(request.uri(), httpOf(request, location)));
      if (request.origin().isTls() && !there.origin().isTls() && !options.downgrade()) {
        return refused("a redirect leads from https to http: " + shown(location));
      }
      return new Step(isChanged(request, status) ? asGet(there) : there, null);
    } catch (IllegalArgumentException e) {
      return refused("a redirect leads to " + shown(location) + ", where nobody can be asked");
    }
  }

  /** Who asks for a WebSocket may be told of one, by the scheme ws or wss. */
  private static String httpOf(ClientRequest request, String location) {
    String plain = "ws://";
    String secret = "wss://";
    boolean isPlain = location.regionMatches(true, 0, plain, 0, plain.length());
    boolean isSecret = location.regionMatches(true, 0, secret, 0, secret.length());
    if ((isPlain || isSecret) && !"websocket".equalsIgnoreCase(request.upgrade())) {
      throw new IllegalArgumentException("nobody asks for a WebSocket");
    }
    return isPlain
        ? "http://" + location.substring(plain.length())
        : isSecret ? "https://" + location.substring(secret.length()) : location;
  }

  private static Step refused(String why) {
    return new Step(null, why);
  }

  private static boolean isChanged(ClientRequest request, int status) {
    return switch (status) {
      case 301, 302 -> request.method().equals("POST");
      case 303 -> !request.method().equals("GET") && !request.isHead();
      default -> false;
    };
  }

  /** Resolves it as RFC 3986 says, which java.net does not for a query alone or an empty path. */
  private static URI target(URI base, String location) {
    String path = base.getRawPath();
    boolean isBare = path == null || path.isEmpty();
    String start = base.getScheme() + "://" + base.getRawAuthority();
    if (location.isEmpty()) {
      return base;
    }
    if (location.startsWith("?")) {
      return URI.create(start + (isBare ? "/" : path) + location);
    }
    URI resolved = (isBare ? URI.create(start + "/") : base).resolve(location).normalize();
    String there = resolved.getRawPath();
    if (there == null || !there.startsWith(ABOVE)) {
      return resolved;
    }
    int from = 0;
    while (there.startsWith(ABOVE, from)) { // above the root is the root
      from += ABOVE.length() - 1;
    }
    String query = resolved.getRawQuery();
    String rest = there.substring(from) + (query == null ? "" : "?" + query);
    return URI.create(resolved.getScheme() + "://" + resolved.getRawAuthority() + rest);
  }

  /** For a message: without a password that may be in it. */
  private static String shown(String location) {
    return location.indexOf('@') >= 0 ? "a place with a user" : Tokens.visible(location);
  }

  private static ClientRequest moved(ClientRequest request, URI target) {
    Origin before = request.origin();
    ClientRequest there = request.withUri(target);
    if (!there.origin().isSame(before)) {
      for (String secret : SECRETS) {
        there = there.withoutField(secret);
      }
    } else if (before.address() != null) {
      there = there.withAddress(before.address());
    }
    return there;
  }

  private static ClientRequest asGet(ClientRequest request) {
    ClientRequest bare = request.withMethod("GET").withoutBody();
    for (ClientRequest.Field each : request.fields()) {
      if (each.name().toLowerCase(Locale.ROOT).startsWith(CONTENT)) {
        bare = bare.withoutField(each.name());
      }
    }
    return bare;
  }
}
