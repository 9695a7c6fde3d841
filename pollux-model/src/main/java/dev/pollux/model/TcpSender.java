package dev.pollux.model;

import dev.pollux.sys.Errno;
import java.util.ArrayDeque;

/**
 * One direction of a TCP connection: the bytes that were sent and not yet received.
 *
 * <p>Segments go when the receiver has room, and arrive in order: at once, or, if the delay fault
 * hits, later. Until then they count against the send buffer.
 */
final class TcpSender {

  /** What is copied together, or not at all: as on loopback, measured on Linux 6.18. */
  private static final int PIECE_BYTES = 65_482;

  private final Kernel kernel;
  private final TcpSocket owner;
  private final ArrayDeque<Segment> queue = new ArrayDeque<>();
  private int queuedBytes;
  private int flyingBytes;

  /** How many segments are on their way; nothing may overtake them. */
  private int flyingCount;

  private long lastArrival;

  /** The end of the stream was sent and has not arrived; it counts as a byte. */
  private boolean ending;

  /** Somebody found no room to write, and wants to know when there is. */
  private boolean wantsSpace;

  TcpSender(Kernel kernel, TcpSocket owner) {
    this.kernel = kernel;
    this.owner = owner;
  }

  /** Somebody asked whether it is writable; if not, it will be told when it is. */
  void noteAsked() {
    wantsSpace |= !isWritable();
  }

  /** A third of the buffer is free. */
  boolean isWritable() {
    return freeBytes() >= usedBytes() >> 1;
  }

  private int freeBytes() {
    return owner.options().sendBytes - usedBytes();
  }

  /** Bytes in the send buffer: waiting, or on their way. */
  private int usedBytes() {
    return queuedBytes + flyingBytes;
  }

  /** What the peer does not have yet, for TIOCOUTQ, or of that what waits for room there. */
  int outgoingBytes(boolean onlyUnsent) {
    boolean endWaits = ending && !queue.isEmpty(); // it is the last
    return onlyUnsent ? queuedBytes + (endWaits ? 1 : 0) : usedBytes() + (ending ? 1 : 0);
  }

  /** Takes what fits; with {@code urgent}, the last byte of it goes out of band. */
  int send(Span from, boolean urgent) {
    int room = freeBytes();
    wantsSpace |= room < from.remaining();
    if (room <= 0) {
      return -Errno.EAGAIN;
    }
    byte[] bytes = from.takePieces(room, PIECE_BYTES);
    add(new Segment(urgent ? Segment.Kind.URGENT : Segment.Kind.DATA, bytes));
    return bytes.length;
  }

  /** Sends the end of the stream. */
  void finish() {
    ending = true;
    add(Segment.fin());
  }

  private void add(Segment segment) {
    queue.add(segment);
    queuedBytes += segment.remaining();
    push();
  }

  /** Sends a reset, behind what is on its way; what has not left never will. */
  void reset() {
    clear();
    transmit(Segment.reset());
  }

  void clear() {
    queue.clear();
    queuedBytes = 0;
    ending = false;
    wantsSpace = false; // nobody acknowledges anything any more
  }

  /** Sends what the receiver has room for; called again when it has more. */
  void push() {
    while (!queue.isEmpty()) {
      Segment segment = queue.element();
      int room = owner.peer().window() - flyingBytes;
      if (segment.remaining() > 0 && room <= 0) {
        break;
      }
      if (segment.remaining() > room && segment.kind == Segment.Kind.DATA) {
        segment = segment.split(room);
      } else {
        queue.remove();
      }
      queuedBytes -= segment.remaining();
      transmit(segment);
    }
    acknowledged();
  }

  /** The buffer may have become emptier. */
  private void acknowledged() {
    if (wantsSpace) {
      roomChanged();
    }
  }

  /** Tells of room to write, if there is enough. */
  void roomChanged() {
    if (isWritable()) {
      wantsSpace = false;
      owner.tellWritable();
    }
  }

  private void transmit(Segment segment) {
    TcpSocket to = owner.peer();
    long delay = kernel.delay();
    if (delay == 0 && flyingCount == 0) {
      arrive(segment, to);
      return;
    }
    int bytes = segment.remaining();
    flyingBytes += bytes;
    flyingCount++;
    lastArrival = Math.max(lastArrival, kernel.clock.now() + delay);
    Timer _ =
        kernel.at(
            lastArrival,
            () -> {
              flyingBytes -= bytes;
              flyingCount--;
              arrive(segment, to);
              acknowledged();
            });
  }

  /** Either end may belong to another connection by now, and knows the segment by its sender. */
  private void arrive(Segment segment, TcpSocket to) {
    if (owner.peer() == to) {
      ending &= segment.kind != Segment.Kind.FIN;
    }
    if (to.peer() == owner) {
      to.arrived(segment);
    }
  }
}
