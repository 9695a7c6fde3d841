package dev.pollux.net;

import java.nio.ByteBuffer;

/** Finds lines. */
final class LineDecoder extends FrameDecoder {

  private final int maxBytes;
  private int scanned; // from the position on, without a LF

  LineDecoder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int limit = data.limit();
    for (int i = first + scanned; i < limit; i++) {
      if (data.get(i) == '\n') {
        scanned = 0;
        int last = i > first && data.get(i - 1) == '\r' ? i - 1 : i;
        return last - first > maxBytes ? tooLong() : found(first, last, i + 1);
      }
    }
    scanned = limit - first;
    boolean canEnd =
        scanned <= maxBytes || (scanned == maxBytes + 1 && data.get(limit - 1) == '\r');
    return !canEnd && tooLong();
  }

  private boolean tooLong() {
    return tooLong("a line is longer than " + maxBytes + " bytes, which is the limit");
  }
}
