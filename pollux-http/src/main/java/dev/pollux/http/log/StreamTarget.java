package dev.pollux.http.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * A stream of somebody else's, which stays open. How much it has taken of what it refuses is known
 * to nobody, so it is given few lines at a time.
 */
final class StreamTarget implements LogTarget {

  /** Lines together have no more, unless there is one that has. */
  static final int PIECE_BYTES = 1 << 13; // 8 KiB

  private final OutputStream stream;

  StreamTarget(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void reopen() {}

  @Override
  public void write(ByteBuffer lines) throws IOException {
    int from = lines.position();
    int end = endOfPiece(lines);
    var _ = lines.position(end);
    stream.write(lines.array(), lines.arrayOffset() + from, end - from);
    stream.flush();
  }

  private static int endOfPiece(ByteBuffer lines) {
    int from = lines.position();
    int end = Math.min(lines.limit(), from + PIECE_BYTES);
    while (end > from && lines.get(end - 1) != '\n') {
      end--;
    }
    if (end == from) { // the first one is longer
      end = Math.min(lines.limit(), from + PIECE_BYTES);
      while (end < lines.limit() && lines.get(end - 1) != '\n') {
        end++;
      }
    }
    return end;
  }

  @Override
  public void close() {}
}
