package dev.pollux.net;

import dev.pollux.sys.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block of native memory in a {@link ChunkPool}, cut into chunks of one size as they are needed.
 * The memory itself comes in pieces, each as big as all before it: who needs a chunk has 4 KiB.
 *
 * <p>Ownership: the memory is freed by the garbage collector once neither the pool nor a chunk
 * refers to it. Threads: the loop's.
 */
final class Slab {

  static final int BYTES = 1 << 16; // 64 KiB

  private static final int LEAST_PIECE_BYTES = 1 << 12; // 4 KiB

  final int index;
  private final int chunkBytes;
  private @Nullable IoBuffer piece; // that is being cut
  private int pieceStart; // what of the slab is before it
  private int pieceEnd;
  private @Nullable Chunk free;
  private int cutBytes;
  private int usedCount;

  // The list of the pool that it is in, if it is not full.
  @Nullable Slab previous;
  @Nullable Slab next;

  /**
   * Memory that is not cut yet.
   *
   * @param index which of the pool's sizes the chunks have
   */
  Slab(int index, int chunkBytes) {
    this.index = index;
    this.chunkBytes = chunkBytes;
  }

  boolean isFull() {
    return free == null && cutBytes == BYTES;
  }

  boolean isUnused() {
    return usedCount == 0;
  }

  /** A chunk; there must be one. */
  Chunk take() {
    Chunk chunk = free;
    if (chunk == null) {
      chunk = cut(); // which may fail: nothing was changed
      cutBytes += chunkBytes;
    } else {
      free = chunk.next;
      chunk.next = null;
    }
    usedCount++;
    return chunk;
  }

  private Chunk cut() {
    IoBuffer memory = piece;
    if (memory == null || cutBytes == pieceEnd) {
      int bytes = Math.max(cutBytes, Math.max(chunkBytes, LEAST_PIECE_BYTES));
      memory = IoBuffer.allocate(bytes);
      piece = memory;
      pieceStart = cutBytes;
      pieceEnd = cutBytes + bytes;
    }
    return new Chunk(this, memory, cutBytes - pieceStart, chunkBytes);
  }

  void give(Chunk chunk) {
    chunk.start = 0;
    chunk.end = 0;
    chunk.next = free;
    free = chunk;
    usedCount--;
  }
}
