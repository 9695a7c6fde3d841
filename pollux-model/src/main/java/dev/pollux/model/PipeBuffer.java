package dev.pollux.model;

/**
 * The buffer of a pipe: pages in a ring, at first sixteen.
 *
 * <p>A pipe is full when all pages are in use, though none need be filled: a write is appended to
 * the last page only if all of it, or its last part of less than a page, fits there when it begins;
 * else it starts a new one. That keeps writes of up to a page, {@code PIPE_BUF} bytes, in one
 * piece.
 */
final class PipeBuffer {

  /** {@code PIPE_BUF}: a write of so many bytes is all or nothing. */
  static final int PAGE_BYTES = 4096;

  private static final int PAGES = 16;

  /** The pages of a ring; there are as many as it has room for. */
  private byte[][] pages = new byte[PAGES][];

  private int[] starts = new int[PAGES];
  private int[] ends = new int[PAGES];

  /** The page that is read next, and how many are in use from there. */
  private int first;

  private int used;
  private int sizeBytes;

  boolean isEmpty() {
    return used == 0;
  }

  boolean isFull() {
    return used == pages.length;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** What F_GETPIPE_SZ says. */
  int capacityBytes() {
    return pages.length * PAGE_BYTES;
  }

  /** Makes it a ring of so many pages; false if more are in use. */
  boolean resize(int count) {
    if (used > count) {
      return false;
    }
    byte[][] newPages = new byte[count][];
    int[] newStarts = new int[count];
    int[] newEnds = new int[count];
    for (int i = 0; i < used; i++) {
      int old = (first + i) % pages.length;
      newPages[i] = pages[old];
      newStarts[i] = starts[old];
      newEnds[i] = ends[old];
    }
    pages = newPages;
    starts = newStarts;
    ends = newEnds;
    first = 0;
    return true;
  }

  /**
   * Moves in what fits; 0 if nothing does. A page that cannot be copied ends it by an exception;
   * those before it are written.
   *
   * @param begins whether this is the call's first try
   */
  int write(Span from, boolean begins) {
    int before = sizeBytes;
    if (begins) {
      fillLast(from);
    }
    while (from.remaining() > 0 && !isFull()) {
      fillNext(from);
    }
    return sizeBytes - before;
  }

  private void fillLast(Span from) {
    int odd = from.remaining() & (PAGE_BYTES - 1);
    if (used > 0 && odd > 0) {
      int last = (first + used - 1) % pages.length;
      if (ends[last] + odd <= PAGE_BYTES) {
        int n = from.take(pages[last], ends[last], odd);
        ends[last] += n;
        sizeBytes += n;
      }
    }
  }

  private void fillNext(Span from) {
    int next = (first + used) % pages.length;
    if (pages[next] == null) {
      pages[next] = new byte[PAGE_BYTES];
    }
    int n = from.take(pages[next], 0, PAGE_BYTES);
    starts[next] = 0;
    ends[next] = n;
    used++;
    sizeBytes += n;
  }

  /**
   * Moves out what there is; 0 if it is empty or no room was given. A page that cannot be copied
   * ends it, by an exception if it is the first.
   */
  int read(Span to) {
    int before = sizeBytes;
    try {
      while (used > 0 && to.remaining() > 0) {
        int n = to.put(pages[first], starts[first], ends[first] - starts[first]);
        starts[first] += n;
        sizeBytes -= n;
        if (starts[first] == ends[first]) {
          first = (first + 1) % pages.length;
          used--;
        }
      }
    } catch (BadAddressException e) {
      if (sizeBytes == before) {
        throw e;
      }
    }
    return before - sizeBytes;
  }
}
