package dev.pollux.cli.sim;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The bytes of one stream: with a period that is a prime, and begun at a place of its own, so that
 * one that is lost, doubled, out of order or another stream's shows at once.
 */
final class SimPattern {

  private static final int PERIOD = 65_521; // prime
  private static final int STRIDE = 7_919; // prime
  private static final byte[] ALL = new byte[PERIOD];

  static {
    new Random(1).nextBytes(ALL);
  }

  private final byte[] bytes;
  private int position;

  SimPattern(int stream, int size) {
    bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = ALL[(int) ((i + (long) stream * STRIDE) % PERIOD)];
    }
  }

  /** As this, but for its first bytes. */
  SimPattern beginning(byte... first) {
    System.arraycopy(first, 0, bytes, 0, first.length);
    return this;
  }

  /** How many were received. */
  int position() {
    return position;
  }

  /** All of them. */
  byte[] bytes() {
    return bytes;
  }

  /** Takes what was received: whether it is what comes next. */
  boolean isNext(ByteBuffer data) {
    int count = data.remaining();
    boolean isRight =
        count <= bytes.length - position && ByteBuffer.wrap(bytes, position, count).equals(data);
    position += count;
    data.position(data.limit());
    return isRight;
  }
}
