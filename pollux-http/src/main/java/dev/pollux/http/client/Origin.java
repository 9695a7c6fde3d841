package dev.pollux.http.client;

import dev.pollux.http.wire.Octets;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where connections lead: requests of one origin may share them.
 *
 * @param isTls whether the scheme is https
 * @param host in small letters; an address of IPv6 without its brackets
 * @param address where that is said otherwise, as by a Unix socket; null is to be looked up
 */
record Origin(boolean isTls, String host, int port, @Nullable SocketAddress address) {

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_HOST = 255;

  /**
   * That of a URI.
   *
   * @throws IllegalArgumentException if it is none of http, https, ws or wss with a host, or names
   *     a user
   */
  static Origin of(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) { // not shown: it may have a password
      throw new IllegalArgumentException(
          "a URI names a user, which would be sent to nobody: use an Authorization field");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean isTls = scheme.equals("https") || scheme.equals("wss");
    if (!isTls && !scheme.equals("http") && !scheme.equals("ws")) {
      throw new IllegalArgumentException(uri + " is none of http or https");
    }
    if (authority == null || authority.isEmpty()) {
      throw new IllegalArgumentException(uri + " names no host");
    }
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    int hostEnd = end < 0 ? authority.length() : end;
    String host = authority.substring(0, hostEnd).toLowerCase(Locale.ROOT);
    int port = port(uri, authority.substring(hostEnd), isTls ? HTTPS_PORT : HTTP_PORT);
    return new Origin(isTls, host(uri, host), port, null);
  }

  /** Without brackets; names with an underscore, which are no hosts for java.net, are taken. */
  private static String host(URI uri, String text) {
    if (text.startsWith("[") && text.endsWith("]")) {
      String literal = text.substring(1, text.length() - 1);
      boolean isAddress = literal.indexOf(':') >= 0 && literal.indexOf('%') < 0;
      if (isAddress) {
        var _ = InetAddress.ofLiteral(literal); // or throws
        return literal;
      }
    }
    boolean isHost = !text.isEmpty() && text.length() <= MAX_HOST;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      isHost &= c < 0x80 && Octets.is((byte) c, Octets.HOST);
    }
    if (!isHost) {
      throw new IllegalArgumentException(uri + " names no host that could be asked for");
    }
    return text;
  }

  private static int port(URI uri, String text, int byDefault) {
    if (text.isEmpty() || text.equals(":")) {
      return byDefault;
    }
    int port = 0;
    boolean isPort = text.charAt(0) == ':';
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      isPort &= c >= '0' && c <= '9';
      port = Math.min(10 * port + (c - '0'), MAX_PORT + 1);
    }
    if (!isPort || port == 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(uri + " has a port that is none of 1 to " + MAX_PORT);
    }
    return port;
  }

  Origin withAddress(SocketAddress newAddress) {
    return new Origin(isTls, host, port, newAddress);
  }

  /** Whether another one is who this is, by whatever way. */
  boolean isSame(Origin other) {
    return isTls == other.isTls && port == other.port && host.equals(other.host);
  }

  /** What the Host field says. */
  String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (isTls ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    String uri = (isTls ? "https://" : "http://") + authority();
    return address == null ? uri : uri + " at " + address;
  }
}
