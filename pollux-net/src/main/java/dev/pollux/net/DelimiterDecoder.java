package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * Finds frames that end in a delimiter.
 *
 * <p>By the algorithm of Knuth, Morris and Pratt [1]: {@code matched} is how many bytes of the
 * delimiter the bytes so far end in; on a byte that does not go on, {@code fallback} says which
 * shorter beginning of the delimiter they end in as well. So each byte is looked at once, even of a
 * delimiter that begins like itself, and the state goes over the end of a read.
 *
 * <p>[1] Knuth, Morris, Pratt: Fast pattern matching in strings. SIAM J. Comput. 6 (1977).
 */
final class DelimiterDecoder extends FrameDecoder {

  private final byte[] delimiter;
  private final int[] fallback;
  private final int maxBytes;
  private int scanned; // from the position on
  private int matched;

  DelimiterDecoder(byte[] delimiter, int[] fallback, int maxBytes) {
    this.delimiter = delimiter;
    this.fallback = fallback;
    this.maxBytes = maxBytes;
  }

  /** For each count of matched bytes, the next smaller one that is possible; at 0, nothing. */
  static int[] fallback(byte[] delimiter) {
    int[] fallback = new int[delimiter.length + 1];
    for (int i = 1; i < delimiter.length; i++) {
      fallback[i + 1] = step(delimiter, fallback, fallback[i], delimiter[i]);
    }
    return fallback;
  }

  /** How many bytes are matched after one more. */
  static int step(byte[] delimiter, int[] fallback, int matched, byte next) {
    int count = matched;
    while (count > 0 && delimiter[count] != next) {
      count = fallback[count];
    }
    return delimiter[count] == next ? count + 1 : 0;
  }

  @Override
  boolean find(ByteBuffer data) {
    int first = data.position();
    int limit = data.limit();
    int count = matched;
    for (int i = first + scanned; i < limit; i++) {
      count = step(delimiter, fallback, count, data.get(i));
      if (count == delimiter.length) {
        scanned = 0;
        matched = 0;
        int last = i + 1 - count;
        return last - first > maxBytes ? tooLong() : found(first, last, i + 1);
      }
    }
    scanned = limit - first;
    matched = count;
    return scanned - matched > maxBytes && tooLong(); // the delimiter begins after that
  }

  @Override
  String expected() {
    return "at most " + (maxBytes + delimiter.length);
  }

  private boolean tooLong() {
    return tooLong("a frame is longer than " + maxBytes + " bytes, which is the limit");
  }
}
