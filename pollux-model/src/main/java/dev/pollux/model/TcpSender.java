package dev.pollux.model;

import java.util.ArrayDeque;

/**
 * One direction of a TCP connection: the bytes that were sent and not yet received.
 *
 * <p>Segments go when the receiver has room, and arrive in order: at once, or, if the delay fault
 * hits, later. Until then they count against the send buffer.
 */
final class TcpSender {

  private final Kernel kernel;
  private final TcpSocket owner;
  private final ArrayDeque<Segment> queue = new ArrayDeque<>();
  private int queuedBytes;
  private int flyingBytes;

  /** How many segments are on their way; nothing may overtake them. */
  private int flyingCount;

  private long lastArrival;

  TcpSender(Kernel kernel, TcpSocket owner) {
    this.kernel = kernel;
    this.owner = owner;
  }

  /** Bytes in the send buffer: waiting, or on their way. */
  int usedBytes() {
    return queuedBytes + flyingBytes;
  }

  int freeBytes() {
    return owner.options().sendBytes - usedBytes();
  }

  /** Whether it counts as writable: a third of the buffer is free. */
  boolean isWritable() {
    return freeBytes() >= usedBytes() >> 1;
  }

  void add(Segment segment) {
    queue.add(segment);
    queuedBytes += segment.remaining();
    push();
  }

  void clear() {
    queue.clear();
    queuedBytes = 0;
  }

  /** Sends what the receiver has room for. */
  void push() {
    while (!queue.isEmpty()) {
      Segment segment = queue.element();
      int room = owner.peer().window() - flyingBytes;
      if (segment.remaining() > 0 && room <= 0) {
        return;
      }
      if (segment.remaining() > room && segment.kind == Segment.Kind.DATA) {
        segment = segment.split(room);
      } else {
        queue.remove();
      }
      queuedBytes -= segment.remaining();
      transmit(segment);
    }
  }

  private void transmit(Segment segment) {
    long delay = kernel.delay();
    if (delay == 0 && flyingCount == 0) {
      owner.peer().arrived(segment);
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
              owner.peer().arrived(segment);
              owner.acknowledged();
            });
  }
}
