package dev.pollux.http.websocket;

import java.nio.ByteBuffer;

/** Masks and unmasks what a client sends: the same, done twice. Source: RFC 6455, 5.3. */
final class Masking {

  private Masking() {}

  /**
   * Masks bytes where they lie.
   *
   * @param in big-endian
   * @param mask its four bytes, the first in the highest
   * @param offset where in the payload of its frame the first of these bytes is
   */
  static void apply(ByteBuffer in, int from, int to, int mask, long offset) {
    int turned = Integer.rotateLeft(mask, (int) (offset & 3) * Byte.SIZE);
    long wide = (long) turned << Integer.SIZE | (turned & 0xffffffffL);
    int i = from;
    for (; to - i >= Long.BYTES; i += Long.BYTES) {
      var _ = in.putLong(i, in.getLong(i) ^ wide);
    }
    for (int shift = Integer.SIZE - Byte.SIZE; i < to; i++) {
      var _ = in.put(i, (byte) (in.get(i) ^ turned >>> shift));
      shift = (shift - Byte.SIZE) & (Integer.SIZE - 1);
    }
  }
}
