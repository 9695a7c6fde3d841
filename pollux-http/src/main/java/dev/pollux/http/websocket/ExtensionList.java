package dev.pollux.http.websocket;

import dev.pollux.http.wire.Octets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the field Sec-WebSocket-Extensions. Passive. Source: RFC 6455, 9.1. */
final class ExtensionList {

  /** How many are read at most. */
  static final int MAX = 16;

  /**
   * One that is offered, or agreed on.
   *
   * @param parameters a value is null where there is none
   */
  record Extension(String name, Map<String, @Nullable String> parameters) {

    boolean has(String parameter) {
      return parameters.containsKey(parameter);
    }

    @Nullable String value(String parameter) {
      return parameters.get(parameter);
    }

    Set<String> names() {
      return parameters.keySet();
    }
  }

  private final String text;
  private int at;

  private ExtensionList(String text) {
    this.text = text;
  }

  /**
   * All that the values of the field name, in order.
   *
   * @throws IllegalArgumentException if they do not follow the grammar, one says a parameter twice,
   *     or there are more than {@link #MAX}
   */
  static List<Extension> parse(List<String> values) {
    List<Extension> all = new ArrayList<>();
    for (String value : values) {
      new ExtensionList(value).readAll(all);
    }
    return all;
  }

  private void readAll(List<Extension> all) {
    do {
      if (all.size() == MAX) {
        throw new IllegalArgumentException("there are more than " + MAX + " extensions");
      }
      all.add(read());
    } while (skip(','));
    if (at < text.length()) {
      throw wrong("ends too late");
    }
  }

  private Extension read() {
    String name = token();
    Map<String, @Nullable String> parameters = new LinkedHashMap<>();
    while (skip(';')) {
      String parameter = token();
      String value = null;
      if (skip('=')) {
        blanks();
        value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
      }
      if (parameters.containsKey(parameter)) {
        throw wrong("says " + parameter + " twice");
      }
      var _ = parameters.put(parameter, value);
    }
    return new Extension(name, parameters);
  }

  private boolean skip(char mark) {
    blanks();
    boolean isThere = at < text.length() && text.charAt(at) == mark;
    at += isThere ? 1 : 0;
    return isThere;
  }

  private void blanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private String token() {
    blanks();
    int from = at;
    while (at < text.length() && isOfToken(text.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw wrong("has no token where one is to be");
    }
    return text.substring(from, at).toLowerCase(Locale.ROOT);
  }

  /** What is within quotes is a token, too. */
  private String quoted() {
    at++;
    String word = token();
    if (at == text.length() || text.charAt(at) != '"') {
      throw wrong("has a quoted word that is no token");
    }
    at++;
    return word;
  }

  private static boolean isOfToken(char c) {
    return c < 0x80 && Octets.is((byte) c, Octets.TOKEN);
  }

  private IllegalArgumentException wrong(String how) {
    return new IllegalArgumentException("Sec-WebSocket-Extensions " + how);
  }
}
