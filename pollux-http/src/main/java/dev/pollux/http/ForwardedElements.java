package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What proxies have said of whom they had a request from, the first of them first: the {@code for}
 * and {@code proto} of a Forwarded field. Source: RFC 7239, 4.
 */
final class ForwardedElements {

  private final String text;
  private final List<String> hosts = new ArrayList<>();
  private final List<String> schemes = new ArrayList<>();
  private int at;

  private ForwardedElements(String text) {
    this.text = text;
  }

  /** Reads a field; null if it is malformed anywhere, as quotes may hide what is behind them. */
  static @Nullable ForwardedElements parse(String field) {
    ForwardedElements elements = new ForwardedElements(field);
    return elements.read() ? elements : null;
  }

  /** Who sent it to each; empty where that is not said. */
  List<String> hosts() {
    return hosts;
  }

  /** By what; empty where that is not said. */
  List<String> schemes() {
    return schemes;
  }

  private boolean read() {
    boolean isGood = readElement();
    while (isGood && at < text.length()) {
      at++; // over the comma, as nothing else ends an element
      isGood = readElement();
    }
    return isGood;
  }

  private boolean readElement() {
    String host = "";
    String scheme = "";
    boolean goesOn = true;
    while (goesOn) {
      skipBlanks();
      String name = readToken();
      boolean isPair = !name.isEmpty() && isAt('=');
      at++;
      String value = isPair ? readValue() : null;
      if (value == null) {
        return false;
      }
      if (name.equalsIgnoreCase("for")) {
        if (!host.isEmpty()) {
          return false;
        }
        host = value;
      } else if (name.equalsIgnoreCase("proto")) {
        if (!scheme.isEmpty()) {
          return false;
        }
        scheme = value;
      }
      skipBlanks();
      goesOn = isAt(';');
      at += goesOn ? 1 : 0;
    }
    hosts.add(host);
    schemes.add(scheme);
    return at == text.length() || isAt(',');
  }

  private boolean isAt(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private void skipBlanks() {
    while (isAt(' ') || isAt('\t')) {
      at++;
    }
  }

  private String readToken() {
    int from = at;
    while (at < text.length()
        && text.charAt(at) < 0x80
        && Octets.is((byte) text.charAt(at), Octets.TOKEN)) {
      at++;
    }
    return text.substring(from, at);
  }

  /** A token or what is between quotes; null if it is none. */
  private @Nullable String readValue() {
    if (!isAt('"')) {
      String token = readToken();
      return token.isEmpty() ? null : token;
    }
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length() && !isAt('"')) {
      at += isAt('\\') ? 1 : 0;
      value.append(at < text.length() ? text.charAt(at) : '\\');
      at++;
    }
    boolean isEnded = isAt('"');
    at++;
    return isEnded ? value.toString() : null;
  }
}
