package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import org.jspecify.annotations.Nullable;

/** What a request may be about. Source: RFC 9112, 3.2; RFC 3986, 3.2. */
final class Targets {

  private static final String[] SCHEMES = {"http://", "https://"};

  private Targets() {}

  /** What is wrong with a target; null if nothing. */
  static @Nullable String problem(HeadParser head, byte[] in, int base) {
    int from = base + head.targetFrom();
    int to = base + head.targetTo();
    int methodFrom = base + head.methodFrom();
    int methodTo = base + head.methodTo();
    if (Octets.equals(in, methodFrom, methodTo, "CONNECT")) {
      return isAuthority(in, from, to, true) ? null : "CONNECT wants a host and a port";
    }
    if (in[from] == '/') {
      return head.hasBracket() && hasBracket(head, in, from, to)
          ? "the target has a bracket"
          : null;
    }
    if (to - from == 1 && in[from] == '*') {
      return Octets.equals(in, methodFrom, methodTo, "OPTIONS") ? null : "* is for OPTIONS alone";
    }
    int host = hostOfAbsolute(in, from, to);
    if (host < 0) {
      return "the target is none";
    }
    int end = host;
    while (end < to && in[end] != '/' && in[end] != '?') {
      end++;
    }
    if (head.hasBracket() && hasBracket(head, in, end, to)) {
      return "the target has a bracket behind its host";
    }
    return isAuthority(in, host, end, false) ? null : "the target's host is none";
  }

  /** Whether there is one where none may be: nowhere, or where browsers send none. */
  private static boolean hasBracket(HeadParser head, byte[] in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (in[i] == '[' || in[i] == ']') {
        return true;
      }
      if (in[i] == '?' && head.isLoose()) {
        return false;
      }
    }
    return false;
  }

  /** Where the host of http://host begins; -1 if this is none. */
  private static int hostOfAbsolute(byte[] in, int from, int to) {
    for (String scheme : SCHEMES) {
      int host = from + scheme.length();
      if (host < to && Octets.equalsIgnoreCase(in, from, host, scheme)) {
        return host;
      }
    }
    return -1;
  }

  /** Whether this is a host, with a port or, if it need not have one, without. */
  static boolean isAuthority(byte[] in, int from, int to, boolean withPort) {
    int end;
    if (from < to && in[from] == '[') {
      end = addressEnd(in, from + 1, to);
    } else {
      end = nameEnd(in, from, to);
    }
    if (end <= from || end == to) {
      return end > from && !withPort;
    }
    return in[end] == ':' && isPort(in, end + 1, to, withPort);
  }

  /** Where a name ends: before what cannot be in it. */
  private static int nameEnd(byte[] in, int from, int to) {
    int i = Octets.skip(in, from, to, Octets.HOST);
    while (i < to && in[i] == '%' && isEncoded(in, i, to)) {
      i = Octets.skip(in, i + 3, to, Octets.HOST);
    }
    return i;
  }

  private static boolean isEncoded(byte[] in, int percent, int to) {
    return to - percent >= 3
        && Octets.is(in[percent + 1], Octets.HEX)
        && Octets.is(in[percent + 2], Octets.HEX);
  }

  /** Behind the bracket of an address; -1 if it is none. */
  private static int addressEnd(byte[] in, int from, int to) {
    int end = from;
    while (end < to && in[end] != ']') {
      end++;
    }
    return end < to && isAddress(in, from, end) ? end + 1 : -1;
  }

  /** Of IPv6, by its characters; whether there is such an address is not looked at. */
  private static boolean isAddress(byte[] in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Octets.is(in[i], Octets.HEX) && in[i] != ':' && in[i] != '.') {
        return false;
      }
    }
    return to - from >= 2;
  }

  private static boolean isPort(byte[] in, int from, int to, boolean mustBe) {
    int port = 0;
    for (int i = from; i < to; i++) {
      if (!Octets.is(in[i], Octets.DIGIT)) {
        return false;
      }
      port = Math.min(100_000, 10 * port + in[i] - '0');
    }
    return port <= 0xffff && (from < to || !mustBe);
  }
}
