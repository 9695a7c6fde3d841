package dev.pollux.http.websocket;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two ends have agreed on for permessage-deflate.
 *
 * <p>The window is always of 32 KiB, as zlib in Java has no other; a peer that wants a smaller one
 * gets no compression. Source: RFC 7692, 7.1.
 *
 * @param keepsServerContext whether the server's messages refer to those before
 * @param keepsClientContext whether the client's do
 * @param answer what the server says of it
 */
record Deflation(boolean keepsServerContext, boolean keepsClientContext, String answer) {

  private static final String NAME = "permessage-deflate";
  private static final String SERVER_CONTEXT = "server_no_context_takeover";
  private static final String CLIENT_CONTEXT = "client_no_context_takeover";
  private static final String SERVER_BITS = "server_max_window_bits";
  private static final String CLIENT_BITS = "client_max_window_bits";
  private static final String MOST_BITS = "15";
  private static final List<String> BITS = List.of("8", "9", "10", "11", "12", "13", "14", "15");

  /** What a client offers. */
  static String offer(boolean keepsContext) {
    return keepsContext ? NAME : NAME + "; " + SERVER_CONTEXT + "; " + CLIENT_CONTEXT;
  }

  /** The first of a client's offers that can be taken; null without. */
  static @Nullable Deflation accept(List<ExtensionList.Extension> offers, boolean keepsContext) {
    for (ExtensionList.Extension offer : offers) {
      if (offer.name().equals(NAME) && isOffer(offer)) {
        return accept(offer, keepsContext);
      }
    }
    return null;
  }

  /** Whether it is one that can be taken: with nothing unknown, nothing twice, no small window. */
  private static boolean isOffer(ExtensionList.Extension offer) {
    return isKnown(offer, List.of(MOST_BITS))
        && (!offer.has(CLIENT_BITS)
            || offer.value(CLIENT_BITS) == null
            || BITS.contains(offer.value(CLIENT_BITS)));
  }

  private static boolean isKnown(ExtensionList.Extension one, List<String> serverBits) {
    boolean isKnown = true;
    for (String name : one.names()) {
      String value = one.value(name);
      isKnown &=
          switch (name) {
            case SERVER_CONTEXT, CLIENT_CONTEXT -> value == null;
            case SERVER_BITS -> value != null && serverBits.contains(value);
            case CLIENT_BITS -> true;
            default -> false;
          };
    }
    return isKnown;
  }

  private static Deflation accept(ExtensionList.Extension offer, boolean keepsContext) {
    boolean keepsServers = keepsContext && !offer.has(SERVER_CONTEXT);
    StringBuilder answer = new StringBuilder(NAME);
    if (!keepsServers) {
      var _ = answer.append("; ").append(SERVER_CONTEXT);
    }
    if (!keepsContext) {
      var _ = answer.append("; ").append(CLIENT_CONTEXT);
    }
    if (offer.has(SERVER_BITS)) {
      var _ = answer.append("; ").append(SERVER_BITS).append('=').append(MOST_BITS);
    }
    return new Deflation(keepsServers, keepsContext, answer.toString());
  }

  /**
   * What a server has made of an offer.
   *
   * @throws IllegalArgumentException if it was not offered so
   */
  static Deflation accepted(ExtensionList.Extension answer, boolean keepsContext) {
    boolean isRight =
        answer.name().equals(NAME) && isKnown(answer, BITS) && !answer.has(CLIENT_BITS);
    if (!isRight || (!keepsContext && !answer.has(SERVER_CONTEXT))) {
      throw new IllegalArgumentException("the server agrees to what was not offered: " + answer);
    }
    boolean keepsClients = keepsContext && !answer.has(CLIENT_CONTEXT);
    return new Deflation(!answer.has(SERVER_CONTEXT), keepsClients, answer.toString());
  }

  /** Whether an end's own messages refer to those before. */
  static boolean keepsOwn(@Nullable Deflation known, boolean isClient) {
    return known != null && (isClient ? known.keepsClientContext : known.keepsServerContext);
  }
}
