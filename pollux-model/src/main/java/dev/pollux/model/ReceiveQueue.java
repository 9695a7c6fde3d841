package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a TCP socket has received, with the mark of the urgent one among them.
 *
 * <p>The urgent byte stands in the stream like any other, and a copy of it is kept aside for
 * MSG_OOB. A read stops before the mark; the next one goes on behind it, leaving the byte out,
 * unless SO_OOBINLINE is set. What the mark means is decided by the option at the time of reading.
 *
 * <p>Source: {@code tcp_recvmsg_locked}, {@code tcp_check_urg} and {@code tcp_inq} of Linux.
 */
final class ReceiveQueue {

  private enum Urgent {
    NONE,
    UNREAD,
    READ
  }

  private static final int MIN_SEGMENT = 536; // TCP_MSS_DEFAULT
  private static final int MAX_SEGMENT = 65_483; // on loopback

  private final SocketOptions options;
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private int sizeBytes;
  private Urgent urgent = Urgent.NONE;
  private byte urgentByte;

  /** The largest segment seen, which is how much the peer is thought to send at once. */
  private int segmentBytes = MIN_SEGMENT;

  /** Bytes in front of the urgent one. */
  private int beforeMark;

  /** A FIN was received: the end of the stream is behind what was. */
  private boolean ended;

  private @Nullable StreamBooks books;

  ReceiveQueue(SocketOptions options) {
    this.options = options;
  }

  /** All bytes not read, the urgent one included. */
  int sizeBytes() {
    return sizeBytes;
  }

  /** How many more there is room for. */
  int roomBytes() {
    return options.receiveBytes - sizeBytes;
  }

  /** Connects: what is read is to be what these say was sent. */
  void begin(@Nullable StreamBooks sent) {
    books = sent;
  }

  void end() {
    ended = true;
  }

  /** A call is told that it has ended. */
  void endRead() {
    if (books != null && ended) {
      books.end();
    }
  }

  boolean isEnded() {
    return ended;
  }

  /** Whether a poll finds it readable; at the mark, the urgent byte does not count. */
  boolean isReadable() {
    int skipped = isAtMark() && !options.oobInline ? 1 : 0;
    return reaches(options.lowWater + skipped);
  }

  /** Whether what has come is announced. */
  boolean isNews() {
    return reaches(options.lowWater);
  }

  /** Whether there is as much as is asked for, or no room for another segment. */
  private boolean reaches(int target) {
    boolean isFull = roomBytes() <= segmentBytes;
    return sizeBytes > 0 && (sizeBytes >= target || isFull);
  }

  /** What FIONREAD says: the bytes up to the mark, if it is one. */
  int available() {
    boolean stops = !options.oobInline && urgent != Urgent.NONE;
    return stops ? Math.min(beforeMark, sizeBytes) : sizeBytes;
  }

  boolean hasUrgent() {
    return urgent == Urgent.UNREAD;
  }

  private boolean isAtMark() {
    return urgent != Urgent.NONE && beforeMark == 0;
  }

  void clear() {
    segments.clear();
    sizeBytes = 0;
    segmentBytes = MIN_SEGMENT;
    urgent = Urgent.NONE;
    ended = false;
  }

  void add(Segment segment) {
    if (segment.remaining() > 0) {
      segmentBytes = Math.clamp(segment.remaining(), segmentBytes, MAX_SEGMENT);
      segments.add(segment);
      sizeBytes += segment.remaining();
    }
  }

  /**
   * Takes what has arrived; how often that is to be announced: an urgent byte is, and then the
   * bytes are that it came with.
   */
  int take(Segment segment) {
    boolean isUrgent = segment.kind == Segment.Kind.URGENT;
    if (isUrgent) {
      addUrgent(segment);
    } else {
      add(segment);
    }
    return (isUrgent ? 1 : 0) + (isNews() ? 1 : 0);
  }

  /** Takes nothing any more; but an urgent byte is looked at before that is. */
  void refuse(Segment segment) {
    if (segment.kind == Segment.Kind.URGENT) {
      mark(segment);
    }
  }

  /** Bytes come of which the last is urgent; the one that was becomes an ordinary byte. */
  private void addUrgent(Segment segment) {
    if (isAtMark() && !options.oobInline && sizeBytes > 0) {
      remove(1); // but not if the reader stands right before it
    }
    mark(segment);
    add(segment);
  }

