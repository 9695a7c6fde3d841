package dev.pollux.net;

import java.nio.ByteBuffer;

/** Finds frames that end in a delimiter; each byte is looked at once, whatever overlaps. */
final class DelimiterDecoder extends FrameDecoder {

  private final Delimiters delimiters;
  private final int maxBytes;
  private int scanned; // from the position on, without a delimiter
  private int state; // how the end of that may begin a delimiter

  DelimiterDecoder(Delimiters delimiters, int maxBytes) {
    this.delimiters = delimiters;
    this.maxBytes = maxBytes;
  }

  @Override
  protected boolean find(ByteBuffer data) {
    int first = data.position();
    int limit = data.limit();
    int current = state;
    for (int i = first + scanned; i < limit; i++) {
      current = delimiters.step(current, data.get(i));
      int length = delimiters.endedBytes(current);
      if (length > 0) {
        scanned = 0;
        state = Delimiters.START;
        int last = i + 1 - length;
        return last - first > maxBytes ? tooLong() : found(first, last, i + 1);
      }
    }
    scanned = limit - first;
    state = current;
    return scanned - delimiters.begunBytes(current) > maxBytes && tooLong();
  }

  private boolean tooLong() {
    return tooLong("a frame is longer than " + maxBytes + " bytes, which is the limit");
  }
}
