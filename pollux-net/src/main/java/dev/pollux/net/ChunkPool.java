package dev.pollux.net;

import org.jspecify.annotations.Nullable;

/**
 * The chunks of a loop that no connection uses now.
 *
 * <p>Ownership: the native memory of what is not pooled is freed by the garbage collector. Threads:
 * the loop's.
 */
final class ChunkPool {

  /** More than this many are left to the garbage collector: together 1 MiB. */
  static final int MAX_FREE_CHUNKS = 64;

  private @Nullable Chunk free;
  private int freeCount;
  private int usedCount;

  /** How many lie here. */
  int freeCount() {
    return freeCount;
  }

  /** How many are with connections. */
  int usedCount() {
    return usedCount;
  }

  Chunk take() {
    usedCount++;
    Chunk chunk = free;
    if (chunk == null) {
      return new Chunk();
    }
    free = chunk.next;
    freeCount--;
    chunk.next = null;
    return chunk;
  }

  void give(Chunk chunk) {
    usedCount--;
    if (freeCount == MAX_FREE_CHUNKS) {
      return;
    }
    chunk.start = 0;
    chunk.end = 0;
    chunk.next = free;
    free = chunk;
    freeCount++;
  }
}
