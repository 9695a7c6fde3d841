package dev.pollux.http.proxy;

import dev.pollux.http.HttpRequest;
import dev.pollux.http.client.ClientRequest;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;

/**
 * What a server behind is told of where a request came from. Source: RFC 7239; X-Forwarded-* are
 * what everybody says instead.
 */
final class ForwardedFields {

  private static final String FOR = "x-forwarded-for";
  private static final String FORWARDED = "forwarded";
  private static final String PREFIX = "x-forwarded-";
  private static final Set<String> OURS =
      Set.of(FOR, "x-forwarded-proto", "x-forwarded-host", FORWARDED);

  private ForwardedFields() {}

  /**
   * Whether this says where a request came from, and is not passed on as it is; its name in small
   * letters. What is added here never is.
   */
  static boolean has(String small, boolean isTrusted) {
    boolean isSaid = small.startsWith(PREFIX) || small.equals("x-real-ip");
    return OURS.contains(small) || (isSaid && !isTrusted);
  }

  /** Adds what is known of a request. */
  static ClientRequest add(ClientRequest to, HttpRequest request, boolean isTrusted) {
    String address = address(request);
    String host = request.host();
    ClientRequest told =
        to.withField("X-Forwarded-For", behind(request, FOR, isTrusted, address))
            .withField("X-Forwarded-Proto", said(request, "x-forwarded-proto", isTrusted));
    String first = isTrusted ? request.field("X-Forwarded-Host") : null;
    if (first != null || !host.isEmpty()) {
      told = told.withField("X-Forwarded-Host", first == null ? host : first);
    }
    String node = address.indexOf(':') >= 0 ? "\"[" + address + "]\"" : address;
    String element = "for=" + node + ";proto=" + request.scheme();
    if (!host.isEmpty()) {
      element += ";host=\"" + host + "\"";
    }
    return told.withField("Forwarded", behind(request, FORWARDED, isTrusted, element));
  }

  private static String behind(HttpRequest request, String name, boolean isTrusted, String last) {
    String before = isTrusted ? request.field(name) : null;
    return before == null || before.isEmpty() ? last : before + ", " + last;
  }

  private static String said(HttpRequest request, String name, boolean isTrusted) {
    String before = isTrusted ? request.field(name) : null;
    return before == null ? request.scheme() : before;
  }

  /**
   * The address of who handed it to this proxy, without its port; "unknown" of what has none, or
   * who is gone. Whom that had it from is in what is added to.
   */
  private static String address(HttpRequest request) {
    SocketAddress of;
    try {
      of = request.peerAddress();
    } catch (IllegalStateException _) { // the kernel does not tell of who has reset
      return "unknown";
    }
    if (!(of instanceof InetSocketAddress known) || known.getAddress() == null) {
      return "unknown";
    }
    String text = known.getAddress().getHostAddress();
    int zone = known.getAddress() instanceof Inet6Address ? text.indexOf('%') : -1;
    return zone < 0 ? text : text.substring(0, zone);
  }
}
