package dev.pollux.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The native memory of a loop's queues, in chunks of five sizes, so that what is queued takes about
 * as much memory as it has bytes.
 *
 * <p>Chunks are cut from slabs of {@link Slab#BYTES}, the slabs of one size in a list: those in use
 * first, so that the others stay free. What no queue uses is kept up to {@link #KEPT_BYTES}, or as
 * much as is in use; beyond that, two free slabs with each chunk that comes back are left to the
 * garbage collector. A slab of which one chunk is in use cannot be left, so the pool has never more
 * than was needed at once, but may have more than these bounds say.
 *
 * <p>Threads: the loop's.
 */
final class ChunkPool {

  /** So much is kept though nothing is in use: a slab of each size, and some. */
  static final int KEPT_BYTES = 8 * Slab.BYTES; // 512 KiB

  /** The biggest chunk there is. */
  static final int MAX_CHUNK_BYTES = Slab.BYTES;

  private static final int[] CHUNK_BYTES = {1 << 8, 1 << 10, 1 << 12, 1 << 14, MAX_CHUNK_BYTES};
  private static final int DROPPED_AT_ONCE = 2;

  /** Makes slabs. */
  interface Source {
    Slab slab(int index, int chunkBytes);
  }

  private static final VarHandle USED_BYTES;
  private static final VarHandle INPUT_BYTES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      USED_BYTES = lookup.findVarHandle(ChunkPool.class, "usedBytes", long.class);
      INPUT_BYTES = lookup.findVarHandle(ChunkPool.class, "inputBytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Slab[] first = new @Nullable Slab[CHUNK_BYTES.length];
  private final @Nullable Slab[] last = new @Nullable Slab[CHUNK_BYTES.length];
  private Source source = Slab::new;
  private int usedCount;
  private long usedBytes;
  private long inputBytes;
  private long slabBytes;
  private boolean exhausted;

  /** How many are with connections. */
  int usedCount() {
    return usedCount;
  }

  /** How much memory the chunks have that are with connections. Threads: any. */
  long usedBytes() {
    return (long) USED_BYTES.getOpaque(this);
  }

  /** How much of that is for what was received. Threads: any. */
  long inputBytes() {
    return (long) INPUT_BYTES.getOpaque(this);
  }

  /** So much more of what is used is for what was received. */
  void useForInput(long moreBytes) {
    INPUT_BYTES.setOpaque(this, inputBytes + moreBytes);
  }

  private void use(long moreBytes) {
    USED_BYTES.setOpaque(this, usedBytes + moreBytes);
  }

  /** How much memory there is that no connection uses. */
  long freeBytes() {
    return slabBytes - usedBytes;
  }

  /** Where slabs come from, for tests. */
  void takeFrom(Source newSource) {
    source = newSource;
  }

  /**
   * A chunk of at least so many bytes, at most {@link #MAX_CHUNK_BYTES}; null if there is no
   * memory.
   *
   * <p>In a virtual machine at its limit an allocation fails only after half a second of waiting
   * for the garbage collector. So it is not tried again before a chunk has come back, or while none
   * is out.
   */
  @Nullable Chunk take(int sizeBytes) {
    int index = indexOf(sizeBytes);
    try {
      Slab slab = first[index];
      if (slab == null) {
        slab = grow(index);
        if (slab == null) {
          return null;
        }
      }
      Chunk chunk = slab.take();
      if (slab.isFull()) {
        unlink(slab);
      }
      usedCount++;
      use(chunk.capacity);
      return chunk;
    } catch (OutOfMemoryError _) {
      exhausted = true;
      return null;
    }
  }

  void give(Chunk chunk) {
    Slab slab = chunk.slab;
    if (slab == null) {
      throw new IllegalArgumentException("not a chunk of a pool");
    }
    boolean wasFull = slab.isFull();
    slab.give(chunk);
    usedCount--;
    use(-chunk.capacity);
    exhausted = false;
    if (slab.isUnused()) {
      if (!wasFull) {
        unlink(slab);
      }
      linkLast(slab);
    } else if (wasFull) {
      linkFirst(slab);
    }
    shrink();
  }

  private static int indexOf(int sizeBytes) {
    int index = 0;
    while (CHUNK_BYTES[index] < sizeBytes) {
      index++;
    }
    return index;
  }

  private @Nullable Slab grow(int index) {
    if (exhausted && usedCount > 0) {
      return null;
    }
    Slab slab = source.slab(index, CHUNK_BYTES[index]);
    exhausted = false;
    slabBytes += Slab.BYTES;
    linkFirst(slab);
    return slab;
  }

  private void shrink() {
    long bound = Math.max(KEPT_BYTES, usedBytes);
    for (int i = 0; i < DROPPED_AT_ONCE && freeBytes() > bound; i++) {
      Slab unused = unused();
      if (unused == null) {
        return;
      }
      unlink(unused);
      slabBytes -= Slab.BYTES;
    }
  }

  /** A slab of which nothing is in use: they are the last of their lists. */
  private @Nullable Slab unused() {
    for (Slab slab : last) {
      if (slab != null && slab.isUnused()) {
        return slab;
      }
    }
    return null;
  }

  private void linkFirst(Slab slab) {
    Slab old = first[slab.index];
    slab.next = old;
    first[slab.index] = slab;
    if (old == null) {
      last[slab.index] = slab;
    } else {
      old.previous = slab;
    }
  }

  private void linkLast(Slab slab) {
    Slab old = last[slab.index];
    slab.previous = old;
    last[slab.index] = slab;
    if (old == null) {
      first[slab.index] = slab;
    } else {
      old.next = slab;
    }
  }

  private void unlink(Slab slab) {
    Slab before = slab.previous;
    Slab after = slab.next;
    if (before == null) {
      first[slab.index] = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last[slab.index] = before;
    } else {
      after.previous = before;
    }
    slab.previous = null;
    slab.next = null;
  }
}
