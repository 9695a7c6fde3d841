package dev.pollux.net;

import java.nio.ByteBuffer;

/** A bounded queue of bytes in an array, which is there while the queue is not empty. */
final class ByteRing {

  private static final byte[] NOTHING = {};

  private final int capacity;
  private byte[] bytes = NOTHING;
  private int head;
  private int sizeBytes;

  ByteRing(int capacity) {
    this.capacity = capacity;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  boolean isEmpty() {
    return sizeBytes == 0;
  }

  boolean isFull() {
    return sizeBytes == capacity;
  }

  /** Takes as much of the source as there is room for. */
  void fill(ByteBuffer source) {
    if (bytes.length == 0) {
      bytes = new byte[capacity];
    }
    while (source.hasRemaining() && sizeBytes < capacity) {
      int tail = (head + sizeBytes) % capacity;
      int room = tail < head ? head - tail : capacity - tail;
      int n = Math.min(Math.min(room, capacity - sizeBytes), source.remaining());
      var _ = source.get(bytes, tail, n);
      sizeBytes += n;
    }
  }

  /** Gives as much as the target has room for. */
  void drain(ByteBuffer target) {
    while (sizeBytes > 0 && target.hasRemaining()) {
      int n = Math.min(Math.min(sizeBytes, capacity - head), target.remaining());
      var _ = target.put(bytes, head, n);
      head = (head + n) % capacity;
      sizeBytes -= n;
    }
    if (sizeBytes == 0) {
      head = 0;
    }
  }

  /** Gives the array back; what is in it is lost. */
  void clear() {
    bytes = NOTHING;
    head = 0;
    sizeBytes = 0;
  }
}
