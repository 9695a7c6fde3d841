package dev.pollux.model;

/**
 * The buffer of a pipe: sixteen pages in a ring.
 *
 * <p>A pipe is full when all pages are in use, though none need be filled: a write is appended to
 * the last page only if all of it, or its last part of less than a page, fits there; else it starts
 * a new one. That keeps writes of up to a page, {@code PIPE_BUF} bytes, in one piece.
 */
final class PipeBuffer {

  /** {@code PIPE_BUF}: a write of so many bytes is all or nothing. */
  static final int PAGE_BYTES = 4096;

  private static final int PAGES = 16;

  /** What F_GETPIPE_SZ says. */
  static final int SIZE_BYTES = PAGES * PAGE_BYTES; // 64 KiB

  private final byte[][] pages = new byte[PAGES][];
  private final int[] starts = new int[PAGES];
  private final int[] ends = new int[PAGES];

  /** The page that is read next, and how many are in use from there. */
  private int first;

  private int used;
  private int sizeBytes;

  boolean isEmpty() {
    return used == 0;
  }

  boolean isFull() {
    return used == PAGES;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** Moves in what fits; 0 if nothing does. */
  int write(Span from) {
    int total = 0;
    int odd = from.remaining() & (PAGE_BYTES - 1);
    if (used > 0 && odd > 0) {
      int last = (first + used - 1) % PAGES;
      if (ends[last] + odd <= PAGE_BYTES) {
        int n = from.take(pages[last], ends[last], odd);
        ends[last] += n;
        total += n;
      }
    }
    while (from.remaining() > 0 && !isFull()) {
      int next = (first + used) % PAGES;
      if (pages[next] == null) {
        pages[next] = new byte[PAGE_BYTES];
      }
      int n = from.take(pages[next], 0, PAGE_BYTES);
      starts[next] = 0;
      ends[next] = n;
      used++;
      total += n;
    }
    sizeBytes += total;
    return total;
  }

  /** Moves out what there is; 0 if it is empty or no room was given. */
  int read(Span to) {
    int total = 0;
    while (used > 0 && to.remaining() > 0) {
      int n = to.put(pages[first], starts[first], ends[first] - starts[first]);
      starts[first] += n;
      total += n;
      if (starts[first] == ends[first]) {
        first = (first + 1) % PAGES;
        used--;
      }
    }
    sizeBytes -= total;
    return total;
  }
}
