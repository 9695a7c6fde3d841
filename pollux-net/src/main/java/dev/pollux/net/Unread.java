package dev.pollux.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that were received and not read yet, in one piece.
 *
 * <p>They stay where they lie, and more is received behind them, so that a byte costs the same
 * however many are there before it. Up to {@link #SHORT_BYTES} take as much memory as they need,
 * and are moved in front of what is received next, in a buffer of the loop's; longer ones have
 * memory with room of their own, which grows to twice what they need, or up to four times where the
 * size of the frame is known, and is moved within when half of it was read.
 *
 * <p>While the handler looks at them they are lent: this is empty then, and {@link #settle} takes
 * back what was not read. Nothing is received, and nothing is allocated, for an empty one.
 *
 * <p>Threads: the loop's.
 */
final class Unread {

  /** Up to so much is moved: a copy is less than what a read with little room would cost. */
  static final int SHORT_BYTES = 1 << 14; // 16 KiB

  private static final int MOSTLY_FREE = 8;
  private static final int NEAR = 4;

  private final LoopNet local;
  private @Nullable Chunk memory; // has bytes
  private @Nullable Chunk lent;
  private int expectedBytes; // in all, as far as is known

  Unread(LoopNet local) {
    this.local = local;
  }

  int sizeBytes() {
    Chunk bytes = memory;
    return bytes == null ? 0 : bytes.sizeBytes();
  }

  /** Whether they are to be moved, by {@link #drainTo}, in front of what is received next. */
  boolean isShort() {
    return sizeBytes() <= SHORT_BYTES;
  }

  /** Moves all of them to the position of a buffer that has room for them. */
  void drainTo(ByteBuffer target) {
    Chunk bytes = memory;
    if (bytes != null) {
      bytes.moveTo(target, bytes.sizeBytes());
      clear();
    }
  }

  /**
   * Sees to room behind them, where they are not short.
   *
   * @throws OutOfMemoryError if there is no native memory; all is as it was
   */
  Chunk reserve(int roomBytes) {
    Chunk bytes = memory;
    if (bytes == null) {
      throw new IllegalStateException("nothing is unread");
    }
    int size = bytes.sizeBytes();
    if (bytes.roomBytes() >= roomBytes) {
      return bytes;
    }
    if (bytes.start >= size && size + roomBytes <= bytes.capacity) {
      var _ = bytes.bytes().put(0, bytes.bytes(), bytes.start, size);
    } else {
      Chunk more = local.takeInput(grownBytes(size, roomBytes));
      var _ = more.bytes().put(0, bytes.bytes(), bytes.start, size);
      local.giveInput(bytes);
      bytes = more;
      memory = more;
    }
    bytes.start = 0;
    bytes.end = size;
    return bytes;
  }

  /** They are the beginning of so many that belong together. */
  void expect(int sizeBytes) {
    expectedBytes = sizeBytes;
  }

  /** Twice as much as there is, or what is expected, if that is not far from it. */
  private int grownBytes(int size, int roomBytes) {
    long expected = (long) expectedBytes + Math.max(SHORT_BYTES, roomBytes);
    boolean isNear = expected >= size + roomBytes && expected <= NEAR * (long) size;
    return isNear ? (int) expected : Math.max(2 * size, size + roomBytes);
  }

  /** Lends them, with so many behind them that were just received. */
  ByteBuffer lend(int receivedBytes) {
    Chunk bytes = reserve(0);
    bytes.end += receivedBytes;
    lent = bytes;
    memory = null;
    return LoopNet.fresh(bytes.view()).limit(bytes.end).position(bytes.start);
  }

  /** Where the bytes begin in the buffer that is lent, or in another one. */
  int lentStart() {
    Chunk bytes = lent;
    return bytes == null ? 0 : bytes.start;
  }

  /**
   * Takes what was not read of a buffer: the one that is lent, or another one, of the loop's.
   *
   * @throws OutOfMemoryError if there is no native memory, and the bytes are lost
   */
  void settle(ByteBuffer data) {
    Chunk bytes = lent;
    lent = null;
    int rest = data.remaining();
    boolean stays = bytes != null && memory == null && rest > bytes.capacity / MOSTLY_FREE;
    if (bytes != null && stays) {
      bytes.end = data.limit();
      bytes.start = data.position();
      memory = bytes;
      return;
    }
    try {
      append(data);
    } finally {
      if (bytes != null) {
        local.giveInput(bytes);
      }
    }
  }

  /** Puts what remains of a buffer behind them. */
  private void append(ByteBuffer data) {
    int count = data.remaining();
    if (count == 0) {
      return;
    }
    Chunk bytes = memory == null ? take(count) : reserve(count);
    var _ = bytes.bytes().put(bytes.end, data, data.position(), count);
    bytes.end += count;
    var _ = data.position(data.limit());
  }

  /** Puts what remains of a buffer before them. */
  void putBack(ByteBuffer front) {
    Chunk behind = memory;
    int count = front.remaining();
    if (count > 0) {
      int size = sizeBytes();
      memory = null;
      try {
        Chunk bytes = take(count + size);
        var _ = bytes.bytes().put(0, front, front.position(), count);
        if (behind != null) {
          var _ = bytes.bytes().put(count, behind.bytes(), behind.start, size);
        }
        bytes.end = count + size;
      } finally {
        if (behind != null) {
          local.giveInput(behind);
        }
      }
    }
  }

  /** Forgets them. */
  void clear() {
    Chunk bytes = memory;
    memory = null;
    if (bytes != null) {
      local.giveInput(bytes);
    }
  }

  private Chunk take(int sizeBytes) {
    Chunk bytes = local.takeInput(sizeBytes);
    memory = bytes;
    return bytes;
  }
}
