package dev.pollux.net;

import java.nio.ByteBuffer;

/** Takes what is there. */
final class UnframedDecoder extends FrameDecoder {

  private final int maxBytes;

  UnframedDecoder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int last = first + Math.min(data.remaining(), maxBytes);
    return last > first && found(first, last, last);
  }
}
