package dev.pollux.cli;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that the kernel would not take yet, in order.
 *
 * <p>A list of chunks of native memory, taken from a {@link Pool} that all connections share: an
 * empty queue holds no memory, and a queue in steady use allocates none.
 */
final class OutputQueue {

  static final int CHUNK_BYTES = 1 << 14; // 16 KiB

  private final Pool pool;
  private @Nullable Chunk head;
  private @Nullable Chunk tail;
  private int sizeBytes;

  OutputQueue(Pool pool) {
    this.pool = pool;
  }

  boolean isEmpty() {
    return sizeBytes == 0;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** Appends {@code length} bytes of the buffer, from index {@code start}; its position stays. */
  void append(IoBuffer source, int start, int length) {
    int done = 0;
    while (done < length) {
      Chunk chunk = tail;
      if (chunk == null || chunk.end == CHUNK_BYTES) {
        chunk = add(pool.take());
      }
      int n = Math.min(length - done, CHUNK_BYTES - chunk.end);
      chunk.memory.buffer().put(chunk.end, source.buffer(), start + done, n);
      chunk.end += n;
      done += n;
    }
    sizeBytes += length;
  }

  /** Sends once from the front; the result of {@code send(2)}. The queue must not be empty. */
  int send(Sys sys, int fd) {
    Chunk chunk = head;
    if (chunk == null) {
      throw new IllegalStateException("nothing to send");
    }
    int n =
        sys.send(
            fd, chunk.memory.address() + chunk.start, chunk.end - chunk.start, Linux.MSG_NOSIGNAL);
    if (n > 0) {
      chunk.start += n;
      sizeBytes -= n;
      if (chunk.start == chunk.end) {
        dropHead();
      }
    }
    return n;
  }

  /** Gives all memory back. */
  void clear() {
    while (head != null) {
      dropHead();
    }
    sizeBytes = 0;
  }

  private Chunk add(Chunk chunk) {
    if (tail == null) {
      head = chunk;
    } else {
      tail.next = chunk;
    }
    tail = chunk;
    return chunk;
  }

  private void dropHead() {
    Chunk chunk = head;
    if (chunk == null) {
      return;
    }
    head = chunk.next;
    if (head == null) {
      tail = null;
    }
    pool.give(chunk);
  }

  private static final class Chunk {
    final IoBuffer memory = IoBuffer.allocate(CHUNK_BYTES);
    int start;
    int end;
    @Nullable Chunk next;
  }

  /** The chunks that no connection uses now. Threads: one. */
  static final class Pool {

    /** More than this many are left to the garbage collector: together 1 MiB. */
    static final int MAX_FREE_CHUNKS = 64;

    private @Nullable Chunk free;
    private int freeCount;

    int freeCount() {
      return freeCount;
    }

    private Chunk take() {
      Chunk chunk = free;
      if (chunk == null) {
        return new Chunk();
      }
      free = chunk.next;
      freeCount--;
      chunk.next = null;
      return chunk;
    }

    private void give(Chunk chunk) {
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
}
