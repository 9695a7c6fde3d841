package dev.pollux.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a program is encoding into memory of a queue, on one loop: between {@link
 * Connection#beginWrite} and {@link Connection#endWrite}.
 *
 * <p>Until the end the memory is no part of a queue, so nothing that happens in between is in its
 * way. Threads: the loop's.
 */
final class InPlace {

  private final LoopNet local;
  private @Nullable Connection writer;
  private @Nullable Chunk chunk;
  private @Nullable ByteBuffer room;
  private int round;

  InPlace(LoopNet local) {
    this.local = local;
  }

  /**
   * Room for so many bytes.
   *
   * @param queued whether it may be memory of the pool; else, and where that has none left, it is
   *     of the heap, and copied at the end
   */
  ByteBuffer begin(Connection connection, int atMostBytes, boolean queued) {
    drop(); // what somebody began and gave up
    if (queued && atMostBytes > 0 && atMostBytes <= ChunkPool.MAX_CHUNK_BYTES) {
      chunk = local.pool().take(atMostBytes);
    }
    Chunk memory = chunk;
    ByteBuffer begun =
        memory == null
            ? ByteBuffer.allocate(atMostBytes)
            : LoopNet.fresh(memory.view()).limit(atMostBytes);
    writer = connection;
    room = begun;
    round = local.round();
    return begun;
  }

  /** What was begun for this connection, in this turn of the loop. */
  ByteBuffer room(Connection connection) {
    ByteBuffer begun = room;
    if (begun == null || !connection.equals(writer) || local.isNewRound(round)) {
      throw new IllegalStateException(
          "no beginWrite of " + connection + " in this turn, or another one after it");
    }
    return begun;
  }

  /** The memory with what was encoded, whose owner is the caller now; null if it is of the heap. */
  @Nullable Chunk end() {
    Chunk memory = chunk;
    ByteBuffer encoded = room;
    if (memory != null && encoded != null) {
      memory.end = encoded.position();
    }
    chunk = null;
    drop();
    return memory;
  }

  /** Gives the memory back. */
  void drop() {
    Chunk memory = chunk;
    if (memory != null) {
      local.pool().give(memory);
    }
    chunk = null;
    room = null;
    writer = null;
  }
}
