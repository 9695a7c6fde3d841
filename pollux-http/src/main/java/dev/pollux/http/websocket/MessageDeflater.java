package dev.pollux.http.websocket;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * Puts messages into permessage-deflate.
 *
 * <p>Ownership: close frees the memory of zlib, about 260 KiB. Threads: the loop's. Source: RFC
 * 7692, 7.2.1.
 */
final class MessageDeflater implements AutoCloseable {

  private static final int TAIL_BYTES = 4; // 00 00 ff ff, which is not sent
  private static final int STEP_BYTES = 1 << 12; // 4 KiB

  private final boolean keepsContext;
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final MessageBuffer out = new MessageBuffer();

  MessageDeflater(boolean keepsContext) {
    this.keepsContext = keepsContext;
  }

  /**
   * A message, which is read to its end and has at least a byte.
   *
   * @return lent until {@link #sent}, or the next
   */
  ByteBuffer deflate(ByteBuffer message) {
    out.clear();
    boolean isWhole = false;
    try {
      putAll(message);
      isWhole = true;
    } finally {
      if (!keepsContext || !isWhole) {
        deflater.reset(); // a part of this one is not to be in what others are sent
      }
    }
    ByteBuffer whole = out.whole();
    return whole.limit(whole.limit() - TAIL_BYTES);
  }

  private void putAll(ByteBuffer message) {
    deflater.setInput(message);
    int count;
    ByteBuffer room;
    do {
      room = out.reserve(STEP_BYTES);
      count = deflater.deflate(room, Deflater.SYNC_FLUSH);
    } while ((count > 0 && !room.hasRemaining()) || !deflater.needsInput());
  }

  /** What comes refers to nothing before. */
  void forget() {
    deflater.reset();
  }

  /** What was lent is not needed any more. */
  void sent() {
    out.clear();
  }

  /** How much memory there is for messages, beside that of zlib. */
  int heldBytes() {
    return out.heldBytes();
  }

  @Override
  public void close() {
    deflater.end();
  }
}
