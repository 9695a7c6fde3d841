package dev.pollux.net;

import java.nio.ByteBuffer;

/** Frames of one size. */
final class FixedFraming extends Framing {

  private final int sizeBytes;

  FixedFraming(int sizeBytes) {
    if (sizeBytes < 1 || sizeBytes > ConnectionOptions.MAX_UNREAD_BYTES) {
      throw new IllegalArgumentException(
          "sizeBytes: " + sizeBytes + " is not in 1 to " + ConnectionOptions.MAX_UNREAD_BYTES);
    }
    this.sizeBytes = sizeBytes;
  }

  @Override
  public int maxPayloadBytes() {
    return sizeBytes;
  }

  @Override
  public int maxFrameBytes() {
    return sizeBytes;
  }

  @Override
  FrameDecoder decoder() {
    return new FixedDecoder(sizeBytes);
  }

  @Override
  void check(ByteBuffer payload) {
    if (payload.remaining() != sizeBytes) {
      throw new IllegalArgumentException(
          "a payload of " + payload.remaining() + " bytes, but frames are of " + sizeBytes);
    }
  }

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
    return "frames of " + sizeBytes + " bytes";
  }
}
