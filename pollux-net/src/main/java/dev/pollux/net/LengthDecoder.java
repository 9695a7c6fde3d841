package dev.pollux.net;

import java.nio.ByteBuffer;

/** Finds frames with their length in front. */
final class LengthDecoder extends FrameDecoder {

  private final LengthFraming framing;
  private int frameBytes; // of the frame at hand, or 0 while that is not known

  LengthDecoder(LengthFraming framing) {
    this.framing = framing;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int prefix = framing.prefixBytes();
    if (data.remaining() < prefix) {
      return false;
    }
    if (frameBytes == 0 && !readLength(data, first)) {
      return false;
    }
    if (data.remaining() < frameBytes) {
      return incomplete(frameBytes);
    }
    int last = first + frameBytes;
    frameBytes = 0;
    return found(first + prefix, last, last);
  }

  private boolean readLength(ByteBuffer data, int first) {
    long length = framing.lengthAt(data, first);
    int extra = framing.extra();
    if (length >= 0 && length < extra) {
      return malformed(
          "a frame has length " + length + ", which is less than its prefix of " + extra);
    }
    if (length < 0 || length - extra > framing.maxPayloadBytes()) {
      return tooLong(
          "a frame has length "
              + Long.toUnsignedString(length)
              + "; the limit is "
              + (framing.maxPayloadBytes() + extra));
    }
    frameBytes = framing.prefixBytes() + (int) length - extra;
    return true;
  }
}
