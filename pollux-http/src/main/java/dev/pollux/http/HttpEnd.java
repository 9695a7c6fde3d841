package dev.pollux.http;

import java.util.Locale;

/** How an exchange came to its end. */
public enum HttpEnd {
  /** All of the answer was written: that of the handler, or of an {@link HttpException} of its. */
  ANSWERED,
  /**
   * The server answered, as what came was no request, or its body none: 400, 408, 413, 414, 431 …
   */
  REFUSED,
  /** The handler threw before it answered, or did not answer: 500 was written in its place. */
  FAILED,
  /** It was broken off here in the middle of the answer, and the connection reset. */
  CUT,
  /** The connection was over first, with a part of the answer, or of the head, or none. */
  LOST,
  /** The connection has left HTTP. */
  SWITCHED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Its name in small letters, as logs and figures have it. */
  public String label() {
    return label;
  }
}
