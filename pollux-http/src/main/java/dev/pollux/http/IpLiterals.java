package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of IP as they are written, and in one way alone; no name is ever looked up, and no zone
 * taken, which is another host's. Source: RFC 3986, 3.2.2; RFC 4291, 2.2.
 */
final class IpLiterals {

  private static final int MAX_CHARACTERS = 45;
  private static final int MAX_PORT = 0xffff;
  private static final int MAX_PORT_DIGITS = 5;

  private IpLiterals() {}

  /** An address; null if it is none. One of IPv4 within IPv6 is that. */
  static @Nullable InetAddress address(String text) {
    boolean isOld = text.indexOf(':') < 0;
    if (text.length() > MAX_CHARACTERS || !(isOld ? isDotted(text) : hasHexAlone(text))) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null; // it has the characters of one
    }
  }

  /** Four numbers, none with zeros before it, which some take for octal. */
  static boolean isDotted(String text) {
    int numbers = 0;
    int from = 0;
    while (from <= text.length()) {
      int dot = text.indexOf('.', from);
      int to = dot < 0 ? text.length() : dot;
      if (number(text, from, to, 3, 255) < 0) {
        return false;
      }
      numbers++;
      from = to + 1;
    }
    return numbers == 4;
  }

  private static boolean hasHexAlone(String text) {
    int dot = text.indexOf('.');
    int hexTo = dot < 0 ? text.length() : text.lastIndexOf(':') + 1;
    for (int i = 0; i < hexTo; i++) {
      char c = text.charAt(i);
      if (c != ':' && (c > 0x7f || !Octets.is((byte) c, Octets.HEX))) {
        return false;
      }
    }
    return dot < 0 || isDotted(text.substring(hexTo));
  }

  /**
   * An address and a port, which is 0 where there is none: {@code [::1]:80}; null if it is none.
   */
  static @Nullable InetSocketAddress withPort(String text) {
    int colon = text.indexOf(':');
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (colon < 0 || colon > end) {
        return null;
      }
      String rest = text.substring(end + 1);
      boolean hasPort = rest.startsWith(":");
      return hasPort || rest.isEmpty()
          ? of(text.substring(1, end), hasPort ? rest.substring(1) : "0")
          : null;
    }
    boolean hasPort = colon >= 0 && text.lastIndexOf(':') == colon;
    return hasPort ? of(text.substring(0, colon), text.substring(colon + 1)) : of(text, "0");
  }

  private static @Nullable InetSocketAddress of(String host, String portText) {
    InetAddress address = address(host);
    int port = port(portText);
    return address == null || port < 0 ? null : new InetSocketAddress(address, port);
  }

  /** A port; -1 if it is none. */
  static int port(String text) {
    return number(text, 0, text.length(), MAX_PORT_DIGITS, MAX_PORT);
  }

  /** A number; -1 if it is none, has zeros before it, or is more than the most. */
  private static int number(String text, int from, int to, int maxDigits, int most) {
    if (to <= from || to - from > maxDigits || (text.charAt(from) == '0' && to - from > 1)) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = 10 * number + c - '0';
    }
    return number <= most ? number : -1;
  }
}
