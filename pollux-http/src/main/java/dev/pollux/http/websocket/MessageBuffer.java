package dev.pollux.http.websocket;

import java.nio.ByteBuffer;

/**
 * The part of a message that has come: as much memory as twice that, however much was announced,
 * and none between messages that are long.
 *
 * <p>Passive. Threads: the loop's.
 */
final class MessageBuffer {

  private static final int LEAST_BYTES = 512;
  private static final int KEPT_BYTES = 1 << 13; // 8 KiB
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private ByteBuffer bytes = NONE;

  /** How much there is. */
  int sizeBytes() {
    return bytes.position();
  }

  /** How much memory it has. */
  int heldBytes() {
    return bytes.capacity();
  }

  /** Adds what is between the positions. */
  void add(ByteBuffer in, int from, int to) {
    int more = to - from;
    reserve(more);
    var _ = bytes.put(bytes.position(), in, from, more).position(bytes.position() + more);
  }

  /** Where to put so much more, from the position on, up to the limit. */
  ByteBuffer reserve(int more) {
    int needed = Math.addExact(bytes.position(), more);
    if (needed > bytes.capacity()) {
      int size = (int) Math.max(LEAST_BYTES, Math.min(Integer.MAX_VALUE - 8, 2L * needed));
      bytes = ByteBuffer.allocate(size).put(bytes.flip());
    }
    return bytes;
  }

  /** The whole, lent until {@link #clear}. */
  ByteBuffer whole() {
    return bytes.slice(0, bytes.position());
  }

  /** Forgets it. */
  void clear() {
    if (bytes.capacity() > KEPT_BYTES) {
      bytes = NONE;
    } else {
      var _ = bytes.clear();
    }
  }

  /** Gives all memory back. */
  void release() {
    bytes = NONE;
  }
}
