package dev.pollux.net;

import dev.pollux.sys.IoBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a {@link ByteQueue}: native memory of the pool, which has room for more, or what
 * stands between such pieces: a payload, or a file.
 */
final class Chunk {

  /** So many bytes are sent where they lie, if they can be: a system call is less than a copy. */
  static final int CAPACITY = 1 << 14; // 16 KiB

  static final int NO_DESCRIPTOR = -1;

  private static final int ALIGNMENT_BYTES = 64; // a cache line

  /** Where it belongs; null if it is not of the pool. */
  final @Nullable Slab slab;

  /** The bytes; null for files. */
  final @Nullable ByteBuffer buffer;

  final int capacity;
  final @Nullable FileRegion file;
  private final long address;

  /**
   * A descriptor that goes with the first byte, which the queue owns; or {@link #NO_DESCRIPTOR}.
   */
  int descriptor = NO_DESCRIPTOR;

  int start;
  int end;

  @Nullable Chunk next;
  private @Nullable ByteBuffer view;
  private @Nullable Arena arena;

  /** Memory of the pool. */
  Chunk(Slab slab, IoBuffer memory, int offset, int capacity) {
    this(slab, memory.buffer().slice(offset, capacity), memory.address() + offset, null);
  }

  /**
   * Memory of its own, for what is too big for the pool; whoever has it {@linkplain #free frees}
   * it.
   */
  Chunk(Arena arena, int capacity) {
    this(arena.allocate(capacity, ALIGNMENT_BYTES), arena);
  }

  private Chunk(MemorySegment memory, Arena arena) {
    this(null, memory.asByteBuffer(), memory.address(), null);
    this.arena = arena;
  }

  /** Bytes that are shared. */
  Chunk(Payload payload) {
    this(null, payload.buffer(), payload.address(), null);
    this.end = payload.sizeBytes();
  }

  /** A file. */
  Chunk(FileRegion file) {
    this(null, null, 0, file);
  }

  private Chunk(
      @Nullable Slab slab, @Nullable ByteBuffer buffer, long address, @Nullable FileRegion file) {
    this.slab = slab;
    this.buffer = buffer; // keeps the memory alive
    this.address = address;
    this.capacity = buffer == null ? 0 : buffer.capacity();
    this.file = file;
  }

  /** The bytes, where it is known that there are some. */
  ByteBuffer bytes() {
    ByteBuffer bytes = buffer;
    if (bytes == null) {
      throw new IllegalStateException("no bytes in memory");
    }
    return bytes;
  }

  /** The bytes once more, with a position and a limit that do not matter to the queue. */
  ByteBuffer view() {
    ByteBuffer known = view;
    if (known == null) {
      known = bytes().duplicate();
      view = known;
    }
    return known;
  }

  /** Where the first byte lies. */
  long address() {
    return address + start;
  }

  /** Where index 0 lies. */
  long base() {
    return address;
  }

  /** The bytes that are in it. */
  int sizeBytes() {
    return end - start;
  }

  /** How many bytes can be added. */
  int roomBytes() {
    return capacity - end;
  }

  /** Frees memory of its own. Whoever still looks at it gets an exception, and no other bytes. */
  void free() {
    Arena memory = arena;
    if (memory != null) {
      memory.close();
    }
  }

  /** Whether it can be part of a gathered write. */
  boolean isPlain() {
    return buffer != null && descriptor == NO_DESCRIPTOR;
  }

  /** Moves so many bytes from its front to the position of a buffer. */
  void moveTo(ByteBuffer target, int count) {
    int position = target.position();
    target.put(position, bytes(), start, count);
    var _ = target.position(position + count);
    start += count;
  }
}
