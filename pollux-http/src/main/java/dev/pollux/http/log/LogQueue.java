package dev.pollux.http.log;

import java.util.Arrays;

/**
 * Lines of one loop on their way to the writer: at most so many bytes; what is more is counted, and
 * lost. The loop appends, the writer takes all there is; each holds the lock for a copy of a line,
 * or an exchange of two arrays.
 */
final class LogQueue {

  private static final int FIRST_BYTES = 1 << 12;

  private final int maxBytes;
  private byte[] bytes = new byte[FIRST_BYTES];
  private byte[] other = new byte[FIRST_BYTES];
  private int size;
  private long lost; // since they were asked for
  private long lostEver;

  LogQueue(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Puts a line behind the others, if there is room. */
  synchronized void append(LineBuffer line) {
    if (line.size() > maxBytes - size) {
      lost++;
      lostEver++;
      return;
    }
    if (line.size() > bytes.length - size) {
      int wanted = Math.max(2 * bytes.length, size + line.size());
      bytes = Arrays.copyOf(bytes, Math.min(wanted, maxBytes));
    }
    System.arraycopy(line.bytes(), 0, bytes, size, line.size());
    size += line.size();
  }

  /** Gives what is there to the writer, until it takes again. */
  synchronized Taken take() {
    byte[] full = bytes;
    int count = size;
    bytes = other;
    other = full;
    size = 0;
    long missing = lost;
    lost = 0;
    return new Taken(full, count, missing);
  }

  synchronized long lostEver() {
    return lostEver;
  }

  /** What was there. */
  @SuppressWarnings("ArrayRecordComponent") // a view, of the writer's alone
  record Taken(byte[] bytes, int size, long lost) {}
}
