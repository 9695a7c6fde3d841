package dev.pollux.http.websocket;

import java.nio.ByteBuffer;

/**
 * Whether bytes that come in pieces are UTF-8: told as soon as one of them cannot be.
 *
 * <p>Passive, without memory but for where it is in a character. Source: RFC 3629, 4: no overlong
 * forms, no surrogates, nothing beyond U+10FFFF.
 */
final class Utf8Check {

  private static final long NOT_ASCII = 0x8080808080808080L;

  private int left; // bytes of the character that are still to come
  private int least; // the next of them is within these
  private int most;

  /** Begins with another text. */
  void begin() {
    left = 0;
  }

  /** Whether these bytes go on as UTF-8. */
  boolean take(ByteBuffer in, int from, int to) {
    int i = from;
    while (i < to) {
      if (left == 0) {
        i = skipAscii(in, i, to);
        if (i == to) {
          return true;
        }
      }
      if (!take(in.get(i) & 0xff)) {
        return false;
      }
      i++;
    }
    return true;
  }

  private static int skipAscii(ByteBuffer in, int from, int to) {
    int i = from;
    while (to - i >= Long.BYTES && (in.getLong(i) & NOT_ASCII) == 0) {
      i += Long.BYTES;
    }
    while (i < to && in.get(i) >= 0) {
      i++;
    }
    return i;
  }

  private boolean take(int octet) {
    if (left > 0) {
      boolean isRight = octet >= least && octet <= most;
      left--;
      least = 0x80;
      most = 0xbf;
      return isRight;
    }
    least = 0x80;
    most = 0xbf;
    if (octet < 0x80) {
      return true;
    } else if (octet >= 0xc2 && octet <= 0xdf) {
      left = 1;
    } else if (octet >= 0xe0 && octet <= 0xef) {
      left = 2;
      least = octet == 0xe0 ? 0xa0 : least; // else overlong
      most = octet == 0xed ? 0x9f : most; // else a surrogate
    } else if (octet >= 0xf0 && octet <= 0xf4) {
      left = 3;
      least = octet == 0xf0 ? 0x90 : least;
      most = octet == 0xf4 ? 0x8f : most; // else beyond U+10FFFF
    } else {
      return false;
    }
    return true;
  }

  /** Whether no character is begun. */
  boolean isWhole() {
    return left == 0;
  }
}
