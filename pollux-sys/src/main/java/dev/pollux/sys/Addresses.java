package dev.pollux.sys;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Addresses as people write them, and as other programs read them.
 *
 * <p>Threads: any. Nothing is looked up.
 */
public final class Addresses {

  private static final int GROUPS = 8;

  private Addresses() {}

  /** {@code 127.0.0.1:80}, {@code [::1]:80}, a path, or {@code @name}; others by themselves. */
  public static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    InetAddress host = inet.getAddress();
    if (host == null) {
      return inet.getHostString() + ":" + inet.getPort();
    }
    String literal = text(host);
    return (host instanceof Inet6Address ? "[" + literal + "]:" : literal + ":") + inet.getPort();
  }

  /** An address without a port; of IPv6 the short form of RFC 5952, and the scope. */
  public static String text(InetAddress host) {
    if (!(host instanceof Inet6Address six)) {
      return host.getHostAddress();
    }
    String literal = six.getHostAddress(); // groups without leading zeros, and perhaps %scope
    int percent = literal.indexOf('%');
    return shortForm(six.getAddress()) + (percent < 0 ? "" : literal.substring(percent));
  }

  /** RFC 5952, section 4: the longest run of two or more zero groups, the first of them, is ::. */
  private static String shortForm(byte[] bytes) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int longestStart = -1;
    int longest = 1;
    int start = 0;
    while (start < GROUPS) {
      int end = start;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - start > longest) {
        longestStart = start;
        longest = end - start;
      }
      start = end + 1;
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < GROUPS) {
      if (i == longestStart) {
        text.append("::");
        i += longest;
      } else {
        boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
        i++;
      }
    }
    return text.toString();
  }
}