  /** Notes the urgent byte, the last of these, and where it stands. */
  private void mark(Segment segment) {
    urgent = Urgent.UNREAD;
    urgentByte = segment.bytes[segment.bytes.length - 1];
    beforeMark = sizeBytes + segment.remaining() - 1;
  }

  /** Reads the urgent byte; of a connection that was aborted it cannot be read any more. */
  int readUrgent(Span to, int flags, Message message, boolean isClosed) {
    if (options.oobInline || urgent != Urgent.UNREAD) {
      return -Errno.EINVAL;
    }
    if (isClosed && !ended) {
      return -Errno.ENOTCONN;
    }
    if ((flags & Linux.MSG_PEEK) == 0) {
      urgent = Urgent.READ;
    }
    message.flags |= to.remaining() > 0 ? Linux.MSG_OOB : Linux.MSG_OOB | Linux.MSG_TRUNC;
    if ((flags & Linux.MSG_TRUNC) != 0) {
      return Math.min(1, to.remaining());
    }
    return to.put(new byte[] {urgentByte}, 0, 1);
  }

  /**
   * Makes one try for a call.
   *
   * @param over whether no more will come
   * @return all its bytes, or 0 if it has no room for any; -EAGAIN if there are none, or fewer than
   *     its target while more may come
   */
  int receive(Span to, int flags, Message message, boolean over) {
    boolean peek = (flags & Linux.MSG_PEEK) != 0;
    message.total += read(to, flags, message);
    if (message.total == 0) {
      return sizeBytes > 0 && to.remaining() == 0 ? 0 : -Errno.EAGAIN;
    }
    boolean enough = message.total >= message.target || stopsAt(peek, message.total);
    return enough || over ? message.total : -Errno.EAGAIN;
  }

  /** Whether a call that has read, or looked at, so much does not go on: it is at the mark. */
  private boolean stopsAt(boolean peek, int total) {
    return urgent != Urgent.NONE && beforeMark == (peek ? total : 0);
  }

  /**
   * Moves out what there is up to the mark, or from it on.
   *
   * @return how many bytes, which with MSG_TRUNC are not copied; 0 if there is nothing
   */
  private int read(Span to, int flags, Message message) {
    boolean peek = (flags & Linux.MSG_PEEK) != 0;
    int start = peek ? message.total : 0; // who only looks has seen these
    boolean stops = message.total > 0 && stopsAt(peek, start);
    if (sizeBytes <= start || to.remaining() == 0 || stops) {
      return 0;
    }
    boolean atMark = isAtMark();
    int skipped = atMark && !options.oobInline ? 1 : 0;
    int end = urgent == Urgent.NONE || atMark ? sizeBytes : Math.min(beforeMark, sizeBytes);
    int total =
        (flags & Linux.MSG_TRUNC) == 0
            ? copy(to, start + skipped, end, message)
            : to.skip(Math.max(0, end - start - skipped));
    if (!peek) {
      remove(skipped + total);
      if (atMark) {
        urgent = Urgent.NONE; // the reader has gone over it
      } else {
        beforeMark -= total;
      }
    }
    return total;
  }

  /**
   * Copies the bytes between two positions, as far as there is room; and of what does not fit into
   * the caller's memory whole segments, with which the call then is content.
   */
  private int copy(Span to, int from, int end, Message message) {
    int position = 0;
    int total = 0;
    for (Segment segment : segments) {
      int first = Math.max(0, from - position);
      int last = Math.min(segment.remaining(), end - position);
      if (first < last) {
        int n;
        try {
          n = to.put(segment.bytes, segment.start + first, last - first);
        } catch (BadAddressException e) {
          if (message.total + total == 0) {
            throw e;
          }
          message.target = 0;
          break;
        }
        total += n;
        if (n < last - first) {
          break;
        }
      }
      position += segment.remaining();
    }
    return total;
  }

  private void remove(int count) {
    int left = count;
    while (left > 0) {
      Segment segment = segments.element();
      int n = Math.min(left, segment.remaining());
      if (books != null) {
        books.read(segment.bytes, segment.start, segment.start + n);
      }
      segment.start += n;
      left -= n;
      if (segment.remaining() == 0) {
        segments.remove();
      }
    }
    sizeBytes -= count;
  }
}
