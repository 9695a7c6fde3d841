package dev.pollux.net;

import java.nio.ByteBuffer;

/** Finds frames of one size. */
final class FixedDecoder extends FrameDecoder {

  private final int sizeBytes;

  FixedDecoder(int sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int last = first + sizeBytes;
    return data.remaining() < sizeBytes ? incomplete(sizeBytes) : found(first, last, last);
  }
}
