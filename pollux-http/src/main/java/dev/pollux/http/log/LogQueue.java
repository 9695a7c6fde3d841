package dev.pollux.http.log;

import java.nio.ByteBuffer;

/**
 * Lines of one loop on their way to the writer: at most so many bytes; what is more is counted, and
 * lost. The loop appends, the writer takes all there is; each holds the lock for a copy of a line,
 * or an exchange of two buffers.
 */
final class LogQueue {

  private static final int FIRST_BYTES = 1 << 12;

  private final int maxBytes;
  private ByteBuffer bytes;
  private ByteBuffer other;
  private long lost; // since they were asked for
  private long lostEver;

  LogQueue(int maxBytes) {
    this.maxBytes = maxBytes;
    this.bytes = ByteBuffer.allocate(Math.min(maxBytes, FIRST_BYTES));
    this.other = ByteBuffer.allocate(Math.min(maxBytes, FIRST_BYTES));
  }

  /** Puts a line behind the others, if there is room. */
  synchronized void append(LineBuffer line) {
    if (line.size() > maxBytes - bytes.position() || !reserve(line.size())) {
      lost++;
      lostEver++;
      return;
    }
    var _ = bytes.put(line.bytes(), 0, line.size());
  }

  /** A line was lost before it came here. */
  synchronized void lose() {
    lost++;
    lostEver++;
  }

  /** Whether there is memory. */
  private boolean reserve(int more) {
    if (more > bytes.remaining()) {
      int wanted = Math.max(2 * bytes.capacity(), bytes.position() + more);
      try {
        bytes = ByteBuffer.allocate(Math.min(wanted, maxBytes)).put(bytes.flip());
      } catch (OutOfMemoryError _) {
        return false;
      }
    }
    return true;
  }

  /** Gives what is there to the writer, until it takes again. Allocates nothing. */
  synchronized ByteBuffer take() {
    ByteBuffer full = bytes;
    bytes = other.clear();
    other = full;
    return full.flip();
  }

  /** Whether there is nothing to write, and nothing to say. */
  synchronized boolean isEmpty() {
    return bytes.position() == 0 && lost == 0;
  }

  /** Whether lines were lost since that was asked for. */
  synchronized boolean isLosing() {
    return lost > 0;
  }

  /** How many lines were lost since this was asked. */
  synchronized long takeLost() {
    long count = lost;
    lost = 0;
    return count;
  }

  synchronized long lostEver() {
    return lostEver;
  }
}
