package dev.pollux.model;

/**
 * What a piece of data costs the one who sends it over a Unix socket: its memory in the kernel,
 * headers and unused space included.
 *
 * <p>A piece stands in one allocation, of a size that is a power of two, and for what is over in
 * whole pages. So a byte costs 768, and after 278 single bytes a buffer of 208 KiB is full.
 * Measured with TIOCOUTQ on Linux 6.18, x86-64.
 */
final class BufferCost {

  /** What a stream puts into one piece at most. */
  static final int MAX_STREAM_PIECE = 36_544;

  private static final int PAGE = 4096;
  private static final int DESCRIPTOR = 256;

  /** Stands behind the data in its allocation. */
  private static final int TRAILER = 320;

  /** Bytes of data in an allocation of one page, and of four. */
  private static final int STREAM_LINEAR = PAGE - TRAILER;

  private static final int DATAGRAM_LINEAR = 4 * PAGE - TRAILER;

  private BufferCost() {}

  static int ofStreamPiece(int bytes) {
    return cost(bytes, STREAM_LINEAR);
  }

  static int ofDatagram(int bytes) {
    return cost(bytes, DATAGRAM_LINEAR);
  }

  private static int cost(int bytes, int linearMost) {
    int paged = bytes <= linearMost ? 0 : Math.min(bytes, pages(bytes - linearMost));
    int allocation = powerOfTwo(bytes - paged + TRAILER);
    return DESCRIPTOR + allocation + pages(paged);
  }

  private static int pages(int bytes) {
    return Math.ceilDiv(bytes, PAGE) * PAGE;
  }

  private static int powerOfTwo(int atLeast) {
    return Integer.highestOneBit(atLeast - 1) << 1;
  }
}
