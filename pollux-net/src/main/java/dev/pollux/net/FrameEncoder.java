package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * Puts around a payload what makes it a frame: the other half of a {@link FrameDecoder}, where
 * payloads are not whole frames already.
 *
 * <p>Threads: any, and several at once: it has no state.
 */
public interface FrameEncoder {

  /** How many bytes stand before a payload of this size; with the tail, at most 1 KiB. */
  int headBytes(int payloadBytes);

  /** Puts them, neither more nor fewer. */
  void putHead(ByteBuffer target, int payloadBytes);

  /** How many bytes stand behind a payload; none by default. */
  default int tailBytes() {
    return 0;
  }

  /** Puts them. */
  default void putTail(ByteBuffer target) {}

  /**
   * Looks whether what is between position and limit can be a payload, and moves neither. Any can
   * by default; how long it is is looked at elsewhere.
   *
   * @throws IllegalArgumentException if not, with a message that says why
   */
  default void check(ByteBuffer payload) {}
}
