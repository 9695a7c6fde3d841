package dev.pollux.http.proxy;

import dev.pollux.http.HttpFields;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What of a head is said to the next one alone, and not passed on: some fields, and those that
 * Connection names. Passive. Source: RFC 9110, 7.6.1; RFC 9112, 6.
 */
final class HopByHop {

  private static final Set<String> ALWAYS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "proxy-authenticate",
          "te",
          "trailer",
          "transfer-encoding",
          "content-length",
          "upgrade",
          "http2-settings",
          "expect");

  private final Set<String> named;

  private HopByHop(Set<String> named) {
    this.named = named;
  }

  /** What is so in these fields. */
  static HopByHop of(HttpFields fields) {
    Set<String> named = Set.of();
    for (String value : fields.all("Connection")) {
      for (String member : value.split(",", -1)) {
        String name = member.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !ALWAYS.contains(name)) {
          named = named.isEmpty() ? new HashSet<>() : named;
          boolean _ = named.add(name);
        }
      }
    }
    return new HopByHop(named);
  }

  /** Whether this field stays here; its name in small letters. */
  boolean has(String small) {
    return ALWAYS.contains(small) || named.contains(small);
  }
}
