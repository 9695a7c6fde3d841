package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A direct {@link ByteBuffer} together with its native address: allocate it once, reuse it for
 * every transfer.
 *
 * <p>Ownership: the memory is freed by the garbage collector, some time after this object and the
 * buffer have become unreachable; there is nothing to close.
 *
 * <p>Threads: one at a time, as for any buffer.
 *
 * <p>Errors: {@link #read} and {@link #write} are system calls: they return {@code -errno}, throw
 * nothing and allocate nothing.
 */
public final class IoBuffer {

  /** A cache line, so that two buffers never share one. */
  private static final int ALIGNMENT_BYTES = 64;

  private final ByteBuffer buffer;
  private final long address;

  private IoBuffer(MemorySegment memory) {
    this.buffer = memory.asByteBuffer(); // keeps the memory alive
    this.address = memory.address();
  }

  /** A zeroed buffer in network byte order, with position 0 and limit {@code sizeBytes}. */
  public static IoBuffer allocate(int sizeBytes) {
    if (sizeBytes <= 0) {
      throw new IllegalArgumentException("a buffer of " + sizeBytes + " bytes");
    }
    return new IoBuffer(Arena.ofAuto().allocate(sizeBytes, ALIGNMENT_BYTES));
  }

  /** The buffer: always the same object. Its position and limit say what the next call moves. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** The address of index 0. Good only for as long as this object is reachable. */
  public long address() {
    return address;
  }

  /**
   * Reads once into {@code [position, limit)} and advances the position by what came.
   *
   * <p>Blocking: as the descriptor does.
   *
   * @return the count of bytes, 0 at the end of the stream, or {@code -errno}. With no room left
   *     the kernel is asked for 0 bytes and answers 0, which is not the end of the stream
   */
  public int read(Sys sys, int fd) {
    int position = buffer.position();
    int limit = buffer.limit();
    try {
      int n = sys.read(fd, address + position, count(position, limit));
      if (n > 0) {
        buffer.position(position + n);
      }
      return n;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Writes once from {@code [position, limit)} and advances the position by what went.
   *
   * <p>Blocking: as the descriptor does.
   *
   * @return the count of bytes, which may be less than asked for, or {@code -errno}
   */
  public int write(Sys sys, int fd) {
    int position = buffer.position();
    int limit = buffer.limit();
    try {
      int n = sys.write(fd, address + position, count(position, limit));
      if (n > 0) {
        buffer.position(position + n);
      }
      return n;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Never negative, which to the kernel is a huge count. Position and limit are each read once:
   * they are within the memory even if another thread, against the rules, changes them meanwhile.
   */
  private static long count(int position, int limit) {
    return Math.max(0, limit - position);
  }

  @Override
  public String toString() {
    return "IoBuffer[position=" + buffer.position() + ", limit=" + buffer.limit() + "]";
  }
}
