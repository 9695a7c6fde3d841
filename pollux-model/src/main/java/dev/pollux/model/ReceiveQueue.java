package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.util.ArrayDeque;

/**
 * The bytes that a TCP socket has received, and the mark of the urgent byte between them.
 *
 * <p>The urgent byte itself is kept aside. A read stops before the mark, and the next one goes on
 * behind it; the byte can be read with MSG_OOB until then. With SO_OOBINLINE there is no mark but
 * for the priority event.
 */
final class ReceiveQueue {

  private enum Urgent {
    NONE,
    UNREAD,
    READ
  }

  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private int sizeBytes;
  private Urgent urgent = Urgent.NONE;
  private byte urgentByte;

  /** Bytes in front of the mark. */
  private int beforeMark;

  int sizeBytes() {
    return sizeBytes;
  }

  /** What counts against the low-water mark: the urgent byte does, until the reader is at it. */
  int countedBytes() {
    return urgent != Urgent.NONE && beforeMark > 0 ? sizeBytes + 1 : sizeBytes;
  }

  boolean hasUrgent() {
    return urgent == Urgent.UNREAD;
  }

  void add(Segment segment) {
    if (segment.remaining() > 0) {
      segments.add(segment);
      sizeBytes += segment.remaining();
    }
  }

  void addUrgent(byte value, boolean inline) {
    urgent = Urgent.UNREAD;
    urgentByte = value;
    beforeMark = sizeBytes;
    if (inline) {
      add(new Segment(Segment.Kind.DATA, new byte[] {value}));
    }
  }

  /** Reads the urgent byte. */
  int readUrgent(Span to, boolean peek, boolean inline) {
    if (inline || urgent != Urgent.UNREAD) {
      return -Errno.EINVAL;
    }
    if (!peek) {
      urgent = Urgent.READ;
    }
    return to.put(new byte[] {urgentByte}, 0, 1);
  }

  /** Moves out what there is up to the mark; 0 if there is nothing. */
  int read(Span to, boolean peek) {
    if (sizeBytes == 0) {
      return 0;
    }
    boolean atMark = urgent != Urgent.NONE && beforeMark == 0;
    int most = urgent != Urgent.NONE && !atMark ? beforeMark : sizeBytes;
    int total = 0;
    for (Segment segment : segments) {
      int want = Math.min(segment.remaining(), most - total);
      int n = to.put(segment.bytes, segment.start, want);
      total += n;
      if (n < segment.remaining()) {
        break;
      }
    }
    if (!peek) {
      consume(total, atMark);
    }
    return total;
  }

  private void consume(int count, boolean atMark) {
    int left = count;
    while (left > 0) {
      Segment segment = segments.element();
      int n = Math.min(left, segment.remaining());
      segment.start += n;
      left -= n;
      if (segment.remaining() == 0) {
        segments.remove();
      }
    }
    sizeBytes -= count;
    if (atMark && count > 0) {
      urgent = Urgent.NONE; // behind it now
    } else if (urgent != Urgent.NONE) {
      beforeMark -= count;
    }
  }
}
