package dev.pollux.cli.terminal;

import java.util.List;

/**
 * A host and a port, as a user writes them: {@code HOST:PORT} or {@code HOST PORT}.
 *
 * @param host a name or an address, without brackets
 */
public record Target(String host, int port) {

  private static final int MAX_PORT = 65_535;

  /**
   * Reads one word, {@code HOST:PORT}, or two. An IPv6 address stands in brackets where a port
   * follows by a colon, and may where it does not.
   *
   * @throws IllegalArgumentException with words for the user
   */
  public static Target of(List<String> words) {
    if (words.size() == 2) {
      return of(words.get(0), words.get(1), String.join(" ", words));
    }
    if (words.size() != 1) {
      throw new IllegalArgumentException("a server is given as HOST:PORT or HOST PORT");
    }
    String value = words.getFirst();
    int colon = isInBrackets(value) ? -1 : value.lastIndexOf(':');
    String host = colon < 0 ? "" : value.substring(0, colon);
    if (host.indexOf(':') >= 0 && !isInBrackets(host)) {
      throw new IllegalArgumentException(
          "'" + value + "' has an IPv6 address without brackets; write [ADDRESS]:PORT");
    }
    return of(host, colon < 0 ? "" : value.substring(colon + 1), value);
  }

  private static Target of(String host, String port, String value) {
    String bare = isInBrackets(host) ? host.substring(1, host.length() - 1) : host;
    int number = Numbers.plain(port);
    if (bare.isBlank() || number < 1 || number > MAX_PORT) {
      throw new IllegalArgumentException(
          "'" + value + "' is not HOST:PORT or HOST PORT with a port of 1 to " + MAX_PORT);
    }
    return new Target(bare, number);
  }

  private static boolean isInBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]");
  }

  /** As one writes it. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + port;
  }
}
