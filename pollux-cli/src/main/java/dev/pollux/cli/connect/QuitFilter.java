package dev.pollux.cli.connect;

import java.nio.ByteBuffer;

/**
 * Passes typed text on, and finds the line that is just {@code q} or {@code Q}.
 *
 * <p>Only what may still become such a line is held back, {@link #MAX_HELD_BYTES} at most, so text
 * without a line end is passed on at once.
 */
final class QuitFilter {

  /** {@code q} and a carriage return. */
  static final int MAX_HELD_BYTES = 2;

  private boolean lineStart = true;
  private int heldQ;
  private boolean heldReturn;

  /**
   * Moves all of {@code source} into {@code target}, which has room for it and for {@link
   * #MAX_HELD_BYTES} more. True if a quitting line was found: it is not passed on, nor is what
   * follows.
   */
  boolean pass(ByteBuffer source, ByteBuffer target) {
    while (source.hasRemaining()) {
      byte b = source.get();
      if (heldQ != 0 && b == '\n') {
        return true;
      }
      if (heldQ != 0 && b == '\r' && !heldReturn) {
        heldReturn = true;
      } else if (lineStart && heldQ == 0 && (b == 'q' || b == 'Q')) {
        heldQ = b;
      } else {
        release(target);
        target.put(b);
        lineStart = b == '\n';
      }
    }
    return false;
  }

  /** The input ended: true if its last line, without a line end, is a quitting one. */
  boolean end() {
    return heldQ != 0;
  }

  private void release(ByteBuffer target) {
    if (heldQ != 0) {
      target.put((byte) heldQ);
      if (heldReturn) {
        target.put((byte) '\r');
      }
      heldQ = 0;
      heldReturn = false;
    }
  }
}
