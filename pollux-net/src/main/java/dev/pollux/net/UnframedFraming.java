package dev.pollux.net;

import java.nio.ByteBuffer;

/** No frames: whatever has arrived. */
final class UnframedFraming extends Framing {

  private final int maxBytes;

  UnframedFraming(int maxBytes) {
    if (maxBytes < 1 || maxBytes > ConnectionOptions.MAX_UNREAD_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes: " + maxBytes + " is not in 1 to " + ConnectionOptions.MAX_UNREAD_BYTES);
    }
    this.maxBytes = maxBytes;
  }

  @Override
  public int maxPayloadBytes() {
    return maxBytes;
  }

  @Override
  public int maxFrameBytes() {
    return maxBytes;
  }

  @Override
  FrameDecoder decoder() {
    return new UnframedDecoder(maxBytes);
  }

  /** Any payload is right: where it ends is not to be seen in the stream. */
  @Override
  void check(ByteBuffer payload) {}

  @Override
  int headBytes(int payloadBytes) {
    return 0;
  }

  @Override
  int tailBytes() {
    return 0;
  }

  @Override
  void putHead(ByteBuffer target, int payloadBytes) {}

  @Override
  void putTail(ByteBuffer target) {}

  @Override
  public String toString() {
    return "unframed bytes, at most " + maxBytes + " at a time";
  }
}
