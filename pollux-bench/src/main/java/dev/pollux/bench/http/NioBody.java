package dev.pollux.bench.http;

import java.nio.charset.StandardCharsets;

/**
 * Reads the body of a request, of a length or in chunks without extensions and trailers: counts its
 * bytes and, where a sum is asked for, reads the number in it. As strict as {@code http_server.c}.
 */
final class NioBody {

  /** What is malformed. */
  static final int BAD = -1;

  private static final byte[] SUM = latin(HttpServing.SUM_PATH + "?");
  private static final int CHUNK_DIGITS = 8;

  /** What comes next of a body. */
  private enum Next {
    SIZE,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    LAST_CR,
    LAST_LF,
    NOTHING
  }

  private Next next = Next.NOTHING;
  private boolean isChunked;
  private int digits; // of the size of a chunk
  private long left; // of the body, or of its chunk
  private long bytes;
  private boolean isSum;
  private boolean isNegative;
  private long number;
  private long query;

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Begins with that of a request whose head lies there. */
  void begin(NioHead head, byte[] in) {
    isChunked = head.isChunked();
    next = isChunked ? Next.SIZE : head.length() > 0 ? Next.DATA : Next.NOTHING;
    digits = 0;
    left = head.length();
    bytes = 0;
    number = 0;
    isNegative = false;
    int from = head.targetFrom() + SUM.length;
    isSum = from <= head.targetTo() && isSum(in, head.targetFrom());
    query = isSum ? querySum(in, from, head.targetTo()) : 0;
  }

  private static boolean isSum(byte[] in, int from) {
    for (int i = 0; i < SUM.length; i++) {
      if (in[from + i] != SUM[i]) {
        return false;
      }
    }
    return true;
  }

  private long querySum(byte[] in, int from, int to) {
    long sum = 0;
    boolean isValue = false;
    for (int i = from; i < to; i++) {
      if (in[i] == '&') {
        sum += takeNumber();
        isValue = false;
      } else if (isValue) {
        numberByte(in[i]);
      } else {
        isValue = in[i] == '=';
      }
    }
    return sum + takeNumber();
  }

  private long takeNumber() {
    long result = isNegative ? -number : number;
    number = 0;
    isNegative = false;
    return result;
  }

  private void numberByte(byte c) {
    if (c >= '0' && c <= '9') {
      number = 10 * number + c - '0';
    } else if (c == '-') {
      isNegative = true;
    }
  }

  /** Whether all of it has come. */
  boolean isOver() {
    return next == Next.NOTHING;
  }

  /** Whether it is answered by a greeting, and not by a number. */
  boolean isNone() {
    return bytes == 0 && !isSum;
  }

  /** What it is answered by. */
  long result() {
    return isSum ? query + (isNegative ? -number : number) : bytes;
  }

  /** Takes what is there of it: where that ends, or {@link #BAD}. */
  int take(byte[] in, int from, int to) {
    if (next != Next.DATA) {
      return frame(in[from]) ? from + 1 : BAD;
    }
    int end = from + (int) Math.min(to - from, left);
    for (int i = from; isSum && i < end; i++) {
      numberByte(in[i]);
    }
    bytes += end - from;
    left -= end - from;
    if (left == 0) {
      next = isChunked ? Next.DATA_CR : Next.NOTHING;
    }
    return end;
  }

  /** Takes a byte that frames a chunk; false if it must not stand there. */
  private boolean frame(byte c) {
    int digit = next == Next.SIZE ? Character.digit(c, 16) : -1;
    if (digit >= 0) {
      left = 16 * left + digit;
      digits++;
      return digits <= CHUNK_DIGITS;
    }
    boolean isGood = c == expected() && (next != Next.SIZE || digits > 0);
    next =
        switch (next) {
          case SIZE -> Next.SIZE_LF;
          case SIZE_LF -> left > 0 ? Next.DATA : Next.LAST_CR;
          case DATA, DATA_CR -> Next.DATA_LF;
          case DATA_LF -> Next.SIZE;
          case LAST_CR -> Next.LAST_LF;
          case LAST_LF, NOTHING -> Next.NOTHING;
        };
    digits = 0;
    return isGood;
  }

  private byte expected() {
    return switch (next) {
      case SIZE, DATA_CR, LAST_CR -> '\r';
      default -> '\n';
    };
  }
}
