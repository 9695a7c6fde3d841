package dev.pollux.net;

import dev.pollux.sys.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block of native memory in a {@link ChunkPool}, cut into chunks of one size as they are needed.
 *
 * <p>Ownership: the memory is freed by the garbage collector once neither the pool nor a chunk
 * refers to it. Threads: the loop's.
 */
final class Slab {

  static final int BYTES = 1 << 16; // 64 KiB

  final int index;
  private final int chunkBytes;
  private final IoBuffer memory = IoBuffer.allocate(BYTES);
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
      chunk = new Chunk(this, memory, cutBytes, chunkBytes); // which may fail: nothing was changed
      cutBytes += chunkBytes;
    } else {
      free = chunk.next;
      chunk.next = null;
    }
    usedCount++;
    return chunk;
  }

  void give(Chunk chunk) {
    chunk.start = 0;
    chunk.end = 0;
    chunk.next = free;
    free = chunk;
    usedCount--;
  }
}
