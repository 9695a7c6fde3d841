package dev.pollux.net;

import java.nio.ByteBuffer;

/**
 * A bounded queue of bytes in an array, which grows with what is in it: an empty queue has none, or
 * a small one.
 */
final class ByteRing {

  private static final byte[] NOTHING = {};
  private static final int SMALL_BYTES = 256;

  private final int capacity;
  private byte[] bytes = NOTHING; // of a length that is a power of two
  private int head;
  private int sizeBytes;

  /** A queue of at most so many bytes, which is a power of two. */
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

  /** How much memory it has. */
  int memoryBytes() {
    return bytes.length;
  }

  /** Takes as much of the source as there is room for. */
  void fill(ByteBuffer source) {
    int count = Math.min(source.remaining(), capacity - sizeBytes);
    if (sizeBytes + count > bytes.length) {
      grow(sizeBytes + count);
    }
    int tail = (head + sizeBytes) & (bytes.length - 1);
    int first = Math.min(count, bytes.length - tail);
    var _ = source.get(bytes, tail, first).get(bytes, 0, count - first);
    sizeBytes += count;
  }

  /** Gives as much as the target has room for. */
  void drain(ByteBuffer target) {
    int count = Math.min(target.remaining(), sizeBytes);
    copyTo(target, count);
    skip(count);
  }

  /** Gives as much as the target has room for, which stays here as well. */
  void peek(ByteBuffer target) {
    copyTo(target, Math.min(target.remaining(), sizeBytes));
  }

  /** Forgets so many bytes, which are there. */
  void skip(int count) {
    head = (head + count) & Math.max(0, bytes.length - 1);
    sizeBytes -= count;
    if (sizeBytes == 0) {
      head = 0;
      bytes = bytes.length > SMALL_BYTES ? NOTHING : bytes;
    }
  }

  /** Where this byte comes first from an index on, counted from the front; -1 if it does not. */
  int indexOf(byte value, int from) {
    for (int i = from; i < sizeBytes; i++) {
      if (at(i) == value) {
        return i;
      }
    }
    return -1;
  }

  /** The byte at an index, counted from the front. */
  byte at(int index) {
    return bytes[(head + index) & (bytes.length - 1)];
  }

  /** Gives the array back; what is in it is lost. */
  void clear() {
    bytes = NOTHING;
    head = 0;
    sizeBytes = 0;
  }

  private void copyTo(ByteBuffer target, int count) {
    int first = Math.min(count, bytes.length - head);
    var _ = target.put(bytes, head, first).put(bytes, 0, count - first);
  }

  private void grow(int atLeastBytes) {
    int length = Math.max(SMALL_BYTES, Integer.highestOneBit(atLeastBytes - 1) << 1);
    byte[] more = new byte[length];
    copyTo(ByteBuffer.wrap(more), sizeBytes);
    bytes = more;
    head = 0;
  }
}
